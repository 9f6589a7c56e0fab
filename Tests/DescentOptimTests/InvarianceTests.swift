import DescentGraph
import DescentOptim
import Testing

/// How the cut of the parameters into tensors matters to a method, as its row in the table says.
@Suite struct InvarianceTests {
  static let whole = Track.waves([24], steps: 8)

  /// The same 24 elements as a matrix.
  static let matrix: Track = {
    var track = whole
    track.parameters[0].shape = [4, 6]
    return track
  }()

  /// The same 24 elements as vectors of 10 and 14.
  static let pieces: Track = {
    func cut(_ x: [Double]) -> [[Double]] { [Array(x[..<10]), Array(x[10...])] }
    let parameters = zip(["a", "b"], cut(whole.parameters[0].start)).map {
      Track.Parameter(name: $0, shape: [$1.count], start: $1)
    }
    return Track(parameters: parameters, gradients: whole.gradients.map { cut($0[0]) })
  }()

  /// The greatest relative difference between the parameters of two runs, over all steps.
  private func difference(_ a: CompiledRun, _ b: CompiledRun) -> Double {
    zip(a.states, b.states).map { relativeError($0.flatMap { $0 }, $1.flatMap { $0 }, scale: 0.1) }.max() ?? .infinity
  }

  /// How far a run moves any parameter.
  private func reach(_ run: CompiledRun) -> Double {
    let (start, end) = (Self.whole.parameters[0].start, run.states.last?[0] ?? [])
    return zip(start, end).map { ($0 - $1).magnitude }.max() ?? 0
  }

  @Test(arguments: MethodTable.entries)
  func `the cut into tensors matters only to methods that say so`(entry: MethodEntry) throws {
    let method = entry.make(.constant(min(entry.learningRate, 0.05)))
    let whole = try Self.whole.compiled(method)
    let reshaping = difference(try Self.matrix.compiled(method), whole)
    let splitting = difference(try Self.pieces.compiled(method), whole)
    let clear = 1e-3 * reach(whole)
    #expect(clear > 0)
    switch entry.coupling {
    case .elements: #expect(reshaping < 1e-6 && splitting < 1e-6, "\(reshaping) \(splitting)")
    // Sums over all elements are rounded in another order.
    case .whole: #expect(reshaping < 1e-5 && splitting < 1e-5, "\(reshaping) \(splitting)")
    case .tensors: #expect(reshaping < 1e-6 && splitting > clear, "\(reshaping) \(splitting) \(clear)")
    case .shape: #expect(reshaping > clear, "\(reshaping) \(clear)")
    }
  }
}

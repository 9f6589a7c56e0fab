import DescentGraph
import DescentOptim
import Testing

/// How the cut of the parameters into tensors matters to a method.
struct InvarianceCase: Sendable, CustomTestStringConvertible {
  /// In `MethodTable`.
  let entry: String
  /// Whether one tensor and its pieces take the same steps.
  var splitting = true
  /// Whether a tensor takes the same steps under another shape.
  var reshaping = true

  var testDescription: String { entry }

  static let all: [InvarianceCase] = [
    .init(entry: "gd"), .init(entry: "sgd"), .init(entry: "momentum"), .init(entry: "momentum-average"),
    .init(entry: "nesterov"), .init(entry: "rmsprop"), .init(entry: "adam"), .init(entry: "adamw"),
    .init(entry: "geo"), .init(entry: "normalized-element"), .init(entry: "normalized"),
    .init(entry: "normalized-tensor", splitting: false),
    .init(entry: "normalized-row", splitting: false, reshaping: false),
  ]
}

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

  @Test(arguments: InvarianceCase.all)
  func `the cut into tensors matters only to methods that say so`(row: InvarianceCase) throws {
    let method = try #require(MethodTable.entry(named: row.entry)).make(0.05)
    let whole = try Self.whole.compiled(method)
    let reshaping = difference(try Self.matrix.compiled(method), whole)
    let splitting = difference(try Self.pieces.compiled(method), whole)
    #expect(row.reshaping ? reshaping < 1e-6 : reshaping > 1e-3, "\(reshaping)")
    #expect(row.splitting ? splitting < 1e-6 : splitting > 1e-3, "\(splitting)")
  }

  @Test func `every method has a row`() {
    #expect(Set(InvarianceCase.all.map(\.entry)) == Set(MethodTable.entries.map(\.name)))
  }
}

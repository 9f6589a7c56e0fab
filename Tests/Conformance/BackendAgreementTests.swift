import DescentGraph
import DescentReference
import DescentRuntime
import Foundation
import TestSupport
import Testing

/// Every back end agrees with the definition: on every op of the table, and on random programs.
@Suite struct BackendAgreementTests {
  @Test(arguments: BackendTable.rows, OpTable.rows.indices)
  func `every op of the table`(_ backend: BackendRow, _ index: Int) {
    let row = OpTable.rows[index]
    let result = Agreement.check(row.program(), row.arguments(), engine: backend.engine)
    #expect(result.disagreement == nil, "\(row)")
    #expect(!result.isUnstable, "\(row)")
  }

  /// LLVM 19's instcombine made 0 of max(|x|, 0) for negative x; found as seed 72440.
  @Test func `the maximum of a magnitude and zero`() throws {
    let x = Tensor([Float(-3), 1.5, 0, .nan, -0.25])
    let isBig = x .> 0.125
    let zero = (isBig ^ isBig).cast(to: .float32)
    let result = try maximum(abs(x), zero).scalars(as: Float.self)
    #expect(result[0] == 3 && result[1] == 1.5 && result[2] == 0 && result[3].isNaN && result[4] == 0.25)
  }

  /// The products are not rounded before they are added; found as seed 73744.
  @Test func `a dot product of bfloat16 rounds once`() throws {
    let a = Tensor([Float(1.015625), 1]).cast(to: .bfloat16)
    let b = Tensor([Float(1.015625), -1]).cast(to: .bfloat16)
    let result = try dot(a, b, DotAxes(lhsContracting: [0], rhsContracting: [0])).cast(to: .float32).scalar()
    // 1.015625² − 1, which bfloat16 can hold; with the product rounded first it would be 0.03125.
    #expect(result == 0.031494140625)
  }

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }
  /// How many random programs: 2,400, or `DESCENT_FUZZ_GRAPHS`; from the seed `DESCENT_FUZZ_FIRST` on.
  static let graphCount = setting("DESCENT_FUZZ_GRAPHS") ?? 2400
  static let firstSeed = setting("DESCENT_FUZZ_FIRST") ?? 0
  static let parts = 8

  @Test(arguments: BackendTable.rows, 0..<parts)
  func `random programs`(_ backend: BackendRow, _ part: Int) {
    var unstable = 0
    let count = Int(Double(Self.graphCount) * backend.fuzzShare)
    let seeds = stride(from: Self.firstSeed + part, to: Self.firstSeed + count, by: Self.parts)
    for seed in seeds {
      let graph = RandomGraph(seed: UInt64(seed))
      let result = Agreement.check(graph.program(), graph.arguments(), engine: backend.engine)
      if result.isUnstable { unstable += 1 }
      guard result.disagreement != nil else { continue }
      let smallest = graph.shrink {
        Agreement.check($0.program(), $0.arguments(), engine: backend.engine).disagreement != nil
      }
      let reason = Agreement.check(smallest.program(), smallest.arguments(), engine: backend.engine)
      Issue.record("seed \(seed): \(reason)\n\(smallest.program().printed())")
    }
    // Programs without a definite answer prove nothing; they must stay few.
    if count >= 400 { #expect(Double(unstable) < 0.15 * Double(count / Self.parts)) }
  }

  /// Variables are read and updated in place: four steps of a method with state, and the weights after them.
  @Test(arguments: BackendTable.rows) func `a training step`(_ backend: BackendRow) throws {
    let start: [Storage] = [
      Storage((0..<12).map { Float($0) / 7 - 0.6 }, shape: [3, 4]), Storage([Float(0.1), -0.2, 0.3], shape: [3]),
    ]
    let x = Storage((0..<20).map { Float(($0 * 7) % 11) / 5 - 1 }, shape: [5, 4])
    func training(_ variables: [Variable], _ velocity: Variable) -> @Sendable ([Tensor]) -> [Tensor] {
      { arguments in
        let output = tanh(matmul(arguments[0], variables[0].value.transposed) + variables[1].value)
        let loss = (output * output).mean()
        let gradients = gradients(of: loss, withRespectTo: variables.map(\.value))
        velocity.value = 0.9 * velocity.value + gradients[0]
        variables[0].value = variables[0].value - 0.1 * velocity.value
        variables[1].value = variables[1].value - 0.1 * gradients[1]
        return [loss]
      }
    }
    func run(_ step: ([Tensor]) throws -> [Tensor]) throws -> [Double] {
      try (0..<4).map { _ in try step([Tensor(storage: x)])[0].scalar() }
    }
    let variables = start.map { Variable($0) }
    let velocity = Variable(shape: [3, 4])
    let losses = try run(compile(on: backend.device, training(variables, velocity)).callAsFunction)

    let (wanted, wantedVelocity) = (start.map { Variable($0) }, Variable(shape: [3, 4]))
    let program = Trace.record(
      arguments: [(name: "x", shape: x.shape, dtype: x.dtype)], training(wanted, wantedVelocity))
    let reference = ReferenceStep<Double>(program)
    let expected = (0..<4).map { _ in reference.step([.init(x)])[0].floats[0] }
    #expect(zip(losses, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(losses), should be \(expected)")
    for (variable, truth) in zip(variables + [velocity], wanted + [wantedVelocity]) {
      let found: [Float] = variable.snapshot().scalars()
      #expect(zip(found, reference.value(of: truth).floats).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }
  }

  /// The toy is a back end like any other, in a file and a row.
  @Test func `a third back end sees the programs`() throws {
    let backend = CountingBackend()
    let device = Device(name: "toy", backend: backend)
    let f = compile(on: device) { (x: Tensor) in exp(x) + exp(2 * x) }
    #expect(try f(Tensor([0.0, 1])).scalars() == [2, Foundation.exp(1.0) + Foundation.exp(2.0)])
    #expect(backend.opCounts["exp"] == 2 && backend.opCounts["add"] == 1)
    #expect(throws: Never.self) { try device.use { try (Tensor([1.0]) + 1).scalar() } }
    #expect(backend.opCounts["add"] == 2)
  }
}

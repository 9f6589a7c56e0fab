import DescentGraph
import DescentOptim
import Testing

/// A method here and the golden entry that it must reproduce.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  /// Of the golden entry.
  let name: String
  /// The entries of `MethodTable` that the case speaks for.
  let entries: [String]
  /// The method with the golden entry's hyper-parameters; float dtype of the parameters given.
  let method: @Sendable (DType) -> any OptimizationMethod

  init(_ name: String, _ entries: [String] = [], _ method: @escaping @Sendable (DType) -> any OptimizationMethod) {
    self.name = name
    self.entries = entries
    self.method = method
  }
  var testDescription: String { name }

  static let all: [GoldenCase] = [
    .init("sgd", ["gd", "sgd"]) { _ in SGD(learningRate: 0.1) },
    .init("sgd-l2") { _ in SGD(learningRate: 0.1, weightDecay: 0.01) },
    .init("momentum", ["momentum"]) { _ in Momentum(learningRate: 0.05, momentum: 0.9) },
    .init("nesterov", ["nesterov"]) { _ in Nesterov(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3) },
    .init("adam", ["adam"]) { _ in Adam(learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8) },
    .init("adam-l2") { _ in Adam(learningRate: 0.01, weightDecay: 0.1) },
    .init("adamw", ["adamw"]) { _ in AdamW(learningRate: 0.01, weightDecay: 0.1) },
    .init("rmsprop", ["rmsprop"]) { _ in RMSProp(learningRate: 0.01, decay: 0.99) },
    .init("rmsprop-optax") { _ in RMSProp.optax(learningRate: 0.01) },
    .init("adam-optax") { _ in Adam(learningRate: 0.01) },
    .init("normalized-gd-global", ["normalized"]) { _ in
      NormalizedGradientDescent(learningRate: 0.1, epsilon: 1e-12, scope: .whole)
    },
    .init("normalized-gd-tensor", ["normalized-tensor"]) { _ in
      NormalizedGradientDescent(learningRate: 0.1, epsilon: 1e-12, scope: .tensor)
    },
    .init("muon", ["muon"]) { _ in Muon.optax(learningRate: 0.02) },
    .init("shampoo", ["shampoo"]) { _ in Shampoo(learningRate: 1e-3) },
    .init("geo-fixed") { dtype in
      FixedGEO(learningRate: 1, gains: .elements(["weight": ramp([6, 4], dtype), "bias": ramp([4], dtype)]))
    },
  ]

  /// 0.01 to 0.1 in even steps over the elements in row-major order.
  private static func ramp(_ shape: Shape, _ dtype: DType) -> Tensor {
    let last = Double(shape.elementCount - 1)
    let storage = Storage(shape: shape, dtype: dtype)
    for i in 0..<shape.elementCount { storage.set(0.01 + 0.09 * Double(i) / last, at: i) }
    return Tensor(storage: storage)
  }
}

/// Every method against the trajectories that other libraries gave for the same gradients.
///
/// An error is |found − golden| / max(|golden|, 0.01): relative, and absolute (times 100) for elements near zero.
///
/// | greatest error | float64, reference | float64, engine | float32, engine |
/// |---|---|---|---|
/// | sgd | 2.7e-15 | 0 | 2.4e-5 |
/// | sgd-l2 | 3.8e-15 | 0 | 8.5e-6 |
/// | momentum | 4.1e-15 | 2.4e-14 | 3.0e-6 |
/// | nesterov | 1.1e-14 | 9.9e-15 | 1.8e-5 |
/// | adam | 2.9e-15 | 1.1e-14 | 8.1e-7 |
/// | adam-l2 | 3.5e-15 | 2.7e-15 | 9.1e-7 |
/// | adamw | 3.5e-15 | 3.0e-15 | 2.9e-6 |
/// | rmsprop | 5.8e-15 | 5.2e-15 | 3.1e-6 |
/// | rmsprop-optax | 7.8e-15 | 7.8e-15 | 1.0e-6 |
/// | adam-optax | 2.1e-15 | 1.2e-14 | 8.1e-7 |
/// | normalized-gd-global | 6.7e-15 | 6.7e-15 | 4.2e-6 |
/// | normalized-gd-tensor | 5.6e-15 | 2.7e-14 | 1.6e-6 |
/// | geo-fixed | 2.2e-14 | 2.7e-14 | 1.7e-5 |
///
/// The spikes among the gradients move parameters by hundreds; the float32 errors of the methods that do not scale
/// gradients are what rounding at that size leaves behind.
@Suite struct GoldenConformanceTests {
  /// The greatest error over all kept steps and elements.
  private func error(_ states: [[[Double]]], _ name: String) throws -> Double {
    let golden = try Golden.shared.get()
    let trajectory = try #require(golden.optimizer(name), "the golden file has no entry \(name)").trajectory
    #expect(trajectory.count == 8)
    let errors = trajectory.flatMap { step, expected in
      zip(["weight", "bias"], states[step - 1]).map { relativeError($1, expected[$0]!, scale: 0.01) }
    }
    return try #require(errors.max())
  }

  @Test(arguments: GoldenCase.all)
  func `float64 on the reference interpreter`(row: GoldenCase) throws {
    let states = try Golden.shared.get().track.reference(row.method(.float64))
    #expect(try error(states, row.name) < 1e-12)
  }

  @Test(arguments: GoldenCase.all)
  func `float64 on the engine`(row: GoldenCase) throws {
    let run = try Golden.shared.get().track.compiled(row.method(.float64), .float64)
    #expect(try error(run.states, row.name) < 1e-12)
  }

  @Test(arguments: GoldenCase.all)
  func `float32 on the engine`(row: GoldenCase) throws {
    let run = try Golden.shared.get().track.compiled(row.method(.float32), .float32)
    #expect(try error(run.states, row.name) < 1e-4)
  }
}

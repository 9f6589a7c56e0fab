import DescentOptim
import DescentGraph

/// A library's class or function, and the method here that it is.
struct RecordedMethod: Sendable {
  /// `torch.optim.SGD`: what stands before the version in a file's `source`. For runs without a library, their name.
  let source: String
  /// Whether the recorded parameters are those that the network is evaluated at.
  var atEvaluationPoint = false
  let make: @Sendable (RecordedSettings) throws -> any OptimizationMethod

  static let all = torch + optax + optaxContrib + pytorchOptimizer + matrix + definitions

  /// The entry for a run, and the name that it is known by.
  static func find(source: String, name: String) throws -> RecordedMethod {
    var words = source.split(separator: " ")
    if words.count > 1, words[words.count - 1].first?.isNumber == true { words.removeLast() }
    let key = source.hasPrefix("definition") ? name : words.joined(separator: " ")
    guard let method = all.first(where: { $0.source == key }) else { throw RecordedError.unknownSource(source: key) }
    return method
  }
}

extension RecordedMethod {
  /// Runs that a file defines by a formula.
  static let definitions: [RecordedMethod] = [
    RecordedMethod(source: "normalized-gd-global") {
      NormalizedGradientDescent(learningRate: try $0("lr"), epsilon: try $0("eps", 1e-12), scope: .whole)
    },
    RecordedMethod(source: "normalized-gd-tensor") {
      NormalizedGradientDescent(learningRate: try $0("lr"), epsilon: try $0("eps", 1e-12), scope: .tensor)
    },
    RecordedMethod(source: "geo-fixed") { s in
      FixedGEO(learningRate: 1, gains: .elements(s.shapes.mapValues { ramp($0, s.dtype) }))
    },
  ]

  /// 0.01 to 0.1 in even steps over the elements in row-major order.
  private static func ramp(_ shape: Shape, _ dtype: DType) -> Tensor {
    let storage = Storage(shape: shape, dtype: dtype)
    let count = shape.elementCount
    for i in 0..<count { storage.set(0.01 + 0.09 * Double(i) / Double(max(1, count - 1)), at: i) }
    return Tensor(storage: storage)
  }
}

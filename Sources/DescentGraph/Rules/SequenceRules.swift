/// Ops whose result at one position along an axis depends on all positions.
enum SequenceRules {
  static func type(argsort axis: Int, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func type(cumulativeSum axis: Int, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func gradient(cumulativeSum axis: Int, _ g: Tensor) -> Tensor { fatalError("skeleton") }
}

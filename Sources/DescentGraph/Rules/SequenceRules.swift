/// Ops whose result at one position along an axis depends on all positions.
enum SequenceRules {
  static func type(argsort axis: Int, _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    check("argsort", axis, x)
    require(
      x.shape[axis] <= Int(Int32.max), "argsort: axis \(axis) of shape \(x.shape) is too long for indices of i32")
    return TensorType(shape: x.shape, dtype: .int32)
  }

  static func type(cumulativeSum axis: Int, _ inputs: [Node]) -> TensorType {
    check("cumulativeSum", axis, inputs[0])
    return TensorType(inputs[0])
  }

  private static func check(_ name: String, _ axis: Int, _ x: Node) {
    require(x.shape.indices.contains(axis), "\(name): axis \(axis) does not exist in shape \(x.shape)")
    require(x.dtype != .bool, "\(name) is not defined for \(TensorType(x)); cast the tensor first")
  }

  /// Element `i` goes into every sum from `i` on, so its cotangent is the sum of theirs.
  static func gradient(cumulativeSum axis: Int, _ g: Tensor) -> Tensor? {
    g.dtype.isFloat ? g.cumulativeSum(axis: axis, reversed: true) : nil
  }
}

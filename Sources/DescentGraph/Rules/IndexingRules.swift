/// Reading and adding at computed positions.
enum IndexingRules {
  private static func gathered(_ operand: Shape, _ indices: Shape, _ axis: Int) -> Shape {
    Shape(Array(operand.extents[..<axis]) + indices.extents + Array(operand.extents[(axis + 1)...]))
  }

  private static func check(_ name: String, _ axis: Int, _ operand: Node, _ indices: Node) {
    require(
      operand.shape.indices.contains(axis), "\(name): axis \(axis) does not exist in shape \(operand.shape)")
    require(
      indices.dtype == .int32 || indices.dtype == .int64,
      "\(name): the indices are \(TensorType(indices)), not i32 or i64; cast them")
    require(
      operand.shape[axis] > 0 || indices.shape.elementCount == 0,
      "\(name): axis \(axis) of shape \(operand.shape) is empty, but there are indices \(indices.shape) into it")
  }

  static func type(gather axis: Int, _ inputs: [Node]) -> TensorType {
    let (operand, indices) = (inputs[0], inputs[1])
    check("gather", axis, operand, indices)
    return TensorType(shape: gathered(operand.shape, indices.shape, axis), dtype: operand.dtype)
  }

  static func gradient(gather axis: Int, _ x: [Tensor], _ g: Tensor) -> Tensor? {
    guard g.dtype.isFloat else { return nil }
    return Tensor.zeros(like: x[0]).scatterAdding(g, at: x[1], axis: axis)
  }

  static func type(scatterAdd axis: Int, _ inputs: [Node]) -> TensorType {
    let (operand, indices, updates) = (inputs[0], inputs[1], inputs[2])
    check("scatterAdd", axis, operand, indices)
    require(operand.dtype != .bool, "scatterAdd is not defined for bool; cast the tensor first")
    let expected = gathered(operand.shape, indices.shape, axis)
    require(
      updates.shape == expected && updates.dtype == operand.dtype,
      "scatterAdd: the updates are \(TensorType(updates)); operand \(TensorType(operand)) with indices "
        + "\(indices.shape) on axis \(axis) takes \(operand.dtype)\(expected)")
    return TensorType(operand)
  }
}

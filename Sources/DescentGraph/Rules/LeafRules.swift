/// Constants, inputs, iota and random bits: their type is what the node declares.
enum LeafRules {
  static func type(_ op: Op, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("\(op.name) needs a declared type") }
    if case .constant(.data(let storage)) = op {
      require(
        storage.shape == declared.shape && storage.dtype == declared.dtype,
        "constant: data of \(storage.dtype)\(storage.shape) declared as \(declared)")
    }
    return declared
  }

  static func iota(_ axis: Int, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("iota needs a declared type") }
    require(declared.shape.indices.contains(axis), "iota: axis \(axis) does not exist in shape \(declared.shape)")
    require(declared.dtype != .bool, "iota cannot count in bool")
    let extent = declared.shape[axis]
    require(
      declared.dtype.isFloat || extent == 0 || declared.dtype.rounding(Double(extent - 1)) == Double(extent - 1),
      "iota: \(declared.dtype) cannot count to \(extent - 1) along axis \(axis) of shape \(declared.shape); "
        + "use a wider dtype")
    return declared
  }

  static func randomBits(_ inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("randomBits needs a declared type") }
    require(declared.dtype == .int32 || declared.dtype == .int64, "randomBits gives i32 or i64, not \(declared.dtype)")
    require(
      inputs.count == 2 && inputs.allSatisfy { $0.shape.isScalar && $0.dtype == .int64 },
      "randomBits takes a key and a stream, both i64 scalars, not \(inputs.map { TensorType($0) })")
    return declared
  }
}

import DescentGraph

/// `f32[] 0.317`, `f32[2, 2] [[1.0, 2.0], [3.0, 4.0]]`: what `print(tensor)` shows. A tensor that was not computed yet is;
/// one that belongs to a compiled function has no value and says by which op it comes about: `f32[3] (traced: multiply)`.
extension Tensor: CustomStringConvertible {
  /// The dtype, the shape and the elements; of many elements the first and last three along each axis.
  public var description: String {
    let type = "\(dtype)\(shape)"
    switch node.op {
    case .constant(.data(let storage)): return "\(type) \(storage.elementText)"
    case .constant(.splat(let value)) where shape.elementCount == 1:
      return "\(type) \(Storage(filled: value, shape: shape, dtype: dtype).elementText)"
    case .constant(.splat(let value)):
      return "\(type) of \(Storage(filled: value, shape: [], dtype: dtype).elementText)"
    default: break
    }
    if Trace.current != nil || node.isTraced { return "\(type) (traced: \(node.op.name))" }
    do {
      return "\(type) \(try storage().elementText)"
    } catch {
      return "\(type) (\(error))"
    }
  }
}

extension Variable: CustomStringConvertible {
  /// The name, the dtype and the shape: `layers.0.weight f32[8, 4]`.
  public var description: String { (name.isEmpty ? "" : name + " ") + "\(dtype)\(shape)" }
}

extension Node {
  /// Whether it depends on an input of a compiled function.
  package var isTraced: Bool {
    Node.topologicalOrder(of: [self]).contains { if case .input = $0.op { true } else { false } }
  }
}

extension Storage {
  /// The elements as nested lists.
  fileprivate var elementText: String {
    let elides = shape.elementCount > 100
    let strides = shape.strides
    func text(_ axis: Int, _ offset: Int) -> String {
      if axis == shape.rank { return element(at: offset) }
      let extent = shape[axis]
      let shown = elides && extent > 7 ? Array(0..<3) + [-1] + Array((extent - 3)..<extent) : Array(0..<extent)
      let parts = shown.map { $0 < 0 ? "…" : text(axis + 1, offset + $0 * strides[axis]) }
      let separator = axis == shape.rank - 1 ? ", " : ",\n" + String(repeating: " ", count: axis + 1)
      return "[" + parts.joined(separator: parts.count > 1 && shape.elementCount > 12 ? separator : ", ") + "]"
    }
    return text(0, 0)
  }

  private func element(at index: Int) -> String {
    switch dtype {
    case .bool: double(at: index) == 0 ? "false" : "true"
    case .uint8, .int32, .int64: "\(integer(at: index))"
    case .bfloat16, .float16, .float32: "\(Float(double(at: index)))"
    case .float64: "\(double(at: index))"
    }
  }
}

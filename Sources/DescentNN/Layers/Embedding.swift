import DescentGraph

/// A vector for each index: `[…] → […, width]`, the indices integer, each in `0..<count`; weight `[count, width]`.
public struct Embedding: UnaryModule {
  /// `[count, width]`: vector `i` is row `i`.
  public let weight: Parameter

  /// - Parameters:
  ///   - count: of vectors.
  ///   - width: of each of them.
  ///   - initializer: of the weight; PyTorch's is normal with deviation 1.
  public init(_ count: Int, _ width: Int, initializer: Initializer = .normal(deviation: 1)) {
    weight = Parameter([count, width], initializer)
  }

  /// Indices that are known while tracing must exist; those that are only known when the step runs are clamped to the
  /// first and last vector, as every gather does.
  public func callAsFunction(_ indices: Tensor) -> Tensor {
    require(
      indices.dtype == .int32 || indices.dtype == .int64,
      "Embedding: the indices are \(indices.dtype), not i32 or i64; cast them")
    let count = weight.shape[0]
    if let wrong = indices.firstKnownValue(outside: 0..<count) {
      require(false, "Embedding: index \(wrong.value) at position \(wrong.position) is outside 0..<\(count)")
    }
    return weight.value.gathering(indices)
  }
}

extension Tensor {
  /// The first element, in row-major order, outside `range`, where the elements are a constant of the graph.
  fileprivate func firstKnownValue(outside range: Range<Int>) -> (position: Int, value: Int)? {
    guard case .constant(let literal) = node.op else { return nil }
    for position in 0..<shape.elementCount {
      let value: Int
      switch literal {
      case .splat(let number): value = Int(number)
      case .data(let storage): value = storage.integer(at: position)
      }
      if !range.contains(value) { return (position, value) }
    }
    return nil
  }
}

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

  /// Indices that are data must exist: constants trap, or throw a `ValueError` where a compiled function is traced;
  /// arguments of one throw it from the call. Those that are computed are clamped to the first and last vector, as every
  /// gather does.
  public func callAsFunction(_ indices: Tensor) -> Tensor {
    require(
      indices.dtype == .int32 || indices.dtype == .int64,
      "Embedding: the indices are \(indices.dtype), not i32 or i64; cast them")
    _ = indices.mustHold(
      ValueRequirement(
        subject: "Embedding: index", range: 0..<weight.shape[0],
        remedy: "number what is embedded from 0, or make the table larger"))
    return weight.value.gathering(indices)
  }
}

extension Embedding {
  /// `Embedding(count, width)`.
  public var title: String { "Embedding(\(weight.shape[0]), \(weight.shape[1]))" }
}

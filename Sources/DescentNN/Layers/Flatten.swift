import DescentGraph

/// Joins all axes from `axis` on into one: `[batch, …] → [batch, features]`.
public struct Flatten: UnaryModule {
  /// The first axis that is joined.
  public let axis: Int

  /// - Parameters:
  ///   - axis: the first one that is joined; 1 keeps the batch.
  public init(from axis: Int = 1) {
    require(axis >= 0, "Flatten: the first axis must not be negative, not \(axis)")
    self.axis = axis
  }

  /// Traps when x has fewer than `axis` axes; when it has just as many, an axis of extent 1 is added.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    require(axis <= x.rank, "Flatten: input shape \(x.shape) has no axis \(axis)")
    let kept = x.shape.extents[..<axis]
    return x.reshaped(Shape(kept + [x.shape.extents[axis...].reduce(1, *)]))
  }
}

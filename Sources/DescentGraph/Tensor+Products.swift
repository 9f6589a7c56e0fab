/// A dot product over named axes; the result's axes are batch, `a`'s free axes, `b`'s free axes.
public func dot(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor { Tensor(.dot(axes), [a, b]) }

/// The matrix product over the last two axes, `[..., m, k] · [..., k, n] → [..., m, n]`; leading axes are broadcast.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  require(
    a.rank >= 2 && b.rank >= 2 && a.shape[a.rank - 1] == b.shape[b.rank - 2],
    "matmul: shapes \(a.shape) and \(b.shape) do not fit: the last axis of the left and the last but one of the right "
      + "must be equal")
  if b.rank == 2 {
    return dot(a, b, DotAxes(lhsContracting: [a.rank - 1], rhsContracting: [0]))
  }
  guard let batch = Shape.broadcasting(Shape(Array(a.shape.dropLast(2))), Shape(Array(b.shape.dropLast(2)))) else {
    fatalError("matmul: leading axes of \(a.shape) and \(b.shape) cannot be broadcast to each other")
  }
  let left = a.broadcast(to: Shape(batch.extents + a.shape.suffix(2)))
  let right = b.broadcast(to: Shape(batch.extents + b.shape.suffix(2)))
  let axes = Array(0..<batch.rank)
  return dot(
    left, right,
    DotAxes(lhsBatch: axes, rhsBatch: axes, lhsContracting: [batch.rank + 1], rhsContracting: [batch.rank]))
}

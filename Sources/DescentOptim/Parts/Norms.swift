import DescentGraph

extension Tensor {
  /// The Euclidean norm along `axes` (all axes when nil), scaled by the greatest magnitude so that no square overflows
  /// or vanishes.
  public func norm(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let norm = euclideanNorm([self], axes: axes)
    let reduced = Array(shape.indices).filter { i in axes?.contains { $0 == i || $0 == i - rank } ?? true }
    let extents = keepingAxes ? shape.keeping(axes: reduced) : shape.removing(axes: reduced)
    return norm.shape == extents ? norm : norm.reshaped(extents)
  }
}

/// The Euclidean norm of all tensors together, a scalar: of one or more float tensors of any shapes, scaled by the greatest
/// magnitude so that no square overflows or vanishes. Tensors without elements add nothing.
///
/// Its dtype is theirs; where they have several, it is computed in the widest and float64, so that it goes with each.
public func globalNorm(_ tensors: [Tensor]) -> Tensor {
  require(!tensors.isEmpty, "globalNorm: there are no tensors to take the norm of")
  return euclideanNorm(tensors, axes: nil)
}

/// Along `axes`, which stay with extent 1; over everything, as a scalar, when `axes` is nil.
private func euclideanNorm(_ tensors: [Tensor], axes: [Int]?) -> Tensor {
  let filled = tensors.filter { $0.shape.elementCount > 0 }
  if filled.isEmpty {
    let none = tensors[0].shape
    return .zeros(
      axes.map { none.keeping(axes: $0.map { $0 < 0 ? $0 + none.rank : $0 }) } ?? [], dtype: tensors[0].dtype)
  }
  if Set(filled.map(\.dtype)).count > 1 {
    let wide: DType = filled.contains { $0.dtype == .float64 } ? .float64 : .float32
    return euclideanNorm(filled.map { $0.cast(to: wide) }, axes: axes).cast(to: .float64)
  }
  let keeps = axes != nil
  let peaks = filled.map { abs($0).max(axes: axes, keepingAxes: keeps) }
  let peak = peaks.dropFirst().reduce(peaks[0]) { maximum($0, $1) }
  let scale = select(peak .> 0, peak, Tensor.ones(like: peak))
  let squares = filled.map { tensor -> Tensor in
    let scaled = tensor / scale
    return (scaled * scaled).sum(axes: axes, keepingAxes: keeps)
  }
  return scale * sqrt(squares.dropFirst().reduce(squares[0]) { $0 + $1 })
}

/// The sum of the squares of all elements of all tensors, a float64 scalar.
func squaredNorm(_ tensors: [Tensor]) -> Tensor { total(tensors.map { $0 * $0 }) }

/// The sum of all elements of all tensors, a float64 scalar.
func total(_ tensors: [Tensor]) -> Tensor {
  tensors.map { $0.sum().cast(to: .float64) }.reduce(Tensor(0)) { $0 + $1 }
}

/// √(mean x²), a scalar.
func rootMeanSquare(_ x: Tensor) -> Tensor { sqrt((x * x).mean()) }

/// coefficient·‖w‖/(‖u‖ + ε), a scalar, and 1 where a norm is zero (You, Gitman & Ginsburg 2017, arXiv 1708.03888): by
/// what a step `u` is multiplied to be as long as the parameter `w` is, times the coefficient.
public func trustRatio(
  _ w: Tensor, _ u: Tensor, epsilon: Tensor = Tensor(0), coefficient: Tensor = Tensor(1)
) -> Tensor {
  let (length, reach) = (w.norm(), u.norm())
  return select((length .> 0) & (reach .> 0), coefficient * length / (reach + epsilon), Tensor.ones(like: length))
}

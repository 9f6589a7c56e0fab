import DescentGraph

/// The Euclidean norm of all tensors together (a scalar), scaled by the greatest magnitude so that no square overflows or
/// vanishes.
func norm(_ tensors: [Tensor]) -> Tensor { norm(tensors, axes: nil) }

/// The Euclidean norm along `axes`, which stay with extent 1; over everything, as a scalar, when `axes` is nil.
func norm(_ tensors: [Tensor], axes: [Int]?) -> Tensor {
  let keeps = axes != nil
  let peaks = tensors.map { abs($0).max(axes: axes, keepingAxes: keeps) }
  let peak = peaks.dropFirst().reduce(peaks[0]) { maximum($0, $1) }
  let scale = select(peak .> 0, peak, Tensor.ones(like: peak))
  let squares = tensors.map { tensor -> Tensor in
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

/// coefficient·‖w‖/(‖u‖ + ε), and 1 where a norm is zero (You, Gitman & Ginsburg 2017).
func trustRatio(
  _ w: Tensor, _ u: Tensor, epsilon: Tensor = Tensor(0), coefficient: Tensor = Tensor(1)
) -> Tensor {
  let (length, reach) = (norm([w]), norm([u]))
  return select((length .> 0) & (reach .> 0), coefficient * length / (reach + epsilon), Tensor.ones(like: length))
}

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

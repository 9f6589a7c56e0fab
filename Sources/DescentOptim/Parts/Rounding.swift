import DescentGraph

extension Tensor {
  /// The nearest values in `dtype`, as float64 again: what a library computes that keeps some scalars in another format.
  func rounded(to dtype: DType) -> Tensor { cast(to: dtype).cast(to: .float64) }
}

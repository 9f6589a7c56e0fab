import DescentGraph

/// The sum of the squares of all gradients so far (Adagrad, FTRL).
public struct SquareSum: OptimizerState {
  @Slot public var squareSum: Tensor
  public init(like w: Tensor) { self.init(like: w, filled: 0) }
  init(like w: Tensor, filled value: Double) {
    squareSum = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
  }
}

/// The leader's linear part (z in FTRL).
public struct LinearSum: OptimizerState {
  @Slot public var linear: Tensor
  public init(like w: Tensor) { linear = .zeros(like: w) }
}

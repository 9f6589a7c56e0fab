import DescentGraph

/// The sum of the squares of all gradients so far (Adagrad, FTRL).
public struct SquareSum: OptimizerState {
  /// The sum of g², of the parameter's shape.
  @Slot public var squareSum: Tensor
  /// Starts at zeros.
  public init(like w: Tensor) { self.init(like: w, filled: 0) }
  /// Starts at `value`, at least 0: Adagrad's initial accumulator.
  public init(like w: Tensor, filled value: Double) {
    squareSum = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
  }
}

/// The leader's linear part (z in FTRL).
public struct LinearSum: OptimizerState {
  /// z, of the parameter's shape.
  @Slot public var linear: Tensor
  /// Starts at zeros.
  public init(like w: Tensor) { linear = .zeros(like: w) }
}

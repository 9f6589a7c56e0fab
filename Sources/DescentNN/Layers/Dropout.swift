import DescentGraph

/// Sets elements to zero with probability `rate` while training and scales the others by 1/(1 − rate); does nothing
/// while evaluating (Srivastava et al. 2014).
public struct Dropout: Module {
  /// The probability that an element becomes 0, in 0..<1.
  public let rate: Double

  /// - Parameters:
  ///   - rate: in 0..<1.
  public init(_ rate: Double) {
    require(rate >= 0 && rate < 1, "Dropout: the rate must lie in 0..<1, not \(rate)")
    self.rate = rate
  }

  /// Floats of any shape; each element is drawn for itself. Outside `Forward.training` the result is x.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard rate > 0 else { return x }
    guard let key = Forward.nextKey() else {
      Forward.noteEvaluation(of: "Dropout(\(rate))")
      return x
    }
    let keeps = key.bernoulli(Tensor(1 - rate), x.shape)
    return select(keeps, x * (1 / (1 - rate)), .zeros(like: x))
  }
}

extension Dropout {
  /// `Dropout(rate)`.
  public var title: String { "Dropout(\(rate))" }
}

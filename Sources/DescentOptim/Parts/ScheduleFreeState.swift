import DescentGraph

/// What Schedule-Free methods remember (Defazio et al. 2024, arXiv 2405.15682), beside y, which the parameters are.
public struct ScheduleFreeState: OptimizerState {
  /// Where plain steps lead.
  @Slot public var z: Tensor
  /// The greatest learning rate so far (float64 scalar).
  @Slot public var greatestRate: Tensor
  /// The sum over all steps of the square of what was then the greatest rate (float64 scalar).
  @Slot public var weightSum: Tensor
  /// Starts at zeros; z takes the parameter's value in the first step.
  public init(like w: Tensor) {
    _z = .weight(.zeros(like: w))
    (greatestRate, weightSum) = (Tensor(0), Tensor(0))
  }

  /// The next y, when z goes to `next`: x ← (1−c)x + cz with c this step's share of all squared rates, and
  /// y = βx + (1−β)z. x itself is never needed.
  ///
  /// - Parameters:
  ///   - y: the parameter's value.
  ///   - z: where plain steps have led so far: the parameter's value in the first step.
  ///   - next: where the plain step leads from there.
  ///   - rate: the learning rate; the greatest so far weights this step.
  ///   - beta: β, the share of x in y.
  public func advance(_ y: Tensor, from z: Tensor, to next: Tensor, rate: Tensor, _ beta: Tensor) -> Tensor {
    greatestRate = maximum(greatestRate, rate)
    let weight = greatestRate * greatestRate
    weightSum = weightSum + weight
    let share = select(weightSum .> 0, weight / weightSum, Tensor(0))
    self.z = next
    return (1 - share) * (y - (1 - beta) * z) + (beta * share + 1 - beta) * next
  }

  /// x, the average that the network is evaluated at, from y; before the first step y itself.
  public func evaluationPoint<Method>(_ y: Tensor, _ beta: Tensor, at step: Step<Method>) -> Tensor {
    step.first(y, otherwise: (y - (1 - beta) * z) / beta)
  }
}

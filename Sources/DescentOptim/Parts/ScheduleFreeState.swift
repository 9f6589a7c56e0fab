import DescentGraph

/// What Schedule-Free methods remember (Defazio et al. 2024, arXiv 2405.15682), beside y, which the parameters are.
public struct ScheduleFreeState: OptimizerState {
  /// Where plain steps lead.
  @Slot public var z: Tensor
  /// The greatest learning rate so far, and the sum of the squares of it over all steps (float64 scalars).
  @Slot public var greatestRate: Tensor
  @Slot public var weightSum: Tensor
  public init(like w: Tensor) { (z, greatestRate, weightSum) = (.zeros(like: w), Tensor(0), Tensor(0)) }

  /// The next y, when z goes to `next`: x ← (1−c)x + cz with c this step's share of all squared rates, and
  /// y = βx + (1−β)z. x itself is never needed.
  func advance(_ y: Tensor, from z: Tensor, to next: Tensor, rate: Tensor, _ beta: Tensor) -> Tensor {
    greatestRate = maximum(greatestRate, rate)
    let weight = greatestRate * greatestRate
    weightSum = weightSum + weight
    let share = select(weightSum .> 0, weight / weightSum, Tensor(0))
    self.z = next
    return (1 - share) * (y - (1 - beta) * z) + (beta * share + 1 - beta) * next
  }

  /// x, from y.
  func evaluationPoint<Method>(_ y: Tensor, _ beta: Tensor, at step: Step<Method>) -> Tensor {
    step.first(y, otherwise: (y - (1 - beta) * z) / beta)
  }
}

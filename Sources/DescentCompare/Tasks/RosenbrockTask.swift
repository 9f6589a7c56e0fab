import DescentRuntime
import DescentData
import DescentGraph

extension ComparisonTask {
  /// Σ 100·(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² (Rosenbrock 1960, in the chained form), divided by 1000 so that the steepest
  /// curvature on the way is about 1.
  static let rosenbrock = ComparisonTask(
    name: "rosenbrock", title: "Rosenbrock's valley",
    summary: "The chained Rosenbrock function in 10 dimensions over 1000, from near (−1.2, 1, −1.2, …); exact "
      + "gradients.",
    metric: .logLoss, target: -2.13, budget: 1000
  ) {
    let size = 10
    let x = Variable(shape: [size], name: "x")
    let loss: @Sendable () -> Tensor = {
      let (head, tail) = (x.value.sliced(axis: 0, 0..<(size - 1)), x.value.sliced(axis: 0, 1..<size))
      let (valley, distance) = (tail - head * head, 1 - head)
      return (0.1 * valley * valley + 0.001 * distance * distance).sum()
    }
    return Problem(
      parameters: [x],
      load: { seed in
        var random = SeededGenerator(seed: seed, stream: 2)
        let start = (0..<size).map { Float(($0 % 2 == 0 ? -1.2 : 1) + 0.1 * random.nextNormal()) }
        x.assign(Storage(start, shape: x.shape))
      },
      loss: { _ in loss() }, metric: { _ in log10(loss()) })
  }
}

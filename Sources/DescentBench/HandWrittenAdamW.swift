import DescentGraph
import DescentOptim

/// AdamW as a user would write it, from the paper's formulas: the bench holds it against the built-in one.
struct HandWrittenAdamW: Optimizer {
  var learningRate: Schedule = 1e-3
  var weightDecay: Schedule = 0.1
  func update(_ w: Tensor, gradient g: Tensor, state: Adam.State, at step: Step<Self>) -> Tensor {
    state.mean = 0.9 * state.mean + 0.1 * g
    state.meanSquare = 0.999 * state.meanSquare + 0.001 * g * g
    let mean = state.mean / (1 - pow(Tensor(0.9), step.number))
    let meanSquare = state.meanSquare / (1 - pow(Tensor(0.999), step.number))
    return w - step.learningRate * (mean / (sqrt(meanSquare) + 1e-8) + step.weightDecay * w)
  }
}

// An optimization method of your own: write one step as tensor math, and it runs as one fused pass over memory.
import Descent

/// The sign of momentum (Bernstein et al. 2018, arXiv 1802.04434).
struct SignMomentum: Optimizer {
  var learningRate: Schedule = 1e-3
  var momentum: Schedule = 0.9
  func update(_ w: Tensor, gradient g: Tensor, state: Momentum.State, at step: Step<Self>) -> Tensor {
    state.velocity = step.momentum * state.velocity + (1 - step.momentum) * g
    return w - step.learningRate * sign(state.velocity)
  }
}

let digits = try Digits.load().split(validation: 0, test: 0.2, seed: 0)
let optimizer = SignMomentum(learningRate: .cosine(from: 2e-3, over: 30 * 45))
let trainer = try Trainer(Sequential.perceptron([64, 128, 10]), optimizer: optimizer, on: digits.train, batch: 32)
for epoch in 1...30 {
  let loss = try trainer.epoch()
  if epoch % 10 == 0 { print("epoch \(epoch): loss \(loss)") }
}
print("test accuracy", try trainer.evaluate(digits.test).accuracy ?? 0)

// Two optimizers as a user writes them, from Documentation/AddingAnOptimizer.md and with nothing but `import Descent`.
import Descent

/// Lion (Chen et al. 2023, arXiv 2302.06675).
struct MyLion: Optimizer {
  var learningRate: Schedule = 1e-4
  var beta1: Schedule = 0.9
  var beta2: Schedule = 0.99
  var weightDecay: Schedule = 0

  static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  struct State: OptimizerState {
    @Slot var mean: Tensor
    init(like w: Tensor) { mean = .zeros(like: w) }
  }

  func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, g) = WeightDecayKind.decoupled.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    let direction = sign(movingAverage(s.mean, g, step.beta1))
    s.mean = movingAverage(s.mean, g, step.beta2)
    return w - step.learningRate * direction
  }
}

/// Adam with decoupled weight decay (Loshchilov & Hutter 2017, arXiv 1711.05101), on a state that the library has.
struct MyAdamW: Optimizer {
  var learningRate: Schedule = 1e-3
  var beta1: Schedule = 0.9
  var beta2: Schedule = 0.999
  var epsilon: Schedule = 1e-8
  var weightDecay: Schedule = 0.01

  func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let direction = step.adamDirection(s, g, step.beta1, step.beta2, step.epsilon)
    return w - step.learningRate * (direction + step.weightDecay * w)
  }
}

/// Where a method leaves four numbers after some steps on a quartic.
func trained(_ method: some OptimizationMethod) throws -> [Double] {
  let w = Variable(Storage([0.5, -1, 2, 3], shape: [4]), name: "w")
  let updater = try Updater(method, parameters: [w])
  let step = compile {
    let square = (w.value - 1) * (w.value - 1)
    let loss = (square * square + square).sum()
    updater.minimize(loss)
    return loss
  }
  for _ in 0..<40 { _ = try step() }
  return w.snapshot().scalars(as: Double.self)
}

func check(_ mine: some OptimizationMethod, _ builtIn: some OptimizationMethod) throws {
  let (mine, builtIn) = (try trained(mine), try trained(builtIn))
  precondition(zip(mine, builtIn).allSatisfy { abs($0 - $1) < 1e-9 }, "\(mine) is not \(builtIn)")
}

try check(
  MyLion(learningRate: 0.02, weightDecay: 0.1),
  Lion(learningRate: 0.02, weightDecay: 0.1))
try check(
  MyAdamW(learningRate: .cosine(from: 0.1, over: 40)),
  AdamW(learningRate: .cosine(from: 0.1, over: 40)))
try check(
  MyAdamW().group("w", MyLion(learningRate: 0.02)).clipped(globalNorm: 1).lookahead(),
  AdamW().group("w", Lion(learningRate: 0.02)).clipped(globalNorm: 1).lookahead())
print("optimizers from outside: as the built-in ones")

// Two modifiers as a user writes them, from Documentation/AddingAnOptimizer.md and with nothing but `import Descent`.
import Descent

/// Gradients together scaled to a norm of at most `limit` (Pascanu et al. 2012, arXiv 1211.5063).
struct MyClipped<Base: OptimizationMethod>: Modifier {
  var base: Base
  var limit: Schedule = 1

  static var adjustable: [Hyperparameter<Self>] { [.init("limit", \.limit, .positive)] + inherited }

  func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let gradients = parameters.map(\.gradient)
    let scale = minimum(step.limit / globalNorm(gradients), 1)
    let clipped = gradients.map { scale * $0 }
    return base.update(
      parameters.replacing(gradients: clipped), at: step.inside(\.base, shared: step.shared, gradients: clipped))
  }
}

/// Lookahead (Zhang et al. 2019, arXiv 1907.08610): every `interval` steps slow weights go `share` of the way to the
/// method's.
struct MyLookahead<Base: OptimizationMethod>: Modifier {
  var base: Base
  var share: Schedule = 0.5
  var interval = 5

  struct Slow: OptimizerState {
    @Slot var slow: Tensor
    init(like w: Tensor) { slow = .zeros(like: w) }
  }
  typealias State = Layered<Slow, Base.State>
  typealias Shared = Base.Shared

  static var adjustable: [Hyperparameter<Self>] { [.init("share", \.share, .positive)] + inherited }

  func makeState(for w: Tensor, named name: String) -> State {
    State(own: Slow(like: w), base: base.makeState(for: w, named: name))
  }

  func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let fast = base.update(parameters.withStates(\.base), at: step.inner)
    let rounds = step.number / Double(interval)
    let moves = floor(rounds) .== rounds
    return zip(parameters, fast).map { parameter, fast in
      let memory = parameter.state.own
      let slow = step.first(parameter.value, otherwise: memory.slow)
      memory.slow = select(moves, slow + step.share * (fast - slow), slow)
      return select(moves, memory.slow, fast)
    }
  }

  func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    base.evaluationPoint(parameters.withStates(\.base), at: step.inner)
  }
}

extension OptimizationMethod {
  func myClipped(_ limit: Schedule) -> MyClipped<Self> { MyClipped(base: self, limit: limit) }
  func myLookahead() -> MyLookahead<Self> { MyLookahead(base: self) }
}

/// A modifier with a pattern, that changes the learning rate of what it matches: a tenth of it.
struct MySlowed<Base: Optimizer>: Modifier {
  var base: Base
  var pattern: NamePattern
  var factor: Schedule = 0.1

  func check(names: [String]) throws(NamePatternError) {
    try pattern.check(names)
    try base.check(names: names)
  }

  func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let slow = step.inner.scalingLearningRate(of: base, by: step.factor)
    return parameters.map { p in
      let step = pattern.matches(p.name) ? slow : step.inner
      return base.update(p.value, gradient: p.gradient, state: p.state, at: step)
    }
  }
}

/// Where a method leaves two tensors after some steps on a quartic.
func trained(_ method: some OptimizationMethod) throws -> [Double] {
  let w = Variable(Storage([0.5, -1, 2, 3], shape: [2, 2]), name: "layer.weight")
  let b = Variable(Storage([4.0, -2], shape: [2]), name: "layer.bias")
  let updater = try Updater(method, parameters: [w, b])
  let step = compile {
    let square = (w.value + b.value - 1) * (w.value + b.value - 1)
    let loss = (square * square + square).sum()
    updater.minimize(loss)
    return loss
  }
  for _ in 0..<33 { _ = try step() }
  return [w, b].flatMap { $0.snapshot().scalars(as: Double.self) }
}

func check(_ mine: some OptimizationMethod, _ builtIn: some OptimizationMethod) throws {
  let (mine, builtIn) = (try trained(mine), try trained(builtIn))
  precondition(zip(mine, builtIn).allSatisfy { abs($0 - $1) < 1e-9 }, "\(mine) is not \(builtIn)")
}

let method = AdamW(learningRate: 0.05)
try check(method.myClipped(1), method.clipped(globalNorm: 1))
try check(method.myLookahead(), method.lookahead())
try check(method.myLookahead().myClipped(0.5), method.lookahead().clipped(globalNorm: 0.5))
try check(method.averaged().myClipped(1).cautious(), method.averaged().clipped(globalNorm: 1).cautious())
try check(MySlowed(base: method, pattern: "*.bias"), method.group("*.bias") { $0.learningRate = 0.005 })
print("modifiers from outside: as the built-in ones")

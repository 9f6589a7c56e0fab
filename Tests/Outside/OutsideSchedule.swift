// Schedules as a user writes them, from Documentation/AddingAnOptimizer.md and with nothing but `import Descent`.
import Descent

extension Schedule {
  /// A straight line up to `peak` over `steps` steps, then down as one over the root of the step (Vaswani et al. 2017,
  /// arXiv 1706.03762, equation 3).
  static func myTransformer(peak: Double, warmUp steps: Int) -> Schedule {
    precondition(steps > 0, "a warm-up takes 1 or more steps, not \(steps)")
    return Schedule("myTransformer(peak: \(peak), warmUp: \(steps))") { step in
      let (t, n) = (Double(step + 1), Double(steps))
      return peak * min(t / n, (n / t).squareRoot())
    }
  }

  /// The same idea from parts: after the warm-up it stays at `peak` for as many steps again, and falls from there.
  static func myWarmedUp(peak: Double, warmUp steps: Int) -> Schedule {
    inverseSquareRoot(from: peak, after: steps).warmingUp(over: steps)
  }
}

func check(_ schedule: Schedule, at step: Int, is value: Double) {
  let found = schedule.value(at: step)
  precondition(abs(found - value) < 1e-12, "\(schedule) at \(step): \(found), not \(value)")
}

let closure = Schedule.myTransformer(peak: 1e-3, warmUp: 100)
check(closure, at: 0, is: 1e-5)
check(closure, at: 99, is: 1e-3)
check(closure, at: 399, is: 5e-4)

let parts = Schedule.myWarmedUp(peak: 1e-3, warmUp: 100)
check(parts, at: 0, is: 0)
check(parts, at: 100, is: 1e-3)
check(parts, at: 200, is: 1e-3)
check(parts, at: 500, is: 5e-4)

// A schedule goes wherever a number does, and is combined with the built-in ones.
let method = AdamW(learningRate: closure, beta1: .linear(from: 0.85, to: 0.95, over: 200))
check(method.learningRate.then(.constant(0), after: 400), at: 400, is: 0)
check(closure.scaled(by: 2), at: 99, is: 2e-3)
print("schedules from outside: \(closure), \(parts)")

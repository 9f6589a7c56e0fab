import DescentRuntime
import DescentGraph

/// L-BFGS (Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization"): full-batch minimization
/// with curvature from the last `history` steps and a line search for the strong Wolfe conditions.
///
/// ```swift
/// let result = try LBFGS().minimize([w]) { rosenbrock(w.value) }
/// ```
///
/// The loss and its gradient are one compiled program, a step's direction another (the two-loop recursion over `history`
/// pairs of vectors); the host only chooses step lengths. The loss must be a function of the parameters alone: all data in
/// each evaluation, the same random numbers.
public struct LBFGS: Sendable {
  /// Pairs of a step and the change of the gradient that are kept; memory is 2·`history` + 4 times the parameters'.
  public var history: Int
  /// Steps after which it ends, each with a line search of its own.
  public var maximumIterations: Int
  /// Evaluations of the loss with its gradient after which it ends, at the lowest point of the line that it is on.
  public var maximumEvaluations: Int
  /// Ends when no element of the gradient is larger than this times the largest one at the start. So what the loss is
  /// measured in does not matter, as it does not for the steps: 2ᵏ·f takes those of f.
  public var gradientTolerance: Double
  /// Ends when a step lowers the loss by no more than this times the loss, and then one down the gradient does not either.
  public var lossTolerance: Double
  /// c₁ and c₂ of the Wolfe conditions.
  public var decrease: Double, curvature: Double

  /// Tolerances above 0 count as no less than what the parameters' dtype can tell: 1.2e-7 of the gradient in float32. Defaults
  /// as SciPy's `L-BFGS-B` has them, except for the tolerances: that ends when the loss falls by 2.2e-9, or when no
  /// element of the gradient is above 1e-5.
  public init(
    history: Int = 10, maximumIterations: Int = 15_000, maximumEvaluations: Int = 15_000,
    gradientTolerance: Double = 1e-12, lossTolerance: Double = 1e-14, decrease: Double = 1e-3, curvature: Double = 0.9
  ) {
    require(history > 0, "LBFGS: the history has 1 or more steps, not \(history)")
    (self.history, self.maximumIterations, self.maximumEvaluations) = (history, maximumIterations, maximumEvaluations)
    (self.gradientTolerance, self.lossTolerance) = (gradientTolerance, lossTolerance)
    (self.decrease, self.curvature) = (decrease, curvature)
  }

  /// How a minimization went.
  public struct Result: Sendable, Equatable {
    /// Why it ended.
    public enum Reason: String, Sendable {
      case gradientTolerance = "the gradient is small enough"
      case lossTolerance = "the loss falls no further"
      case maximumIterations = "the iterations are used up"
      case maximumEvaluations = "the evaluations are used up"
      /// No step down the direction meets the Wolfe conditions: the limits of the dtype, or a wrong gradient.
      case lineSearchFailed = "the line search found no better point"
      case notFinite = "the loss or its gradient is not finite at the start"
      case cancelled = "it was cancelled"
    }
    /// At the point where the parameters are left.
    public var loss: Double
    /// Of the loss with its gradient; one that only puts the parameters back at the end is not counted.
    public var evaluations: Int
    /// Steps taken.
    public var iterations: Int
    /// Why it ended.
    public var reason: Reason
    /// Whether one of the two tolerances ended it.
    public var hasConverged: Bool { reason == .gradientTolerance || reason == .lossTolerance }
  }

  /// Moves `parameters` to a minimum of `loss`, a scalar that is traced once.
  ///
  /// - Parameters:
  ///   - parameters: what it moves, from where they are.
  ///   - memoryLimit: bytes that an evaluation's intermediate results may take; nil is no limit.
  ///   - isCancelled: asked after every iteration with the result so far; true ends the minimization.
  ///   - loss: over all examples.
  /// - Throws: `EngineError` when an engine library is missing.
  public func minimize(
    _ parameters: [Variable], memoryLimit: Int? = nil, isCancelled: (Result) -> Bool = { _ in false },
    _ loss: @escaping @Sendable () throws -> Tensor
  ) throws -> Result {
    let problem = FlatProblem(parameters, history: history, memoryLimit: memoryLimit, loss)
    var here = try problem.evaluate(at: 0)
    var result = Result(loss: here.loss, evaluations: 1, iterations: 0, reason: .notFinite)
    func ended(_ reason: Result.Reason) -> Result {
      result.reason = reason
      return result
    }
    guard here.loss.isFinite && here.greatest.isFinite else { return result }
    // Below that, what is left is rounding.
    let rounding = Double(parameters.contains { $0.dtype == .float64 } ? Double.ulpOfOne : Double(Float.ulpOfOne))
    let smallGradient = (gradientTolerance > 0 ? max(gradientTolerance, rounding) : 0) * here.greatest
    let smallFall = lossTolerance > 0 ? max(lossTolerance, rounding / 2) : 0
    if here.greatest <= smallGradient { return ended(.gradientTolerance) }

    /// Whether the next direction is the steepest descent, whose length says nothing about the step's.
    var isFresh = true
    while result.iterations < maximumIterations {
      var slope = try problem.advance()
      if !(slope < 0) {
        problem.forgetHistory()
        isFresh = true
        slope = try problem.advance()
        // A gradient whose length is no number leads nowhere.
        if !(slope < 0) { return ended(.lineSearchFailed) }
      }
      var search = LineSearch(value: here.loss, slope: slope, first: 1, decrease: decrease, curvature: curvature)
      var (t, lowest) = (1.0, (t: 0.0, loss: here.loss))
      var isFound = false
      /// Whether the line leads to where the function does not exist: that it falls no further is then no minimum.
      var leavesFunction = false
      search: while !isFound {
        guard result.evaluations < maximumEvaluations else {
          result.loss = try problem.evaluate(at: lowest.t).loss
          return ended(.maximumEvaluations)
        }
        let there = try problem.evaluate(at: t)
        result.evaluations += 1
        let exists = there.loss.isFinite && there.greatest.isFinite
        leavesFunction = leavesFunction || !exists
        if exists && there.loss < lowest.loss { lowest = (t, there.loss) }
        switch search.next(after: .init(t: t, value: there.loss, slope: there.slope)) {
        case .evaluate(let next): t = next
        case .found: (here, isFound) = (there, true)
        case .failed:
          // The lowest point may still be good enough to go on from.
          here = try problem.evaluate(at: lowest.t)
          result.evaluations += 1
          if lowest.t > 0 {
            isFound = true
          } else if isFresh {
            return ended(.lineSearchFailed)
          } else {
            break search
          }
        }
      }
      let wasFresh = isFresh
      isFresh = !isFound
      guard isFound else {
        problem.forgetHistory()
        continue
      }
      let fall = result.loss - here.loss
      let scale = max(result.loss.magnitude, here.loss.magnitude)
      result.loss = here.loss
      result.iterations += 1
      if here.greatest <= smallGradient { return ended(.gradientTolerance) }
      if fall <= smallFall * scale {
        // A bad model of the Hessian makes short steps too: only the steepest descent's says that it falls no further.
        if wasFresh { return ended(leavesFunction ? .lineSearchFailed : .lossTolerance) }
        problem.forgetHistory()
        isFresh = true
      }
      if isCancelled(result) { return ended(.cancelled) }
    }
    return ended(.maximumIterations)
  }
}

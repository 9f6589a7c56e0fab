import DescentGraph
import DescentRuntime

/// What an update may ask about the current step: its number, the method's hyper-parameters now, the loss.
@dynamicMemberLookup
public struct Step<Method: OptimizationMethod> {
  /// Counts from 1 (float64 scalar).
  public let number: Tensor
  /// The gradients of all parameters that are updated in this step.
  public let gradients: [Tensor]
  /// What the method remembers for all parameters.
  public let shared: Method.Shared
  let objective: StepObjective?
  /// Counts the finished steps (i64): schedules are evaluated at it.
  let clock: Variable
  let hyperparameter: (_ path: KeyPath<Method, Schedule> & Sendable, _ clock: Variable) -> Tensor

  /// The present value of a hyper-parameter: a float64 scalar, an input of the compiled program.
  public subscript(dynamicMember path: KeyPath<Method, Schedule> & Sendable) -> Tensor { hyperparameter(path, clock) }

  /// The loss at the parameters before the step. Traps when the step was given gradients and no loss.
  public var loss: Tensor { known.loss }

  /// The loss and its gradients at other values of the parameters, in the order of ``gradients``: the whole forward and
  /// backward pass once more, on the same batch and with the same random numbers. Traps as ``loss`` does.
  public func evaluate(at values: [Tensor]) -> (loss: Tensor, gradients: [Tensor]) { known.evaluate(at: values) }

  /// The Hessian of the loss at the parameters, times a vector given in the order of ``gradients``: a differentiation of
  /// the gradients along it, which counts as two evaluations. Traps as ``loss`` does.
  public func hessianVectorProduct(_ direction: [Tensor]) -> [Tensor] {
    known.onEvaluation(2)
    let slope = zip(gradients, direction).map { ($0 * $1).sum() }
    let products = DescentGraph.gradients(of: total(slope), withRespectTo: known.parameters)
    return zip(products, gradients).map { $0.cast(to: $1.dtype) }
  }

  private var known: StepObjective {
    guard let objective else {
      fatalError("\(Method.self) needs the loss: use minimize(_:), not apply(_:), and no accumulation around it")
    }
    return objective
  }

  /// Whether this is the first of `period` steps, counted from step 1 (a bool scalar): for `when`, around work that is
  /// not worth doing in every step.
  public func isFirst(ofEvery period: Int) -> Tensor {
    require(period > 0, "\(Method.self) does something every \(period) steps; the period must be positive")
    return (number - 1) - Double(period) * floor((number - 1) / Double(period)) .== 0
  }

  /// What `body` computes in the first of every `period` steps, counted from step 1; in the others `values`, and the body is
  /// not run. What it writes to slots stays as it was, too.
  public func every(
    _ period: Int, otherwise values: [Tensor], _ body: () throws -> [Tensor]
  ) rethrows -> [Tensor] {
    try EvaluationShare.$current.withValue(EvaluationShare.current / Double(period)) {
      try when(isFirst(ofEvery: period), otherwise: values, body)
    }
  }

  /// `value` in the first step, later `remembered`: how a slot starts from the parameter's value.
  public func first(_ value: Tensor, otherwise remembered: Tensor) -> Tensor {
    select(number .<= 1, value, remembered)
  }
}

/// In which part of the steps what is being traced is run.
enum EvaluationShare {
  @TaskLocal static var current = 1.0
}

/// The loss of a step as a function of the parameters.
struct StepObjective {
  let loss: Tensor
  let parameters: [Tensor]
  /// Told of further evaluations: how many gradients' work they are in this step.
  let onEvaluation: (_ count: Double) -> Void

  /// The loss as a function of some of the parameters.
  func restricted(to indices: [Int]) -> StepObjective {
    StepObjective(loss: loss, parameters: indices.map { parameters[$0] }, onEvaluation: onEvaluation)
  }

  func evaluate(at values: [Tensor]) -> (loss: Tensor, gradients: [Tensor]) {
    onEvaluation(1)
    let own = zip(parameters, values).map { $1.cast(to: $0.dtype) }
    let loss = replacing(parameters, with: own, in: [loss])[0]
    return (loss, DescentGraph.gradients(of: loss, withRespectTo: values))
  }
}

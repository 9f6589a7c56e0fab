import DescentGraph

/// An optimization method that treats each parameter tensor for itself: hyper-parameters, and one step in tensor math.
///
/// `update` is traced, so it must be a pure function of its arguments. The whole of it, for each parameter tensor, runs
/// as one pass over memory.
///
/// ```swift
/// struct SignDescent: Optimizer {
///   var learningRate: Schedule = 1e-3
///   func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
///     w - step.learningRate * sign(g)
///   }
/// }
/// ```
///
/// Methods whose tensors depend on each other (a common scalar, a second evaluation of the gradient, another method
/// inside) are an ``OptimizationMethod`` with a step for all tensors at once.
public protocol Optimizer: OptimizationMethod {
  // Said again so that a method's `update` alone tells what its state is.
  associatedtype State = NoState

  /// The parameter's value after this step.
  ///
  /// - Parameters:
  ///   - parameter: the value before the step.
  ///   - gradient: of the loss with respect to it, of the same shape.
  ///   - state: what the method remembers; assign to its slots to update it.
  ///   - step: the step's number, and the hyper-parameters as they are in it.
  func update(_ parameter: Tensor, gradient: Tensor, state: State, at step: Step<Self>) -> Tensor
}

extension Optimizer {
  /// Steps each tensor for itself, in order.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    parameters.map { update($0.value, gradient: $0.gradient, state: $0.state, at: step) }
  }
}

import DescentGraph

/// An optimization method as a value: its hyper-parameters, and one step in tensor math.
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
/// Every hyper-parameter that is a number is a `Schedule`; inside `update` it is read through the step
/// (`step.learningRate`), which makes it an input of the compiled program: changing it does not trace again.
public protocol Optimizer: Sendable {
  associatedtype State: OptimizerState
  var learningRate: Schedule { get set }

  /// The numeric hyper-parameters, besides the learning rate, that commands can set by name. None, unless a method says.
  static var adjustable: [Hyperparameter<Self>] { get }

  /// What the method remembers about one parameter tensor before its first step.
  func makeState(for parameter: Tensor, named name: String) -> State

  /// The parameter's value after this step.
  ///
  /// - Parameters:
  ///   - parameter: the value before the step.
  ///   - gradient: of the loss with respect to it, of the same shape.
  ///   - state: what the method remembers; assign to its slots to update it.
  func update(_ parameter: Tensor, gradient: Tensor, state: State, at step: Step<Self>) -> Tensor
}

extension Optimizer {
  public static var adjustable: [Hyperparameter<Self>] { [] }

  public func makeState(for parameter: Tensor, named name: String) -> State { State(like: parameter) }
}

/// What a method remembers about one parameter tensor: a struct of `@Slot` tensors.
public protocol OptimizerState {
  /// The state before the first step for a parameter shaped as `parameter`.
  init(like parameter: Tensor)
}

/// The state of a method that remembers nothing.
public struct NoState: OptimizerState {
  public init(like parameter: Tensor) {}
}

/// A tensor that an optimizer remembers from step to step, under the name of the property.
@propertyWrapper
public struct Slot {
  let variable: Variable

  /// A slot that starts as `wrappedValue`, which must be a constant (`zeros(like:)`, `Tensor(filled:…)`, data).
  public init(wrappedValue: Tensor) {
    switch wrappedValue.node.op {
    case .constant(.data(let storage)): variable = Variable(storage)
    case .constant(.splat(let value)):
      variable = Variable(shape: wrappedValue.shape, dtype: wrappedValue.dtype)
      if value != 0 {
        for i in 0..<wrappedValue.shape.elementCount { variable.storage.set(value, at: i) }
      }
    default:
      fatalError("a slot must start from a constant, not from \(wrappedValue.node.op.name); evaluate it first")
    }
  }

  public var wrappedValue: Tensor {
    get { variable.value }
    nonmutating set { variable.value = newValue }
  }
}

/// What `update` may ask about the current step: its number, and the method's hyper-parameters now.
@dynamicMemberLookup
public struct Step<Method: Optimizer> {
  /// Counts from 1 (float64 scalar).
  public let number: Tensor
  /// The gradients of all parameters that are updated in this step.
  public let gradients: [Tensor]
  let hyperparameter: (KeyPath<Method, Schedule> & Sendable) -> Tensor

  /// The present value of a hyper-parameter: a float64 scalar, an input of the compiled program.
  public subscript(dynamicMember path: KeyPath<Method, Schedule> & Sendable) -> Tensor { hyperparameter(path) }
}

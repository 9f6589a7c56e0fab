import DescentGraph
import DescentRuntime

/// A part of a model: a struct or class that holds parameters and other modules.
///
/// Parameters are found by reflection, wherever they stand: in properties of any kind, in what those hold (structs that are
/// no modules too), in arrays, tuples, optionals and dictionaries. A parameter's name is its property path, with the index
/// for elements of an array or tuple and the key for entries of a dictionary: `blocks.0.attention.query.weight`.
public protocol Module: Sendable, CustomStringConvertible {
  /// What the module is, for people: `Linear(64, 128)`. The type's name, unless a module says more.
  var title: String { get }
}

extension Module {
  /// Every parameter with its name, state of layers included, in the order of declaration. One that is used in several
  /// places (tied weights) is listed once, under its first name.
  ///
  /// Traps where two parameters have one name, or where one stands in a place that gives it none (a `Set`).
  public var parameters: [(name: String, parameter: Parameter)] { ParameterSearch.parameters(of: self) }

  /// The variables that optimizers update.
  public var trainableVariables: [Variable] {
    nameVariables()
    return parameters.filter(\.parameter.isTrainable).map(\.parameter.variable)
  }

  /// The number of trainable elements.
  public var parameterCount: Int {
    parameters.reduce(0) { $0 + ($1.parameter.isTrainable ? $1.parameter.shape.elementCount : 0) }
  }

  /// Draws every parameter's starting value. Each depends on the seed and the parameter's name only: adding a layer does
  /// not change the others.
  ///
  /// - Throws: what the current device's back end throws, such as `EngineError` when a library is missing.
  public func initialize(seed: Int) throws {
    nameVariables()
    let all = parameters
    let key = RandomKey(seed)
    let values = try evaluate(
      all.map { name, parameter in
        parameter.initializer.sample(parameter.shape, dtype: parameter.variable.dtype, key: key.folding(in: name))
      })
    for ((_, parameter), value) in zip(all, values) { parameter.variable.assign(value) }
  }

  /// Excludes parameters whose name satisfies `matches` from training.
  ///
  /// Traps for a parameter that an updater trains already: freeze before making the updater, or use the method's
  /// `frozen(_:)`.
  public func freeze(where matches: (String) -> Bool = { _ in true }) {
    for (name, parameter) in parameters where matches(name) { parameter.isTrainable = false }
  }
  /// Trains frozen parameters whose name satisfies `matches` again. An updater made before does not.
  public func unfreeze(where matches: (String) -> Bool = { _ in true }) {
    for (name, parameter) in parameters where matches(name) && !parameter.isState { parameter.isTrainable = true }
  }

  /// Gives the variables their names. One that has been named as a part of a larger model keeps that name.
  package func nameVariables() {
    for (name, parameter) in parameters {
      let known = parameter.variable.name
      if known != name && !known.hasSuffix(".\(name)") { parameter.variable.name = name }
    }
  }
}

/// The value of `loss(model)` and its gradients by the model's trainable parameters, in the order of
/// ``Module/trainableVariables``.
///
/// In a compiled function both are parts of its graph. Elsewhere they are computed now, on the current device.
///
/// ```swift
/// let (loss, gradients) = try valueAndGradient(model) { crossEntropy($0(x), labels: y) }
/// for (name, gradient) in gradients { print(name, try gradient.scalars(as: Float.self)) }
/// ```
///
/// - Parameters:
///   - model: whose parameters the gradients are taken by.
///   - loss: gives a scalar.
/// - Throws: what `loss` throws, and outside a compiled function what the device's back end throws.
public func valueAndGradient<Model: Module>(
  _ model: Model, _ loss: @escaping @Sendable (_ model: Model) throws -> Tensor
) throws -> (value: Tensor, gradients: [(name: String, gradient: Tensor)]) {
  let variables = model.trainableVariables
  let traced: @Sendable ([Tensor]) throws -> [Tensor] = { _ in
    let value = try loss(model)
    return [value] + gradients(of: value, withRespectTo: variables.map(\.value))
  }
  var results = Trace.current == nil ? try compile(traced)([]) : try traced([])
  let value = results.removeFirst()
  return (value, zip(variables, results).map { (name: $0.name, gradient: $1) })
}

import DescentRuntime

/// Parameters that an ``Updater`` cannot work with.
public enum UpdaterError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to train.
  case noParameters
  /// One variable stands in the list at two places, and would take two steps at once.
  case repeatedVariable(name: String)
  /// Two variables have one name, so that their states could not be told apart.
  case repeatedName(String)
  /// A hyper-parameter starts with a value that it cannot have.
  case hyperparameter(name: String, value: Double, range: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noParameters:
      "an updater needs parameters to train, and got none; are all of the model's frozen?"
    case .repeatedVariable(let name):
      "the parameter '\(name)' was given to an updater twice, and would take two steps at once; give it once"
    case .repeatedName(let name):
      "two parameters of an updater are called '\(name)'; make one model of their modules, so that each has a name of its "
        + "own, or one updater for each"
    case .hyperparameter(let name, let value, let range):
      "\(name) starts at \(value); it must be \(range)"
    }
  }

  /// Looks at what each schedule gives for the first step.
  static func check<Method: OptimizationMethod>(_ method: Method) throws(UpdaterError) {
    let rate = method.learningRate.value(at: 0)
    guard rate >= 0, rate.isFinite else {
      throw .hyperparameter(name: "learningRate", value: rate, range: HyperparameterRange.nonNegative.text)
    }
    for hyperparameter in Method.adjustable {
      let value = method[keyPath: hyperparameter.path].value(at: 0)
      guard hyperparameter.range.contains(value) else {
        throw .hyperparameter(name: hyperparameter.name, value: value, range: hyperparameter.range.text)
      }
    }
  }

  static func check(_ parameters: [Variable], _ names: [String]) throws(UpdaterError) {
    if parameters.isEmpty { throw .noParameters }
    var (variables, known): (Set<ObjectIdentifier>, Set<String>) = ([], [])
    for (variable, name) in zip(parameters, names) {
      guard variables.insert(ObjectIdentifier(variable)).inserted else { throw .repeatedVariable(name: name) }
      guard known.insert(name).inserted else { throw .repeatedName(name) }
    }
  }
}

import DescentFiles
import DescentData
import DescentRuntime
import DescentGraph
import DescentNN
import DescentOptim

/// A trained perceptron with all that is needed to use it on new data.
///
/// It is kept in one safetensors file: the parameters under their names, everything else in the metadata.
///
/// ```swift
/// let outcome = try experiment.run(on: data)
/// try SavedModel(outcome.model, of: experiment, on: data, optimizer: "adamw").save(to: "model.safetensors")
/// let model = try SavedModel.load("model.safetensors")
/// ```
public struct SavedModel: Sendable {
  /// How the data were divided, so that the parts can be drawn again from the same file.
  public struct SplitFractions: Sendable, Equatable, Codable {
    /// Fraction of the examples, in `0..<1`.
    public var validation: Double
    /// Fraction of the examples, in `0..<1`.
    public var test: Double
    /// Of the draw of the parts.
    public var seed: Int

    /// Fractions of the examples, and the seed of their draw.
    public init(validation: Double, test: Double, seed: Int) {
      self.validation = validation
      self.test = test
      self.seed = seed
    }
  }

  /// Everything about the model but its parameters.
  public struct Description: Sendable, Equatable {
    /// Widths of the network's layers, inputs first.
    public var widths: [Int]
    /// Between the layers.
    public var activation: Activation
    /// Of the hidden layers while training; it is off when the model is used.
    public var dropout: Double
    /// What the network was trained for.
    public var objective: Objective
    /// What the model was trained on: `digits`, or the name of a file.
    public var task: String
    /// Names of the classes in the order of the outputs; nil for a model that predicts numbers.
    public var classNames: [String]?
    /// How the columns of a table become features and targets; nil for a model of built-in data.
    public var preprocessing: Preprocessing?
    /// The method's name: `adamw`.
    public var optimizer: String
    /// The method's, by name, as text.
    public var hyperparameters: [String: String]
    /// How the data were divided; nil where that is not known.
    public var split: SplitFractions?
    /// The version of Descent that saved the model.
    public var version: String

    /// Everything by name; only what a model must have has no default.
    public init(
      widths: [Int], activation: Activation, dropout: Double = 0, objective: Objective, task: String,
      classNames: [String]? = nil, preprocessing: Preprocessing? = nil, optimizer: String,
      hyperparameters: [String: String] = [:], split: SplitFractions? = nil, version: String = Release.version
    ) {
      self.widths = widths
      self.activation = activation
      self.dropout = dropout
      self.objective = objective
      self.task = task
      self.classNames = classNames
      self.preprocessing = preprocessing
      self.optimizer = optimizer
      self.hyperparameters = hyperparameters
      self.split = split
      self.version = version
    }
  }

  /// The network, with its parameters.
  public var network: Sequential
  /// Everything else about it.
  public var description: Description

  /// A network and what is known of it.
  public init(_ network: Sequential, _ description: Description) {
    self.network = network
    self.description = description
  }

  /// The network that an experiment trained.
  ///
  /// - Parameters:
  ///   - network: as the experiment left it.
  ///   - experiment: what made it.
  ///   - data: what it was trained on, with its preprocessing.
  ///   - optimizer: the method's name in the table of methods.
  ///   - split: how `data` were divided, if that is known.
  public init(
    _ network: Sequential, of experiment: Experiment, on data: PreparedData, optimizer: String,
    split: SplitFractions? = nil
  ) {
    var classNames: [String]?
    if case .classes(_, let names) = data.train.targets { classNames = names }
    let settings = experiment.hyperparameters.map { ($0.name, $0.value) }
    self.init(
      network,
      Description(
        widths: experiment.widths(for: data), activation: experiment.activation, dropout: experiment.dropout,
        objective: experiment.objective ?? .standard(for: data.train.targets), task: data.name,
        classNames: classNames, preprocessing: data.preprocessing, optimizer: optimizer,
        hyperparameters: Dictionary(settings) { first, _ in first }, split: split))
  }

  /// Writes the model to `path`, whole or not at all.
  public func save(to path: String) throws(SafeTensorsError) {
    try network.save(to: path, metadata: description.metadata)
  }

  /// Reads a model and checks that its tensors are exactly those of the network it describes.
  ///
  /// - Throws: `SafeTensorsError` for a file that is none, `SavedModelError` for one that holds something else.
  public static func load(_ path: String) throws -> SavedModel {
    let file = try SafeTensors.read(path)
    let description = try Description(metadata: file.metadata, file: path)
    try description.checkSize(against: file, path)
    let network = Sequential.perceptron(
      description.widths, activation: description.activation, dropout: description.dropout)
    let variables = NamedVariables(network.parameters.map { ($0.name, $0.parameter.variable) })
    let problems = variables.problems(file) + Self.notFinite(file)
    guard problems.isEmpty else { throw SavedModelError.wrongParameters(file: path, problems: problems) }
    network.nameVariables()
    try variables.assign(file, from: path)
    return SavedModel(network, description)
  }

  /// Tensors that no prediction can be made with.
  private static func notFinite(_ file: SafeTensors) -> [String] {
    file.tensors.compactMap { name, storage in
      (0..<storage.shape.elementCount).first { !storage.double(at: $0).isFinite }.map {
        "'\(name)' is \(storage.double(at: $0)) at element \($0)"
      }
    }
  }
}

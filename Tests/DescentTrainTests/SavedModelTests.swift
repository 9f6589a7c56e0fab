import TestSupport
import DescentFiles
import DescentData
import DescentGraph
import DescentNN
import DescentOptim
import DescentTrain
import Testing

struct SavedModelTests {
  /// Three classes around three points, so that a few epochs learn them.
  private static func clusters() -> PreparedData {
    func part(_ count: Int, _ offset: Int) -> Dataset {
      var features: [Float] = []
      var labels: [Int32] = []
      for i in 0..<count {
        let label = i % 3
        let noise = Float((i + offset) * 37 % 100) / 100 - 0.5
        features += [Float(label) * 3 + noise, Float(label == 1 ? 2 : -2) - noise]
        labels.append(Int32(label))
      }
      return Dataset(
        name: "clusters", features: features, featureShape: [2], featureNames: ["x", "y"],
        targets: .classes(labels: labels, names: ["red", "green", "blue"]))
    }
    return PreparedData(name: "clusters", train: part(90, 0), validation: part(0, 0), test: part(60, 11))
  }

  private static func experiment() -> Experiment {
    var experiment = Experiment()
    experiment.hidden = [8]
    experiment.epochs = 8
    experiment.optimizer = AdamW(learningRate: 0.01)
    return experiment
  }

  @Test func aSavedModelPredictsWhatTheTrainedOneDid() throws {
    let folder = try TemporaryFolder()
    let data = Self.clusters()
    var experiment = Self.experiment()
    // With dropout the parameters' names and the forward pass both differ from a network without.
    experiment.dropout = 0.1
    let outcome = try experiment.run(on: data)
    let split = SavedModel.SplitFractions(validation: 0, test: 0.4, seed: 7)
    let saved = SavedModel(outcome.model, of: experiment, on: data, optimizer: "adamw", split: split)
    try saved.save(to: folder.path("m"))
    let loaded = try SavedModel.load(folder.path("m"))

    #expect(loaded.description == saved.description)
    #expect(loaded.description.widths == [2, 8, 3])
    #expect(loaded.description.classNames == ["red", "green", "blue"])
    #expect(loaded.description.hyperparameters["learningRate"] == "0.01")
    #expect(loaded.description.split == split)
    let predictions = try loaded.predictions(for: data.test)
    #expect(predictions == (try saved.predictions(for: data.test)))
    let accuracy = try #require(outcome.test.accuracy)
    #expect(accuracy > 0.5, "the network has learned something, so that equal accuracies say something")
    #expect(loaded.quality(of: predictions, for: data.test)?.accuracy == accuracy)
    for case .label(let name, let index, let probability) in predictions {
      #expect(["red", "green", "blue"][index] == name)
      #expect(probability > 1.0 / 3 - 1e-6 && probability <= 1 + 1e-6)
    }
  }

  @Test func numbersComeBackInTheirOwnUnit() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<60).map { "\($0),\(1000 + 50 * $0)" }
    let text = "x,price\n" + rows.joined(separator: "\n")
    let table = try Table(CSVReader.parse(Array(text.utf8), file: "prices.csv"))
    let data = PreparedData(try TableTask.make(table: table, target: "price", validation: 0), name: "prices")
    var experiment = Self.experiment()
    experiment.epochs = 60
    let outcome = try experiment.run(on: data)
    try SavedModel(outcome.model, of: experiment, on: data, optimizer: "adamw").save(to: folder.path("m"))
    let loaded = try SavedModel.load(folder.path("m"))
    #expect(loaded.description.preprocessing == data.preprocessing)
    let predictions = try loaded.predictions(for: data.test)
    let quality = try #require(loaded.quality(of: predictions, for: data.test))
    let expected = try #require(outcome.test.rootMeanSquaredError) * data.targetScale
    #expect(abs(try #require(quality.rootMeanSquaredError) - expected) < 1e-3 * expected)
    for case .value(let value) in predictions { #expect(value > 500 && value < 4500) }
  }

  /// The file of an untrained 2-4-3 network, to be spoilt.
  private static func file() throws -> SafeTensors {
    let network = Sequential.perceptron([2, 4, 3])
    try network.initialize(seed: 1)
    let description = SavedModel.Description(
      widths: [2, 4, 3], activation: .relu, objective: .crossEntropy(), task: "clusters",
      classNames: ["red", "green", "blue"], optimizer: "sgd")
    let folder = try TemporaryFolder()
    try SavedModel(network, description).save(to: folder.path("m"))
    return try SafeTensors.read(folder.path("m"))
  }

  private static func loadError(_ file: SafeTensors) throws -> SavedModelError? {
    let folder = try TemporaryFolder()
    try file.write(to: folder.path("m"))
    do {
      _ = try SavedModel.load(folder.path("m"))
      return nil
    } catch let error as SavedModelError {
      return error
    }
  }

  @Test func allWrongTensorsAreListedAtOnce() throws {
    var file = try Self.file()
    #expect(try Self.loadError(file) == nil)
    file.tensors.removeAll { $0.name == "layers.0.bias" }
    file.tensors = file.tensors.map { name, storage in
      switch name {
      case "layers.0.weight": (name, Storage(shape: [4, 3], dtype: .float32))
      case "layers.2.bias": (name, Storage(shape: [3], dtype: .float64))
      default: (name, storage)
      }
    }
    file.tensors.append(("stranger", Storage(shape: [1], dtype: .float32)))
    file["layers.2.weight"]?.set(.nan, at: 5)
    guard case .wrongParameters(_, let problems)? = try Self.loadError(file) else {
      Issue.record("the spoilt model was loaded")
      return
    }
    #expect(
      problems == [
        "'layers.0.weight' has the shape [4, 3] instead of [4, 2]", "'layers.0.bias' is missing",
        "'layers.2.bias' has elements of type f64 instead of f32", "'stranger' is not part of it",
        "'layers.2.weight' is nan at element 5",
      ])
  }

  @Test func othersFilesAreNotModels() throws {
    let file = SafeTensors(tensors: [("w", Storage([1 as Float], shape: [1]))], metadata: ["format": "pt"])
    guard case .notASavedModel(_, let missing)? = try Self.loadError(file) else {
      Issue.record("a file without metadata was loaded")
      return
    }
    #expect(missing.contains("widths") && missing.contains("descent"))
  }

  @Test(arguments: [
    ("widths", "[2]"), ("widths", "[2,0,3]"), ("widths", "[2,4,5]"), ("widths", "two"), ("activation", "rely"),
    ("dropout", "1"), ("dropout", "x"), ("objective", "cross-entropy:2"), ("hyperparameters", "[]"),
    ("preprocessing", "{}"), ("split", "{}"),
  ]) func badMetadataAreNamed(_ key: String, _ value: String) throws {
    var file = try Self.file()
    file.metadata[key] = value
    guard case .badMetadata(_, let found, _)? = try Self.loadError(file) else {
      Issue.record("\(key) = \(value) was accepted")
      return
    }
    #expect(found == key)
  }

  @Test func noRoomIsMadeForANetworkThatIsNotThere() throws {
    var file = try Self.file()
    file.metadata["widths"] = "[2,1000000000,3]"
    guard case .wrongParameters? = try Self.loadError(file) else {
      Issue.record("a network of 5 billion weights was accepted")
      return
    }
    file.metadata["widths"] = "[2,4611686018427387904,4611686018427387904,3]"
    guard case .wrongParameters? = try Self.loadError(file) else {
      Issue.record("a network of countless weights was accepted")
      return
    }
  }

  @Test func objectivesHaveNames() {
    let objectives: [Objective] = [
      .crossEntropy(), .crossEntropy(labelSmoothing: 0.1), .meanSquaredError, .huber(), .huber(delta: 0.5),
    ]
    for objective in objectives { #expect(Objective(name: objective.name) == objective) }
    for name in Objective.names { #expect(Objective(name: name)?.name == name) }
    for name in ["", "mse:1", "cross-entropy:", "cross-entropy:1", "huber:0", "huber:-1", "huber:inf", "hubber"] {
      #expect(Objective(name: name) == nil)
    }
  }
}

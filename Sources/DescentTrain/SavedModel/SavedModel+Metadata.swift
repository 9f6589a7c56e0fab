import DescentFiles
import DescentData
import DescentNN
import Foundation

/// The description of a saved model as safetensors metadata, which are text by name.
extension SavedModel.Description {
  private enum Key: String, CaseIterable {
    case version = "descent"
    case widths, activation, dropout, objective, task, classes, preprocessing, optimizer, hyperparameters, split

    /// Whether every saved model has it.
    var isRequired: Bool {
      switch self {
      case .classes, .preprocessing, .split: false
      default: true
      }
    }
  }

  var metadata: [String: String] {
    var values: [Key: String] = [
      .version: version, .widths: Self.json(widths), .activation: activation.rawValue, .dropout: "\(dropout)",
      .objective: objective.name, .task: task, .optimizer: optimizer, .hyperparameters: Self.json(hyperparameters),
    ]
    values[.classes] = classNames.map(Self.json)
    values[.preprocessing] = preprocessing.map(Self.json)
    values[.split] = split.map(Self.json)
    return Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
  }

  init(metadata: [String: String], file: String) throws(SavedModelError) {
    let missing = Key.allCases.filter { $0.isRequired && metadata[$0.rawValue] == nil }.map(\.rawValue)
    guard missing.isEmpty else { throw .notASavedModel(file: file, missing: missing) }
    func text(_ key: Key) -> String { metadata[key.rawValue] ?? "" }
    func bad(_ key: Key, _ reason: String) -> SavedModelError {
      .badMetadata(file: file, key: key.rawValue, reason: reason)
    }
    func decoded<Value: Decodable>(_ key: Key, as type: Value.Type) throws(SavedModelError) -> Value {
      guard let value = try? JSONDecoder().decode(type, from: Data(text(key).utf8)) else {
        throw bad(key, "its JSON is not what it should be")
      }
      return value
    }
    func optional<Value: Decodable>(_ key: Key, as type: Value.Type) throws(SavedModelError) -> Value? {
      metadata[key.rawValue] == nil ? nil : try decoded(key, as: type)
    }

    let widths = try decoded(.widths, as: [Int].self)
    guard widths.count >= 2, widths.allSatisfy({ $0 >= 1 }) else {
      throw bad(.widths, "\(widths) are not the widths of a network")
    }
    guard let activation = Activation(rawValue: text(.activation)) else {
      throw bad(.activation, "there is no activation '\(text(.activation))'")
    }
    guard let dropout = Double(text(.dropout)), (0..<1).contains(dropout) else {
      throw bad(.dropout, "'\(text(.dropout))' is not in 0..<1")
    }
    guard let objective = Objective(name: text(.objective)) else {
      throw bad(.objective, "there is no objective '\(text(.objective))'")
    }
    self.init(
      widths: widths, activation: activation, dropout: dropout, objective: objective, task: text(.task),
      classNames: try optional(.classes, as: [String].self),
      preprocessing: try optional(.preprocessing, as: Preprocessing.self), optimizer: text(.optimizer),
      hyperparameters: try decoded(.hyperparameters, as: [String: String].self),
      split: try optional(.split, as: SavedModel.SplitFractions.self), version: text(.version))
    try checkWidths(file)
    if let split, !(split.test > 0 && split.validation >= 0 && split.test + split.validation < 1) {
      throw bad(.split, "the parts \(split.validation) and \(split.test) are no fractions of the data")
    }
  }

  /// The network's ends must fit what stands before and after it.
  private func checkWidths(_ file: String) throws(SavedModelError) {
    func bad(_ reason: String) -> SavedModelError { .badMetadata(file: file, key: Key.widths.rawValue, reason: reason) }
    if let preprocessing, preprocessing.featureCount != widths[0] {
      throw bad("\(widths[0]) inputs do not fit the \(preprocessing.featureCount) features of the preprocessing")
    }
    let outputs = widths[widths.count - 1]
    if let classNames, classNames.count != outputs {
      throw bad("\(outputs) outputs do not fit the \(classNames.count) classes")
    }
    if classNames == nil, outputs != 1 { throw bad("\(outputs) outputs do not fit the prediction of one number") }
  }

  /// Refuses to make room for a network that cannot be in the file, however wrong its description is.
  func checkSize(against file: SafeTensors, _ path: String) throws(SavedModelError) {
    var count = 0
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      let (weights, overflows) = inputs.multipliedReportingOverflow(by: outputs)
      let (sum, overflowsToo) = count.addingReportingOverflow(weights)
      if overflows || overflowsToo { count = .max } else { count = sum }
      if count == .max { break }
    }
    let present = file.tensors.reduce(0) { $0 + $1.storage.shape.elementCount }
    guard count / 16 <= present + 4096 else {
      throw .wrongParameters(
        file: path, problems: ["a network of widths \(widths) has far more weights than the \(present) in the file"])
    }
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The values are strings, integers and finite numbers by construction, which JSON can hold.
    guard let data = try? encoder.encode(value) else { fatalError("\(value) cannot be written as JSON") }
    return String(decoding: data, as: UTF8.self)
  }
}

import ArgumentParser
import Descent
import Foundation

/// The network: a multilayer perceptron whose ends follow from the data.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Widths of the hidden layers, for example 128,64; 'none' for a linear model. (default: 128)",
      valueName: "widths"),
    transform: widths)
  var hidden: [Int]?

  @Option(help: "What follows each hidden layer.")
  var activation = Activation.relu

  @Option(help: ArgumentHelp("Part of the hidden units that training drops at random.", valueName: "fraction"))
  var dropout = 0.0

  var hiddenWidths: [Int] { hidden ?? [128] }

  func validate() throws {
    guard (0..<1).contains(dropout) else {
      throw ValidationError("--dropout must be at least 0 and below 1, not \(dropout).")
    }
  }

  @Sendable private static func widths(_ text: String) throws -> [Int] {
    if text == "none" { return [] }
    return try commaSeparated(text).map { part in
      guard let width = Int(part), (1...1_000_000).contains(width) else {
        throw ValidationError("'\(part)' is not the width of a layer; write whole numbers above 0, as in 128,64.")
      }
      return width
    }
  }

  /// Refuses networks that cannot be in memory, which is better said than tried.
  ///
  /// - Parameter widths: of all layers.
  static func checkMemory(_ widths: [Int]) throws {
    let weights = zip(widths, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    // The weights and their gradients at the least, 4 bytes each.
    let needed = weights * 8
    guard needed < Double(ProcessInfo.processInfo.physicalMemory) else {
      let gigabytes = Int(needed / 1e9)
      throw UsageError(
        "a network of widths \(widths.map(String.init).joined(separator: "-")) needs \(gigabytes) GB or more, which "
          + "this machine does not have; give --hidden smaller widths.")
    }
  }
}

extension Activation: ExpressibleByArgument {}

/// What training minimizes.
struct ObjectiveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What training minimizes: cross-entropy for classes; mean-squared-error, huber or huber:DELTA for numbers. "
        + "(default: what suits the target)", valueName: "name"))
  var objective: String?

  @Option(help: ArgumentHelp("Part of a class's probability that is spread over all.", valueName: "fraction"))
  var labelSmoothing: Double?

  func validate() throws {
    if let labelSmoothing {
      guard (0..<1).contains(labelSmoothing) else {
        throw ValidationError("--label-smoothing must be at least 0 and below 1, not \(labelSmoothing).")
      }
      guard objective == nil || objective == "cross-entropy" else {
        throw ValidationError("--label-smoothing goes with cross-entropy, not with \(objective ?? "").")
      }
    }
    if let objective, Objective(name: objective) == nil {
      let name = objective.split(separator: ":").first.map(String.init) ?? objective
      if Objective.names.contains(name) {
        throw ValidationError("'\(objective)' is not an objective; what follows the colon is out of range.")
      }
      let suggestion = nearestName(to: name, in: Objective.names).map { "; did you mean '\($0)'?" } ?? "."
      let names = Objective.names.joined(separator: ", ")
      throw ValidationError("there is no objective '\(objective)'\(suggestion) The objectives are: \(names).")
    }
  }

  /// The objective that was asked for; nil for the standard one.
  ///
  /// - Throws: `UsageError` for label smoothing where there are no labels.
  func chosen(for data: PreparedData) throws -> Objective? {
    if let labelSmoothing {
      guard data.isClassification else {
        throw UsageError("--label-smoothing is for classification, and the target of \(data.name) is a number.")
      }
      return .crossEntropy(labelSmoothing: labelSmoothing)
    }
    return objective.flatMap(Objective.init(name:))
  }
}

import DescentData
import DescentGraph
import DescentNN

/// What a network is trained to do: how its output is compared with the targets.
public enum Objective: Sendable, Equatable {
  /// Classes, from logits `[batch, classes]`.
  case crossEntropy(labelSmoothing: Double = 0)
  /// Numbers, from outputs `[batch, 1]`.
  case meanSquaredError
  case huber(delta: Double = 1)

  /// The usual objective for a kind of target.
  public static func standard(for targets: Dataset.Targets) -> Objective {
    switch targets {
    case .classes: .crossEntropy()
    case .values: .meanSquaredError
    }
  }

  /// The name in running text, with its parameter: `Huber, delta 1.0`.
  public var title: String {
    switch self {
    case .crossEntropy(let smoothing): smoothing == 0 ? "cross-entropy" : "cross-entropy, label smoothing \(smoothing)"
    case .meanSquaredError: "mean squared error"
    case .huber(let delta): "Huber, delta \(delta)"
    }
  }

  /// The mean loss over a batch. `targets` are i32 labels or float values, `[batch]`.
  public func loss(_ output: Tensor, _ targets: Tensor) -> Tensor {
    switch self {
    case .crossEntropy(let smoothing): DescentNN.crossEntropy(output, labels: targets, labelSmoothing: smoothing)
    case .meanSquaredError: DescentNN.meanSquaredError(output.reshaped(targets.shape), targets)
    case .huber(let delta): DescentNN.huber(output.reshaped(targets.shape), targets, delta: delta)
    }
  }

  /// Class indices (i32) or values (float), `[batch]`.
  public func prediction(_ output: Tensor) -> Tensor {
    switch self {
    case .crossEntropy: output.argmax()
    case .meanSquaredError, .huber: output.reshaped([output.shape[0]])
    }
  }

  /// Throws when a network's output, a batch of rows, does not say what the targets of `dataset` ask for.
  func check(_ output: Tensor, _ dataset: Dataset) throws(TrainingError) {
    let shape = output.shape
    guard shape.rank == 2 else {
      throw .objectiveMismatch(
        "the network gives a tensor \(shape) for a batch; it takes [batch, outputs] to learn \(dataset.name)")
    }
    switch dataset.targets {
    case .classes(_, let names) where shape[1] < names.count:
      throw .objectiveMismatch(
        "the network gives \(shape[1]) outputs, the dataset \(dataset.name) has \(names.count) classes")
    case .values where shape[1] != 1:
      throw .objectiveMismatch("the network gives \(shape[1]) outputs; the numbers of \(dataset.name) take 1")
    case .classes, .values: return
    }
  }

  /// Throws when the targets are of the other kind.
  func check(_ dataset: Dataset) throws(TrainingError) {
    guard dataset.hasTargets else { throw .objectiveMismatch("\(dataset.name) has no targets to learn or measure") }
    switch (self, dataset.targets) {
    case (.crossEntropy, .classes), (.meanSquaredError, .values), (.huber, .values): return
    case (.crossEntropy, .values):
      throw .objectiveMismatch("cross-entropy needs classes, but the targets of \(dataset.name) are numbers")
    case (.meanSquaredError, .classes), (.huber, .classes):
      throw .objectiveMismatch("\(title) needs numbers, but the targets of \(dataset.name) are classes")
    }
  }
}

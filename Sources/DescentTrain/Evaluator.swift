import DescentData
import DescentRuntime
import DescentGraph
import DescentNN

/// How good a network is on a dataset.
public struct Evaluation: Sendable, Equatable {
  /// The objective's mean over the examples.
  public var loss: Double
  /// Fraction of examples whose class was predicted; nil for numbers.
  public var accuracy: Double?
  /// Root mean squared error in the targets' own scale of the dataset; nil for classes.
  public var rootMeanSquaredError: Double?
  /// 1 − Σ(error²)/Σ((target − mean)²); nil for classes, and where all targets are equal.
  public var r2: Double?
}

/// Runs a network over a dataset in large batches.
public final class Evaluator {
  /// A dataset as tensors, shared by training and evaluation.
  struct Source: Sendable {
    let features: Tensor
    let targets: Tensor
    let count: Int
    init(_ data: Dataset) {
      features = data.featureTensor
      targets = data.targetTensor
      count = data.count
    }
  }

  private let source: Source
  private let targets: Dataset.Targets
  private let forward: CompiledFunction
  /// Runs what it is given with the parameters where the network is to be evaluated.
  private let around: (() throws -> Void) throws -> Void
  private static let chunk = 1024

  init(
    _ model: some UnaryModule, _ objective: Objective, _ source: Source, _ targets: Dataset.Targets,
    on device: Device? = nil, around: @escaping (() throws -> Void) throws -> Void = { try $0() }
  ) {
    self.around = around
    self.source = source
    self.targets = targets
    forward = compile(on: device) { arguments in
      let output = model(source.features.gathering(arguments[0]))
      return [objective.loss(output, source.targets.gathering(arguments[0])), objective.prediction(output)]
    }
  }

  /// Loss and predictions of every example with the parameters as they are now.
  private func run() throws -> (loss: Double, predictions: [Double]) {
    var total = 0.0
    var predictions: [Double] = []
    predictions.reserveCapacity(source.count)
    for start in stride(from: 0, to: source.count, by: Self.chunk) {
      let count = min(Self.chunk, source.count - start)
      let rows = (start..<start + count).map { Int32($0) }
      total += try forward.step(shapes: [[count]], dtypes: [.int32]).run(
        { arguments in rows.withUnsafeBytes { arguments[0].fill(from: $0) } },
        { results in
          for i in 0..<count { predictions.append(results[1].double(at: i)) }
          return results[0].double(at: 0) * Double(count)
        })
    }
    return (total / Double(max(source.count, 1)), predictions)
  }

  /// Loss and quality with the parameters as they are now, or where the method wants them evaluated.
  ///
  /// - Throws: what the device's back end throws.
  public func evaluate() throws -> Evaluation {
    var (loss, predictions) = (0.0, [Double]())
    try around { (loss, predictions) = try run() }
    switch targets {
    case .classes(let labels, _):
      let hits = zip(labels, predictions).count { Double($0) == $1 }
      return Evaluation(loss: loss, accuracy: Double(hits) / Double(max(labels.count, 1)))
    case .values(let values, _):
      let errors = zip(values, predictions).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      let mean = values.reduce(0) { $0 + Double($1) } / Double(max(values.count, 1))
      let spread = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      return Evaluation(
        loss: loss, rootMeanSquaredError: (errors / Double(max(values.count, 1))).squareRoot(),
        r2: spread > 0 ? 1 - errors / spread : nil)
    }
  }
}

import DescentOptim
import DescentRuntime
import DescentGraph

/// How far a recorded run and its replay are apart.
package struct RecordedCheck: Sendable {
  package enum Outcome: Sendable {
    /// The greatest relative errors over all kept steps, parameters and elements; infinite if one is NaN.
    ///
    /// `ambiguity` says why the run's numbers do not follow from its gradients, where they do not: then an error proves
    /// nothing.
    case replayed(float64: Double, float32: Double, ambiguity: String?)
    /// No method here can replay it, and why.
    case notCovered(reason: RecordedError)
  }
  package let name: String
  package let source: String
  package let outcome: Outcome
}

extension RecordedFile {
  /// Errors are relative to the recorded value, and for values nearer to zero to this: |a − b| / max(|b|, 0.01).
  package static let errorFloor = 0.01

  /// Replays a run on the engine, in float64 and in float32.
  package func check(_ run: Run) throws -> RecordedCheck {
    do {
      let outcome = RecordedCheck.Outcome.replayed(
        float64: try error(run, .float64), float32: try error(run, .float32),
        ambiguity: try ambiguity(of: run, method(of: run, .float64)))
      return RecordedCheck(name: run.name, source: run.source, outcome: outcome)
    } catch let reason as RecordedError {
      return RecordedCheck(name: run.name, source: run.source, outcome: .notCovered(reason: reason))
    }
  }

  /// The method that a run used, with its hyper-parameters.
  ///
  /// - Parameter dtype: of the parameters in the replay.
  /// - Throws: `RecordedError` when there is none here, or it cannot do what the run's hyper-parameters ask for.
  package func method(of run: Run, _ dtype: DType) throws -> any OptimizationMethod {
    let entry = try RecordedMethod.find(source: run.source, name: run.name)
    let shapes = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.shape) })
    let settings = RecordedSettings(source: entry.source, values: run.settings, shapes: shapes, dtype: dtype)
    let method = try entry.make(settings)
    try settings.finish()
    return method
  }

  /// The greatest relative error of a replay.
  package func error(_ run: Run, _ dtype: DType) throws -> Double {
    let method = try method(of: run, dtype)
    let entry = try RecordedMethod.find(source: run.source, name: run.name)
    let found = try replay(method, dtype, steps: Set(run.trajectory.keys), evaluates: entry.atEvaluationPoint)
    return run.trajectory.map { Self.error(found[$0] ?? [], $1) }.max() ?? 0
  }

  /// The greatest of |found − expected| / max(|expected|, floor); infinite when a number is NaN or missing.
  package static func error(_ found: [[Double]], _ expected: [[Double]], floor: Double = errorFloor) -> Double {
    guard found.map(\.count) == expected.map(\.count) else { return .infinity }
    return zip(found.joined(), expected.joined()).map { a, b in
      let error = (a - b).magnitude / max(b.magnitude, floor)
      return error.isNaN ? .infinity : error
    }.max() ?? 0
  }

  /// The parameters after some steps with the recorded gradients, or the values for evaluation there.
  private func replay<Method: OptimizationMethod>(
    _ method: Method, _ dtype: DType, steps: Set<Int>, evaluates: Bool
  ) throws -> [Int: [[Double]]] {
    let variables = parameters.map { parameter in
      Variable(Self.storage(parameter.start, parameter.shape, dtype), name: parameter.name)
    }
    let updater = try Updater(method, parameters: variables)
    let update = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    let evaluation = compile { (_: [Tensor]) in updater.evaluationPoint() ?? variables.map(\.value) }
    var found: [Int: [[Double]]] = [:]
    for (index, given) in gradients.prefix(steps.max() ?? 0).enumerated() {
      _ = try update(zip(given, parameters).map { Tensor(storage: Self.storage($0, $1.shape, dtype)) })
      guard steps.contains(index + 1) else { continue }
      let storages = evaluates ? try evaluation([]).map { try $0.storage() } : variables.map { $0.snapshot() }
      found[index + 1] = storages.map { storage in
        (0..<storage.shape.elementCount).map { storage.double(at: $0) }
      }
    }
    return found
  }

  static func storage(_ values: [Double], _ shape: Shape, _ dtype: DType) -> Storage {
    let storage = Storage(shape: shape, dtype: dtype)
    for (i, value) in values.enumerated() { storage.set(value, at: i) }
    return storage
  }
}

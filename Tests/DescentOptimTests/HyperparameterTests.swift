import DescentGraph
import DescentOptim
import Testing

/// A hyper-parameter of a method in the table, and a value unlike its default.
struct HyperparameterCase: Sendable, CustomTestStringConvertible {
  /// In `MethodTable`.
  let entry: String
  let name: String
  /// Runs of twelve steps, because SOAP turns its bases in the eleventh: the value as it is; changed before the fifth step; scheduled to change there.
  struct Runs { let unchanged, changed, scheduled: CompiledRun }
  let run: @Sendable () throws -> Runs

  private init<Method: OptimizationMethod>(
    _ entry: MethodEntry, _ method: Method, _ name: String, _ path: WritableKeyPath<Method, Schedule> & Sendable,
    _ value: Double
  ) {
    self.entry = entry.name
    self.name = name
    run = {
      // A matrix and a vector: some methods treat them differently.
      var track = Track.waves([3, 4], steps: 12)
      let vector = Track.waves([5], steps: 12)
      track.parameters.append(.init(name: "b", shape: [5], start: vector.parameters[0].start))
      track.gradients = zip(track.gradients, vector.gradients).map { $0 + $1 }
      // Second evaluations and derivatives see no change in a linear loss.
      let curvature = ["sam", "sophia"].contains(entry.name) ? 1.0 : 0
      let before = method[keyPath: path].value(at: 0)
      var scheduled = method
      scheduled[keyPath: path] = Schedule("changes at 4") { $0 < 4 ? before : value }
      return Runs(
        unchanged: try track.compiled(method, curvature: curvature),
        changed: try track.compiled(method, curvature: curvature) { updater, step in
          if step == 4 { updater.method[keyPath: path] = .constant(value) }
        },
        scheduled: try track.compiled(scheduled, curvature: curvature))
    }
  }
  var testDescription: String { "\(entry) \(name)" }

  static let all = MethodTable.entries.flatMap { entry in cases(entry, method(entry)) }

  /// With the learning rate 0.1 and every hyper-parameter within the range where it matters.
  private static func method(_ entry: MethodEntry) -> any OptimizationMethod {
    entry.name == "sophia" ? Sophia(learningRate: 0.1, scale: 50, interval: 2) : entry.make(0.1)
  }

  private static func cases<Method: OptimizationMethod>(_ entry: MethodEntry, _ method: Method) -> [Self] {
    [Self(entry, method, "learningRate", \.learningRate, 0.02)]
      + Method.adjustable.map { known in
        let before = method[keyPath: known.path].value(at: 0)
        let value = bounds["\(entry.name) \(known.name)"] ?? other(than: before, known.range)
        return Self(entry, method, known.name, known.path, value)
      }
  }

  /// Values that are felt where the general ones are not: these gradients are too tame, or the steps too short.
  private static let bounds = [
    "adafactor epsilon2": 5.0, "fromage minimumNorm": 30, "polyak leastLoss": 5, "polyak slack": 50,
    "geo maximumGain": 0.5,
    // Negative, since these gradients turn so fast that the progress is.
    "prodigy growth": -1000, "prodigy weightDecay": 1000, "dadapt-adamw weightDecay": 1000,
  ]

  /// A value of the range that is clearly another one.
  private static func other(than value: Double, _ range: HyperparameterRange) -> Double {
    switch range {
    case .fraction, .positiveFraction: value < 0.5 ? value + 0.4 : value - 0.4
    case .nonNegative, .positive: value.isInfinite ? 1 : value < 0.1 ? 0.3 : value * 0.05
    }
  }
}

@Suite struct HyperparameterTests {
  @Test(arguments: HyperparameterCase.all)
  func `a change takes effect at the next step and does not trace again`(row: HyperparameterCase) throws {
    let runs = try row.run()
    #expect(runs.changed.traceCount == 1 && runs.scheduled.traceCount == 1)
    #expect(runs.changed.states[..<4] == runs.unchanged.states[..<4])
    // Prodigy's estimate, which `growth` limits, does not grow any more in these steps.
    if row.name != "growth" {
      #expect(runs.changed.states.last != runs.unchanged.states.last, "\(row.name) has no effect")
    }
    #expect(runs.changed.states == runs.scheduled.states)
  }

  /// With this no hyper-parameter can be added that commands cannot set and no test looks at.
  @Test(arguments: MethodTable.entries) func `every hyper-parameter has a row`(entry: MethodEntry) {
    let rows = HyperparameterCase.all.filter { $0.entry == entry.name }.map(\.name)
    let numbers = schedules(of: entry.make(0.1))
    #expect(Set(rows) == Set(numbers) && rows.count == numbers.count)
  }

  /// The properties that are numbers, those of the method inside a modifier included.
  private func schedules(of method: Any) -> [String] {
    Mirror(reflecting: method).children.flatMap { label, value in
      value is Schedule ? [label ?? ""] : value is any OptimizationMethod ? schedules(of: value) : []
    }
  }

  @Test func `reports list every hyper-parameter as text`() throws {
    let method = try #require(MethodTable.entry(named: "momentum-average")).make(.linear(from: 1, to: 0, over: 5))
    let listed = method.hyperparameters
    #expect(listed.map(\.name) == ["learningRate", "momentum", "weightDecay", "form"])
    #expect(listed.map(\.value) == ["linear(from: 1.0, to: 0.0, over: 5)", "0.9", "0.0", "averaging"])
  }
}

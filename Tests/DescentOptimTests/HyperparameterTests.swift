import DescentGraph
import DescentOptim
import Testing

/// A hyper-parameter of a method, and a value unlike its default.
struct HyperparameterCase: Sendable, CustomTestStringConvertible {
  /// In `MethodTable`.
  let entry: String
  let name: String
  /// Runs of ten steps: `path` as it is; changed before the fifth step; scheduled to change there.
  struct Runs { let unchanged, changed, scheduled: CompiledRun }
  let run: @Sendable () throws -> Runs

  init<Method: OptimizationMethod>(
    _ entry: String, _ path: WritableKeyPath<Method, Schedule> & Sendable, _ value: Double
  ) {
    self.entry = entry
    name = "\(path)".split(separator: ".").last.map(String.init) ?? ""
    run = {
      let method = try #require(MethodTable.entry(named: entry)?.make(0.1) as? Method)
      let track = Track.waves([3, 4], steps: 10)
      let before = method[keyPath: path].value(at: 0)
      var scheduled = method
      scheduled[keyPath: path] = Schedule("changes at 4") { $0 < 4 ? before : value }
      return Runs(
        unchanged: try track.compiled(method),
        changed: try track.compiled(method) { updater, step in
          if step == 4 { updater.method[keyPath: path] = .constant(value) }
        },
        scheduled: try track.compiled(scheduled))
    }
  }
  var testDescription: String { "\(entry) \(name)" }

  static let all: [HyperparameterCase] =
    ["gd", "sgd"].flatMap { entry in
      [Self(entry, \GradientDescent.learningRate, 0.02), Self(entry, \GradientDescent.weightDecay, 0.3)]
    }
    + ["momentum", "momentum-average"].flatMap { entry in
      [
        Self(entry, \Momentum.learningRate, 0.02), Self(entry, \Momentum.momentum, 0.2),
        Self(entry, \Momentum.weightDecay, 0.3),
      ]
    }
    + [
      Self("nesterov", \Nesterov.learningRate, 0.02), Self("nesterov", \Nesterov.momentum, 0.2),
      Self("nesterov", \Nesterov.weightDecay, 0.3),
      Self("rmsprop", \RMSProp.learningRate, 0.02), Self("rmsprop", \RMSProp.decay, 0.5),
      Self("rmsprop", \RMSProp.epsilon, 0.2),
      Self("adam", \Adam.learningRate, 0.02), Self("adam", \Adam.beta1, 0.2), Self("adam", \Adam.beta2, 0.5),
      Self("adam", \Adam.epsilon, 0.2), Self("adam", \Adam.weightDecay, 0.3),
      Self("adamw", \AdamW.learningRate, 0.02), Self("adamw", \AdamW.beta1, 0.2), Self("adamw", \AdamW.beta2, 0.5),
      Self("adamw", \AdamW.epsilon, 0.2), Self("adamw", \AdamW.weightDecay, 0.3),
      Self("geo", \GEO.learningRate, 0.02), Self("geo", \GEO.increase, 0.5), Self("geo", \GEO.decrease, 0.6),
      Self("geo", \GEO.memory, 0.1), Self("geo", \GEO.minimumGain, 1.5), Self("geo", \GEO.maximumGain, 0.5),
    ]
    + ["normalized", "normalized-tensor", "normalized-row", "normalized-element"].flatMap { entry in
      [
        Self(entry, \NormalizedGradientDescent.learningRate, 0.02),
        Self(entry, \NormalizedGradientDescent.stepLength, 0.3), Self(entry, \NormalizedGradientDescent.epsilon, 0.2),
      ]
    }
}

@Suite struct HyperparameterTests {
  @Test(arguments: HyperparameterCase.all)
  func `a change takes effect at the next step and does not trace again`(row: HyperparameterCase) throws {
    let runs = try row.run()
    #expect(runs.changed.traceCount == 1 && runs.scheduled.traceCount == 1)
    #expect(runs.changed.states[..<4] == runs.unchanged.states[..<4])
    #expect(runs.changed.states.last != runs.unchanged.states.last, "\(row.name) has no effect")
    #expect(runs.changed.states == runs.scheduled.states)
  }

  /// With this neither a method nor a hyper-parameter can be added without a row.
  @Test func `every hyper-parameter of every method has a row`() {
    for entry in MethodTable.entries {
      let rows = HyperparameterCase.all.filter { $0.entry == entry.name }.map(\.name)
      let numbers = Mirror(reflecting: entry.make(0.1)).children.filter { $0.value is Schedule }
      #expect(rows == numbers.compactMap(\.label), "\(entry.name)")
    }
  }

  @Test func `reports list every hyper-parameter as text`() throws {
    let method = try #require(MethodTable.entry(named: "momentum-average")).make(.linear(from: 1, to: 0, over: 5))
    let listed = method.hyperparameters
    #expect(listed.map(\.name) == ["learningRate", "momentum", "weightDecay", "form"])
    #expect(listed.map(\.value) == ["linear(from: 1.0, to: 0.0, over: 5)", "0.9", "0.0", "averaging"])
  }
}

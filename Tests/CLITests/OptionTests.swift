import ArgumentParser
import Descent
import Testing

@testable import CLI

struct OptionTests {
  @Test func schedulesAreReadAsTheyAreWritten() throws {
    let expected = [
      ("constant", "0.5"), ("cosine", "cosine(from: 0.5, to: 0.0, over: 120)"),
      ("cosine:0.5", "cosine(from: 0.5, to: 0.25, over: 120)"), ("linear", "linear(from: 0.5, to: 0.0, over: 120)"),
      ("Exponential", "exponential(from: 0.5, rate: 0.95, every: 10)"),
      ("step", "step(from: 0.5, factor: 0.1, every: 100)"), ("step:0.5:3", "step(from: 0.5, factor: 0.5, every: 30)"),
      ("multistep:0.5:2:4:9", "multiStep(from: 0.5, factor: 0.5, at: [20, 40, 90])"), ("plateau:0.5:3", "0.5"),
    ]
    for (text, printed) in expected {
      let schedule = try ScheduleChoice(text).schedule(rate: 0.5, epochs: 12, warmUp: 0, stepsPerEpoch: 10)
      #expect(schedule.description == printed)
    }
    let wrong = [
      "", "constant:1", "cosine:", "cosine:2", "exponential:0", "step:0.5:0", "step:0.5:1.5", "step:1:2:3",
      "multistep:0.5:2:x", "plateau:1", "wsd:0.1:0.2:0.3:0.4", "one-cycle:1",
    ]
    for text in wrong {
      #expect(throws: ValidationError.self, "\(text)") { try ScheduleChoice(text) }
    }
  }

  @Test func onlyPlateauHasAController() throws {
    #expect(try ScheduleChoice("plateau:0.5:3").plateau == ReduceOnPlateau(factor: 0.5, patience: 3))
    for entry in ScheduleTable.entries { #expect(try ScheduleChoice(entry.name).plateau == nil) }
  }

  /// Epochs of 10 steps: a warm-up over the first 2 of 12, then the schedule over the other 10.
  @Test(arguments: [
    ("constant", 0.5, 0.5), ("cosine:0.1", 0.275, 0.05), ("linear:0.1", 0.275, 0.05),
    ("exponential:0.5", 0.5 / 32, 0.5 / 1024), ("step:0.1:4", 0.05, 0.005),
  ]) func schedulesCountInEpochs(_ text: String, _ middle: Double, _ end: Double) throws {
    let schedule = try ScheduleChoice(text).schedule(rate: 0.5, epochs: 12, warmUp: 2, stepsPerEpoch: 10)
    #expect(schedule.value(at: 0) == 0)
    #expect(abs(schedule.value(at: 10) - 0.25) < 1e-12)
    #expect(abs(schedule.value(at: 20) - 0.5) < 1e-12)
    #expect(abs(schedule.value(at: 70) - middle) < 1e-12)
    #expect(abs(schedule.value(at: 120) - end) < 1e-12)
  }

  /// A hyper-parameter that the table lacks could not be set; this holds the tables against the methods' properties.
  @Test(arguments: MethodTable.entries.map(\.name)) func everyHyperparameterCanBeSet(_ name: String) throws {
    let method = try #require(MethodTable.entry(named: name)).make(0.1)
    try check(method, name)
  }

  private func check(_ method: some OptimizationMethod, _ name: String) throws {
    let schedules = schedules(of: method).map(\.name)
    let table = type(of: method).adjustable
    #expect(Set(schedules) == Set(table.map(\.name) + ["learningRate"]))
    for entry in table {
      let changed = try method.setting(entry.name, to: 0.125, method: name)
      #expect(changed[keyPath: entry.path].value(at: 0) == 0.125)
      let value = self.schedules(of: changed).first { $0.name == entry.name }?.schedule
      #expect(value?.value(at: 3) == 0.125, "\(entry.name) stands at another property")
      #expect(throws: UsageError.self) { try method.setting(entry.name, to: -1, method: name) }
      #expect(throws: UsageError.self) { try method.setting(entry.name, to: .nan, method: name) }
    }
  }

  /// The properties that are numbers, those of the method inside a modifier included.
  private func schedules(of method: Any) -> [(name: String, schedule: Schedule)] {
    Mirror(reflecting: method).children.flatMap { label, value -> [(name: String, schedule: Schedule)] in
      if let schedule = value as? Schedule { return [(label ?? "", schedule)] }
      return value is any OptimizationMethod ? schedules(of: value) : []
    }
  }

  @Test func hyphensInNamesDoNotCount() throws {
    let method = try AdamW().setting("weight-decay", to: 0.5, method: "adamw")
    #expect(method.weightDecay.value(at: 0) == 0.5)
    #expect(throws: UsageError.self) { try AdamW().setting("learning-rate", to: 0.5, method: "adamw") }
  }

  @Test func commandLinesCanBePastedIntoAShell() {
    #expect(
      CommandLineText.text(of: ["/usr/bin/descent", "compare", "my file.csv", "--column", "it's", ""])
        == "descent compare 'my file.csv' --column 'it'\\''s' ''")
  }
}

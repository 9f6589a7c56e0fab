import ArgumentParser
import Descent
import Testing

@testable import CLI

struct OptionTests {
  @Test func schedulesAreReadAsTheyAreWritten() throws {
    let expected: [(String, ScheduleChoice)] = [
      ("constant", .constant), ("cosine", .cosine(final: 0)), ("cosine:0.1", .cosine(final: 0.1)),
      ("linear", .linear(final: 0)), ("exponential", .exponential(rate: 0.95)),
      ("exponential:0.5", .exponential(rate: 0.5)), ("step", .step(factor: 0.1, epochs: 10)),
      ("step:0.5", .step(factor: 0.5, epochs: 10)), ("step:0.5:3", .step(factor: 0.5, epochs: 3)),
    ]
    for (text, choice) in expected { #expect(try ScheduleChoice(text) == choice) }
    for text in ["", "constant:1", "cosine:", "cosine:2", "exponential:0", "step:0.5:0", "step:0.5:1.5", "step:1:2:3"] {
      #expect(throws: ValidationError.self) { try ScheduleChoice(text) }
    }
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
    let schedules = Mirror(reflecting: method).children.compactMap { $0.value is Schedule ? $0.label : nil }
    let table = type(of: method).adjustable
    #expect(Set(schedules) == Set(table.map(\.name) + ["learningRate"]))
    for entry in table {
      let changed = try method.setting(entry.name, to: 0.125, method: name)
      #expect(changed[keyPath: entry.path].value(at: 0) == 0.125)
      let value = Mirror(reflecting: changed).children.first { $0.label == entry.name }?.value as? Schedule
      #expect(value?.value(at: 3) == 0.125, "\(entry.name) stands at another property")
      #expect(throws: UsageError.self) { try method.setting(entry.name, to: -1, method: name) }
      #expect(throws: UsageError.self) { try method.setting(entry.name, to: .nan, method: name) }
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

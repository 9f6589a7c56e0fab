import DescentText
import DescentData
import DescentGraph
import DescentOptim
import Foundation
import Testing

@testable import DescentCompare

@Suite struct TaskTableTests {
  private func entry(_ name: String) throws -> MethodEntry { try #require(MethodTable.entry(named: name)) }

  @Test(arguments: TaskTable.tasks.map(\.name))
  func `a task can be learned, and its summary counts its parameters`(name: String) throws {
    let task = try #require(TaskTable.task(named: name))
    let problem = try task.make()
    let count = problem.parameters.reduce(0) { $0 + $1.shape.elementCount }
    if task.summary.contains("parameters") {
      #expect(task.summary.contains("\(NumberText.count(Double(count))) parameters"), "it has \(count)")
    }
    let run = try ProblemRun.make(problem, AdamW(learningRate: 0.01), isFullBatch: false)
    try run.start(AdamW(learningRate: 0.01), seed: 1)
    let before = (try run.measure(.validation), try run.measure(.test))
    for _ in 0..<40 { #expect(try run.advance().isFinite) }
    for (part, start) in [(Problem.Part.validation, before.0), (.test, before.1)] {
      let end = try run.measure(part)
      #expect(task.metric.isBetter(end, than: start), "\(part) from \(start) to \(end)")
    }
    #expect(task.target.map { !task.metric.reaches($0, with: before.1) } == true, "the start must not be the goal")
  }

  /// The same problem serves every run, so nothing of one may be left in the next.
  @Test(arguments: ["quadratic", "digits-mlp", "embeddings"])
  func `a run can be repeated bit for bit`(name: String) throws {
    let task = try #require(TaskTable.task(named: name))
    let run = try ProblemRun.make(try task.make(), Adam(learningRate: 0.01), isFullBatch: false)
    func losses(_ seed: UInt64, _ method: Adam) throws -> [Double] {
      try run.start(method, seed: seed)
      return try (0..<6).map { _ in try run.advance() } + [run.measure(.test)]
    }
    let first = try losses(3, Adam(learningRate: 0.01))
    #expect(try losses(4, Adam(learningRate: 0.01)) != first)
    #expect(try losses(3, Adam(learningRate: 0.02)) != first)
    #expect(try losses(3, Adam(learningRate: 0.01)) == first)
  }

  /// A problem goes from method to method, and each of them remembers other things.
  @Test func `no method leaves anything to the next, or to its own next run`() throws {
    let task = try #require(TaskTable.task(named: "rosenbrock"))
    let problem = try task.make()
    func values(_ run: ProblemRun, _ entry: MethodEntry) throws -> [Double] {
      try run.start(entry.make(.constant(entry.learningRate)), seed: 3)
      return try (0..<3).map { _ in try run.advance() } + [run.measure(.test)]
    }
    var runs: [(entry: MethodEntry, run: ProblemRun, first: [Double])] = []
    for entry in MethodTable.entries {
      let run = try ProblemRun.make(
        problem, entry.make(.constant(entry.learningRate)), isFullBatch: entry.isFullBatch)
      runs.append((entry, run, try values(run, entry)))
    }
    for (entry, run, first) in runs.reversed() { #expect(try values(run, entry) == first, "\(entry.name)") }
  }

  @Test func `validation is the same for all seeds, the other parts are not`() throws {
    let digits = Digits.load()
    let data = try ProblemData(digits)
    func rows(_ examples: ProblemData.Examples) -> [[Float]] {
      let values: [Float] = examples.features.storage.scalars()
      return (0..<examples.count).map { Array(values[($0 * 64)..<(($0 + 1) * 64)]) }
    }
    try data.load(seed: 1)
    let (train, validation, test) = (rows(data.train), rows(data.validation), rows(data.test))
    #expect(train.count + validation.count + test.count == digits.count)
    try data.load(seed: 2)
    #expect(rows(data.validation) == validation && rows(data.train) != train && rows(data.test) != test)
    // The digits have no two equal rows in these parts.
    #expect(Set(train).isDisjoint(with: validation) && Set(test).isDisjoint(with: validation))
    #expect(Set(train).isDisjoint(with: test))
  }

  @Test func `the text's windows hang together`() {
    let (tokens, alphabet) = SampleText.load()
    #expect(tokens.count == 32_613 && alphabet.count == 58)
    #expect(String(tokens.prefix(14).map { alphabet[Int($0)] }) == "First Citizen:")
  }

  @Test func `names are found, whatever their case`() {
    #expect(TaskTable.task(named: "Digits-CNN")?.name == "digits-cnn" && TaskTable.task(named: "digit") == nil)
    #expect(Set(TaskTable.tasks.map(\.name)).count == TaskTable.tasks.count)
  }
}

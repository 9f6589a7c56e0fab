import DescentGraph
import DescentOptim
import Foundation
import Testing

extension ScheduleEntry: CustomTestStringConvertible {
  public var testDescription: String { name }
}

/// What holds for every schedule of the table.
@Suite struct ScheduleTableTests {
  /// Twelve epochs of ten steps.
  static let run = ScheduleEntry.Run(rate: 0.5, steps: 120, stepsPerEpoch: 10)

  @Test func `names are unique and found, whatever their case`() {
    let entries = ScheduleTable.entries
    #expect(Set(entries.map(\.name)).count == entries.count && entries.count >= 16)
    for entry in entries { #expect(ScheduleTable.entry(named: entry.name.uppercased())?.name == entry.name) }
    #expect(ScheduleTable.entry(named: "none") == nil)
  }

  @Test func `the grammar names the numbers`() {
    let grammars = Dictionary(uniqueKeysWithValues: ScheduleTable.entries.map { ($0.name, $0.grammar) })
    #expect(grammars["constant"] == "constant" && grammars["step"] == "step[:FACTOR[:EPOCHS]]")
    #expect(grammars["multistep"] == "multistep[:FACTOR[:EPOCH[:…]]]")
  }

  @Test(arguments: ScheduleTable.entries)
  func `values are finite, at most the rate, and never below zero`(entry: ScheduleEntry) {
    #expect(entry.numbers.allSatisfy { $0.kind.allows($0.standard) })
    for run in [Self.run, .init(rate: 0.5, steps: 1, stepsPerEpoch: 1)] {
      let schedule = entry.schedule(for: run)
      let values = (0..<300).map { schedule.value(at: $0) } + [schedule.value(at: 1_000_000_000)]
      #expect(values.allSatisfy { $0.isFinite && $0 >= -1e-12 && $0 <= 0.5 * (1 + 1e-12) })
      #expect(entry.schedule(entry.numbers.map(\.standard), for: run).description == schedule.description)
      if let length = schedule.length {
        #expect(Set((length..<length + 50).map { schedule.value(at: $0) }).count == 1, "\(schedule)")
      }
    }
  }

  /// Resuming needs the step's number only: no order of asking changes an answer, and an updater that starts at a step goes
  /// on as one that came there.
  @Test(arguments: ScheduleTable.entries)
  func `a schedule resumes at any step`(entry: ScheduleEntry) throws {
    let schedule = entry.schedule(for: .init(rate: 0.5, steps: 10, stepsPerEpoch: 2)).warmingUp(over: 2)
    let forwards = (0..<40).map { schedule.value(at: $0) }
    #expect((0..<40).reversed().map { schedule.value(at: $0) } == forwards.reversed())

    let track = Track.waves([4], steps: 12)
    let whole = try track.compiled(SGD(learningRate: schedule)).states
    for start in [1, 5, 11] {
      var rest = track
      rest.parameters[0].start = whole[start - 1][0]
      rest.gradients = Array(track.gradients[start...])
      let resumed = try rest.compiled(SGD(learningRate: schedule)) { updater, step in
        if step == 0 { updater.stepCount.storage.set(Double(start), at: 0) }
      }
      #expect(resumed.states == Array(whole[start...]) && resumed.traceCount == 1)
    }
  }

  @Test func `the table's schedules are what their summaries say`() throws {
    func values(_ name: String, _ numbers: [Double], _ steps: [Int]) throws -> [Double] {
      let schedule = try #require(ScheduleTable.entry(named: name)).schedule(numbers, for: Self.run)
      return steps.map { schedule.value(at: $0) }
    }
    func expect(_ found: [Double], _ expected: [Double], line: Int = #line) {
      #expect(relativeError(found, expected, scale: 1e-3) < 1e-12, "line \(line): \(found)")
    }
    expect(try values("linear", [0.5], [0, 60, 120, 500]), [0.5, 0.375, 0.25, 0.25])
    expect(try values("polynomial", [3, 0.2], [0, 60, 120]), [0.5, 0.15, 0.1])
    expect(try values("staircase", [0.5], [9, 10, 29]), [0.5, 0.25, 0.125])
    expect(try values("multistep", [0.5, 2, 4], [19, 20, 40]), [0.5, 0.25, 0.125])
    expect(try values("inverse-time", [1], [0, 10, 30]), [0.5, 0.25, 0.125])
    expect(try values("inverse-sqrt", [2], [0, 20, 80]), [0.5, 0.5, 0.25])
    expect(try values("restarts", [2, 2, 0], [0, 10, 20, 40, 60]), [0.5, 0.25, 0.5, 0.25, 0.5])
    expect(try values("cyclic", [4, 0], [0, 20, 30, 40, 60]), [0, 0.5, 0.25, 0, 0.5])
    expect(try values("cyclic-halving", [4, 0], [20, 60, 100]), [0.5, 0.25, 0.125])
    expect(try values("cyclic-exponential", [4, 0, 0.5], [20, 60]), [0.125, 0.5 / 64])
    expect(try values("wsd", [0.1, 0.5, 0], [0, 6, 12, 59, 60, 90, 120, 121]), [0, 0.25, 0.5, 0.5, 0.5, 0.25, 0, 0])
    // The peak lies between two steps (0.3 · 120 − 1 = 35).
    expect(try values("one-cycle", [0.3], [0, 35, 119]), [0.02, 0.5, 2e-6])
  }
}

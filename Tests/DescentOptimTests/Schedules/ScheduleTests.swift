import DescentGraph
import DescentOptim
import Foundation
import Testing

typealias Schedule = DescentOptim.Schedule

/// A golden schedule and the same one in our terms.
struct ScheduleCase: Sendable, CustomTestStringConvertible {
  /// Of the golden entry.
  let name: String
  let schedule: Schedule
  init(_ name: String, _ schedule: Schedule) {
    self.name = name
    self.schedule = schedule
  }
  var testDescription: String { name }

  static let all: [ScheduleCase] = [
    .init("exponential gamma=0.97", .exponential(from: 0.1, rate: 0.97)),
    .init("exponential init=0.1 steps=50 rate=0.5", .exponential(from: 0.1, rate: 0.5, every: 50)),
    .init("step size=30 gamma=0.5", .step(from: 0.1, factor: 0.5, every: 30)),
    .init("cosine T=200 min=0.001", .cosine(from: 0.1, to: 0.001, over: 200)),
    .init("linear 0.25->1.0 over 60", .linear(from: 0.025, to: 0.1, over: 60)),
    // optax counts the warm-up among the steps of the decay.
    .init(
      "warmup-cosine init=0 peak=0.1 warmup=20 decay=200 end=0.001",
      .cosine(from: 0.1, to: 0.001, over: 180).warmingUp(over: 20)),
    .init(
      "warmup-exponential init=0 peak=0.1 warmup=20 steps=50 rate=0.5 staircase",
      .exponential(from: 0.1, rate: 0.5, every: 50, staircase: true).warmingUp(over: 20)),
    .init(
      "multistep 20,90,150 gamma=0.3", .multiStep(from: 0.1, factor: 0.3, at: [20, 90, 150])),
    .init(
      "cosine-warm-restarts T0=40 mult=2 min=0.001",
      .cosineWithRestarts(from: 0.1, to: 0.001, every: 40, growth: 2)),
    .init("polynomial total=150 power=2", .polynomial(from: 0.1, power: 2, over: 150)),
    .init("onecycle max=0.4 total=200 cos", .oneCycle(peak: 0.4, over: 201)),
    .init(
      "cyclic base=0.01 max=0.1 up=25 triangular2", .cyclic(from: 0.01, to: 0.1, rise: 25, .halving)),
    .init(
      "inverse-time: 0.1/(1+0.5*t/50) (keras InverseTimeDecay)", .inverseTime(from: 0.1, rate: 0.5, every: 50)),
    // Joins and closures.
    .init(
      "multistep 20,90,150 gamma=0.3",
      Schedule.constant(0.1).then(.constant(0.03), after: 20)
        .then(.step(from: 0.009, factor: 0.3, every: 60), after: 90)),
    .init(
      "cosine-warm-restarts T0=40 mult=2 min=0.001",
      Schedule.cosine(from: 0.1, to: 0.001, over: 40).then(.cosine(from: 0.1, to: 0.001, over: 80))
        .then(.cosine(from: 0.1, to: 0.001, over: 160))),
    .init(
      "polynomial total=150 power=2",
      Schedule("polynomial") { 0.1 * pow(1 - Double(min($0, 150)) / 150, 2) }),
  ]
}

@Suite struct ScheduleTests {
  /// All of the golden values were computed in float64.
  @Test(arguments: ScheduleCase.all)
  func `a schedule agrees with other libraries at every step`(row: ScheduleCase) throws {
    let values = try #require(try Golden.shared.get().schedule(row.name)?.values, "no golden schedule \(row.name)")
    #expect(values.count == 200)
    let found = values.indices.map { row.schedule.value(at: $0) }
    #expect(relativeError(found, values, scale: 1e-12) < 1e-12)
  }

  /// With this no golden schedule stays without a schedule of ours.
  @Test func `every golden schedule has a case`() throws {
    let names = Set(try Golden.shared.get().schedules.map(\.name))
    #expect(names.count == 13 && names == Set(ScheduleCase.all.map(\.name)))
  }

  @Test func `a number is a constant schedule`() {
    let (float, integer): (Schedule, Schedule) = (0.25, 3)
    for step in [0, 1, 1_000_000] {
      #expect(float.value(at: step) == 0.25 && integer.value(at: step) == 3)
    }
    #expect(float.description == "0.25")
  }

  @Test func `at step 0 a schedule has its first value`() {
    #expect(Schedule.exponential(from: 0.3, rate: 0.5, every: 7).value(at: 0) == 0.3)
    #expect(Schedule.step(from: 0.3, factor: 0.5, every: 7).value(at: 0) == 0.3)
    #expect(Schedule.cosine(from: 0.3, to: 0.1, over: 7).value(at: 0) == 0.3)
    #expect(Schedule.linear(from: 0.3, to: 0.1, over: 7).value(at: 0) == 0.3)
    #expect(Schedule.constant(0.3).warmingUp(over: 7, from: 0.1).value(at: 0) == 0.1)
  }

  @Test func `beyond its end a schedule keeps its last value`() {
    for step in [7, 8, 100, 1_000_000_000] {
      #expect(Schedule.cosine(from: 0.3, to: 0.1, over: 7).value(at: step) == 0.1)
      #expect((Schedule.linear(from: 0.3, to: 0.1, over: 7).value(at: step) - 0.1).magnitude < 1e-16)
      #expect(Schedule.cosine(from: 0.3, over: 7).value(at: step) == 0)
    }
    // Exponentials have no end; they fade to zero and never become NaN.
    #expect(Schedule.exponential(from: 0.3, rate: 0.5).value(at: 1_000_000_000) == 0)
    #expect(Schedule.step(from: 0.3, factor: 0.5, every: 2).value(at: 1_000_000_000) == 0)
  }

  @Test func `steps fall at their multiples`() {
    let step = Schedule.step(from: 1, factor: 0.5, every: 10)
    #expect([9, 10, 19, 20].map { step.value(at: $0) } == [1, 0.5, 0.5, 0.25])
    let staircase = Schedule.exponential(from: 1, rate: 0.5, every: 10, staircase: true)
    #expect((0..<50).map { staircase.value(at: $0) } == (0..<50).map { step.value(at: $0) })
  }

  @Test func `a schedule that follows another counts from 0 again`() {
    let next = Schedule.linear(from: 5, to: 9, over: 4)
    let joined = Schedule.constant(1).then(next, after: 3)
    #expect((0..<9).map { joined.value(at: $0) } == [1, 1, 1, 5, 6, 7, 8, 9, 9])
    #expect(Schedule.constant(1).then(next, after: 0).value(at: 0) == 5)
  }

  @Test func `a warm-up rises in a straight line to the first value`() {
    let warmed = Schedule.step(from: 8, factor: 0.5, every: 2).warmingUp(over: 4, from: 4)
    #expect((0..<9).map { warmed.value(at: $0) } == [4, 5, 6, 7, 8, 8, 4, 4, 2])
    #expect(Schedule.constant(2).warmingUp(over: 0).value(at: 0) == 2)
  }

  @Test func `a schedule with an end is followed at its end`() async throws {
    let joined = Schedule.linear(from: 0, to: 4, over: 4).then(.cosine(from: 8, over: 2))
    #expect((0..<8).map { joined.value(at: $0) } == [0, 1, 2, 3, 8, 4, 0, 0] && joined.length == 6)
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DescentOptim.Schedule.exponential(from: 1, rate: 0.5).then(0.1)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("exponential(from: 1.0") && message.contains("after"), "\(message)")
  }

  @Test func `a scaled schedule keeps its form`() {
    let scaled = Schedule.linear(from: 0, to: 4, over: 4).scaled(by: 0.5)
    #expect((0..<6).map { scaled.value(at: $0) } == [0, 0.5, 1, 1.5, 2, 2] && scaled.length == 4)
  }

  @Test func `a schedule over no steps stops the program and says so`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DescentOptim.Schedule.cosine(from: 0.1, over: 0)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("cosine schedule") && message.contains("0"), "\(message)")
  }
}

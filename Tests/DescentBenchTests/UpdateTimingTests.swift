import DescentGraph
import DescentOptim
import Testing

@testable import DescentBench

@Suite struct UpdateTimingTests {
  static let elementwise = MethodTable.entries.filter { $0.coupling == .elements && !$0.needsLoss }

  /// A single pass: parameter and state read and written, the gradient read. What moves beside it are scalars. Tensors of a
  /// megabyte and more are planned differently from those that stay in the cache.
  @Test(arguments: elementwise.map(\.name), [1 << 16, 1 << 18])
  func `an element-wise update moves what its state implies`(name: String, count: Int) throws {
    let entry = try #require(MethodTable.entry(named: name))
    let plan = try Workload.update(name, name, entry.make(0.1), count: count).plan().plan
    let implied = 4 * Double(count) * (3 + 2 * entry.stateSize.rounded())
    #expect(Double(plan.leastByteCount) / implied < 1.001, "\(plan.printedSteps)")
    #expect(Double(plan.leastByteCount) / implied > 0.999, "\(plan.printedSteps)")
    #expect(Double(plan.cost.bytes) / implied < 1.001, "\(plan.printedSteps)")
  }

  @Test func `updates and triads run in turn`() throws {
    let bench = try UpdateTiming.Bench(count: 1000)
    let entry = try #require(MethodTable.entry(named: "adamw"))
    let timing = try #require(try bench.measure(entry, seconds: 0.05, isCancelled: { false }))
    #expect(
      timing.seconds.count == timing.triads.count && timing.axpys.count == timing.triads.count
        && timing.seconds == timing.seconds.sorted())
    #expect(timing.leastByteCount >= 28 * 1000 && timing.leastByteCount < 29 * 1000)
    #expect(timing.shareOfTriad > 0 && timing.shareOfAxpy > 0 && timing.milliseconds > 0)
    #expect(try bench.measure(entry, seconds: 1, isCancelled: { true }) == nil)
  }

  @Test func `the yardsticks' costs are those of a product, of a triad and of the same in place`() throws {
    #expect(try Yardstick.axpy().cost.bytes == 3 * 4 << 24)
    #expect(try Yardstick.product().cost.operations == 2 * 2048 * 2048 * 2048)
    #expect(try Yardstick.triad().cost.bytes == 3 * 4 << 24)
  }
}

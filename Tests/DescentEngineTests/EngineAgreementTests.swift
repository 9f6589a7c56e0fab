import DescentEngine
import DescentGraph
import Foundation
import TestSupport
import Testing

/// The compiled engine and the reference interpreter agree: on every op of the table, and on random programs.
@Suite struct EngineAgreementTests {
  /// Compiles and runs; twice, because the second run finds the arena as the first one left it.
  static func engine(_ program: Program, _ arguments: [Storage]) throws -> [Storage] {
    let executable = try Executable(Plan(program))
    for (slot, argument) in zip(executable.arguments, arguments) {
      slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
    }
    executable.run()
    executable.run()
    return executable.results
  }

  @Test(arguments: OpTable.rows.indices)
  func `every op of the table`(_ index: Int) {
    let row = OpTable.rows[index]
    let result = Agreement.check(row.program(), row.arguments(), engine: Self.engine)
    #expect(result.disagreement == nil, "\(row)")
    #expect(!result.isUnstable, "\(row)")
  }

  /// How many random programs: 2,400, or `DESCENT_FUZZ_GRAPHS`.
  static let graphCount = ProcessInfo.processInfo.environment["DESCENT_FUZZ_GRAPHS"].flatMap { Int($0) } ?? 2400
  static let parts = 8

  @Test(arguments: 0..<parts)
  func `random programs`(_ part: Int) {
    var unstable = 0
    let seeds = stride(from: part, to: Self.graphCount, by: Self.parts)
    for seed in seeds {
      let graph = RandomGraph(seed: UInt64(seed))
      let result = Agreement.check(graph.program(), graph.arguments(), engine: Self.engine)
      if result.isUnstable { unstable += 1 }
      guard result.disagreement != nil else { continue }
      let smallest = graph.shrink {
        Agreement.check($0.program(), $0.arguments(), engine: Self.engine).disagreement != nil
      }
      let reason = Agreement.check(smallest.program(), smallest.arguments(), engine: Self.engine)
      Issue.record("seed \(seed): \(reason)\n\(smallest.program().printed())")
    }
    // Programs without a definite answer prove nothing; they must stay few.
    #expect(Double(unstable) < 0.15 * Double(Self.graphCount / Self.parts))
  }
}

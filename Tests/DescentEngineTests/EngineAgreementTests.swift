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

  /// LLVM 19's instcombine made 0 of max(|x|, 0) for negative x; found as seed 72440.
  @Test func `the maximum of a magnitude and zero`() throws {
    let x = Tensor([Float(-3), 1.5, 0, .nan, -0.25])
    let isBig = x .> 0.125
    let zero = (isBig ^ isBig).cast(to: .float32)
    let result = try maximum(abs(x), zero).scalars(as: Float.self)
    #expect(result[0] == 3 && result[1] == 1.5 && result[2] == 0 && result[3].isNaN && result[4] == 0.25)
  }

  /// The products are not rounded before they are added; found as seed 73744.
  @Test func `a dot product of bfloat16 rounds once`() throws {
    let a = Tensor([Float(1.015625), 1]).cast(to: .bfloat16)
    let b = Tensor([Float(1.015625), -1]).cast(to: .bfloat16)
    let result = try dot(a, b, DotAxes(lhsContracting: [0], rhsContracting: [0])).cast(to: .float32).scalar()
    // 1.015625² − 1, which bfloat16 can hold; with the product rounded first it would be 0.03125.
    #expect(result == 0.031494140625)
  }

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }
  /// How many random programs: 2,400, or `DESCENT_FUZZ_GRAPHS`; from the seed `DESCENT_FUZZ_FIRST` on.
  static let graphCount = setting("DESCENT_FUZZ_GRAPHS") ?? 2400
  static let firstSeed = setting("DESCENT_FUZZ_FIRST") ?? 0
  static let parts = 8

  @Test(arguments: 0..<parts)
  func `random programs`(_ part: Int) {
    var unstable = 0
    let seeds = stride(from: Self.firstSeed + part, to: Self.firstSeed + Self.graphCount, by: Self.parts)
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

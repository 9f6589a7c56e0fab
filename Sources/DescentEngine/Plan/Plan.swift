import DescentGraph

/// A program, planned: simplified, cut into kernels, put in order, every buffer placed.
public struct Plan {
  let program: Program
  let schedule: Schedule
  let memory: MemoryPlan

  public init(_ traced: Program, precision: Precision = .fast) {
    let simplified = Self.verified(Simplifier.simplify(traced))
    let laidOut = Self.verified(LayoutPass.laidOut(simplified, precision: precision))
    let legal = Self.verified(Legalizer.legalize(laidOut))
    program = legal
    schedule = Schedule(Partition(legal))
    memory = MemoryPlan(schedule)
  }

  /// `program`, checked in debug builds.
  private static func verified(_ program: Program) -> Program {
    #if DEBUG
      Verifier.verify(program)
    #endif
    return program
  }

  /// Bytes of intermediate results, all in one arena.
  public var arenaByteCount: Int { memory.byteCount }
  /// The number of kernels, matrix products included.
  public var kernelCount: Int { schedule.steps.count }
  public var matrixProductCount: Int {
    schedule.steps.count { if case .matrix = $0.work { true } else { false } }
  }
}

import DescentGraph

/// A program, planned: simplified, cut into kernels, put in order, every buffer placed.
public struct Plan: Sendable {
  let program: Program
  let precision: Precision
  /// For loops whose bodies must save memory: the bytes that a body's intermediate results may take.
  let bodyLimits: [Subgraph: Int]
  let schedule: Schedule
  let memory: MemoryPlan

  /// - Parameter keepsRows: whether variables stay in row-major order even where kernels want another.
  public init(_ traced: Program, precision: Precision = .fast, keepsRows: Bool = false) {
    let simplified = Self.verified(Simplifier.simplify(traced))
    let laidOut = Self.verified(LayoutPass.laidOut(simplified, precision: precision))
    let ordered = keepsRows ? laidOut : Self.verified(WeightLayoutPass.laidOut(laidOut))
    self.init(legal: Self.verified(Legalizer.legalize(ordered)), precision: precision)
  }

  /// A plan whose intermediate results take at most `memoryLimit` bytes; where they would take more, some are computed
  /// again instead of being kept, in loops' bodies too.
  ///
  /// - Throws: `EngineError.memoryLimit` when that is not possible.
  public init(
    _ traced: Program, precision: Precision = .fast, memoryLimit: Int?, keepsRows: Bool = false
  ) throws(EngineError) {
    let plan = Plan(traced, precision: precision, keepsRows: keepsRows)
    self = if let memoryLimit { try Recompute.fit(plan, into: memoryLimit) } else { plan }
  }

  /// The plan of a program that is simplified and legalized already.
  init(legal: Program, precision: Precision, bodyLimits: [Subgraph: Int] = [:]) {
    program = Self.verified(legal)
    self.precision = precision
    self.bodyLimits = bodyLimits
    schedule = Schedule(Partition(program, precision: precision, bodyLimits: bodyLimits))
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

import DescentGraph
import DescentRuntime

/// A program, planned: simplified, cut into kernels, put in order, every buffer placed.
package struct Plan: Sendable {
  let program: Program
  let precision: Precision
  /// The variables that are kept in an order other than rows, by identity; their inputs have its physical shape.
  let orders: [ObjectIdentifier: MemoryOrder]
  /// For loops whose bodies must save memory: the bytes that a body's intermediate results may take.
  let bodyLimits: [Subgraph: Int]
  let schedule: KernelOrder
  let memory: MemoryPlan

  /// - Parameter keepsRows: whether variables stay in row-major order even where kernels want another.
  package init(_ traced: Program, precision: Precision = .fast, keepsRows: Bool = false) {
    let simplified = Self.verified(Simplifier.simplify(traced))
    let laidOut = Self.verified(LayoutPass.laidOut(simplified, precision: precision))
    let (ordered, orders) = keepsRows ? (laidOut, [:]) : WeightLayoutPass.laidOut(laidOut)
    let legal = Self.verified(Legalizer.legalize(Self.verified(ordered)))
    self.init(legal: legal, precision: precision, orders: orders)
  }

  /// A plan whose intermediate results take at most as much memory as the options say; where they would take more, some
  /// are computed again instead of being kept, in loops' bodies too.
  ///
  /// - Throws: `EngineError.memoryLimit` when that is not possible.
  package init(_ traced: Program, _ options: CompileOptions, keepsRows: Bool = false) throws(EngineError) {
    let plan = Plan(traced, precision: options.precision, keepsRows: keepsRows)
    self = if let limit = options.memoryLimit { try Recompute.fit(plan, into: limit) } else { plan }
  }

  /// The plan of a program that is simplified and legalized already.
  init(
    legal: Program, precision: Precision, orders: [ObjectIdentifier: MemoryOrder] = [:],
    bodyLimits: [Subgraph: Int] = [:]
  ) {
    program = Self.verified(legal)
    self.precision = precision
    self.orders = orders
    self.bodyLimits = bodyLimits
    schedule = KernelOrder(Partition(program, precision: precision, bodyLimits: bodyLimits))
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
  package var arenaByteCount: Int { memory.byteCount }
  /// The number of kernels, matrix products included.
  package var kernelCount: Int { schedule.steps.count }
  package var matrixProductCount: Int {
    schedule.steps.count { if case .matrix = $0.work { true } else { false } }
  }
}

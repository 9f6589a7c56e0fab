import CAllocationCounter
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Attention's kernels against its definition: every kind of remainder, both directions, operands wherever they lie.
@Suite struct AttentionTests {
  /// Attention of one packed tensor `[batch, time, 3, heads, width]` and the gradient of a functional of it.
  static func program(
    _ packed: Shape, causal: Bool, scale: Double? = nil, inPrimitives: Bool = false
  ) -> Program {
    let shape: Shape = [packed[0], packed[1], packed[3], packed[4]]
    return Trace.record(arguments: [("qkv", packed, .float32), ("weights", shape, .float32)]) { x in
      let parts = (0..<3).map { x[0].sliced(axis: 2, $0..<($0 + 1)).reshaped(shape) }
      let y = attention(parts[0], parts[1], parts[2], causal: causal, scale: scale)
      if inPrimitives {
        guard case .attention(let a) = y.node.op else { return [] }
        return [
          AttentionRules.composition(of: .attention(a), parts)!,
          AttentionRules.composition(of: .attentionGradient(a), parts + [x[1]])!,
        ]
      }
      return [y] + gradients(of: (y * x[1]).sum(), withRespectTo: [x[0]])
    }
  }

  static func arguments(_ program: Program, seed: UInt64) -> [Storage] {
    var random = SplitMix(seed)
    return program.arguments.map { node in
      Storage((0..<node.shape.elementCount).map { _ in Float(random.double(-1.5...1.5)) }, shape: node.shape)
    }
  }

  static func run(_ program: Program, _ arguments: [Storage], threads: Int = 1) throws -> [[Float]] {
    let executable = try Executable(Plan(program), threads: threads)
    for (slot, argument) in zip(executable.arguments, arguments) {
      slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
    }
    executable.run()
    executable.run()
    return executable.results.map { $0.scalars() }
  }

  @Test(arguments: [false, true]) func `small shapes agree with the reference`(causal: Bool) {
    var random = SplitMix(causal ? 1 : 2)
    for _ in 0..<12 {
      let (heads, time) = (random.integer(1...3), random.integer(1...20))
      let width = random.integer(1...max(1, min(80, 4000 / (time * time * heads))))
      let program = Self.program([random.integer(1...2), time, 3, heads, width], causal: causal)
      let result = Agreement.check(program, Self.arguments(program, seed: random.next())) {
        try BackendTable.cpu.engine($0, $1)
      }
      #expect(result.disagreement == nil, "time \(time), heads \(heads), width \(width)")
      #expect(!result.isUnstable)
    }
  }

  /// Times around the ends of tiles and blocks (8, 16, 32), and several panels.
  @Test(arguments: [1, 7, 8, 9, 16, 17, 31, 33, 64, 70, 129, 257, 300])
  func `all remainders agree with the composition`(time: Int) throws {
    for (index, width) in [1, 15, 16, 33, 64, 80].enumerated()
    where index % (time < 100 ? 2 : 3) == time % (time < 100 ? 2 : 3) {
      let causal = (time + index) % 2 == 0
      let scale = index % 5 == 0 ? -0.7 : nil
      let packed: Shape = [1 + index % 2, time, 3, 1 + index % 3, width]
      let program = Self.program(packed, causal: causal, scale: scale)
      let composition = Self.program(packed, causal: causal, scale: scale, inPrimitives: true)
      let arguments = Self.arguments(program, seed: UInt64(time * 100 + width))
      let (found, expected) = (try Self.run(program, arguments), try Self.run(composition, arguments))
      for (part, (a, b)) in zip(found, expected).enumerated() {
        let worst = zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0
        #expect(a.count == b.count && !a.contains(where: \.isNaN), "result \(part) of \(packed)")
        let largest = b.map(\.magnitude).max() ?? 0
        #expect(worst < 1e-5 * max(1, largest), "result \(part) of \(packed), causal \(causal): off by \(worst)")
      }
    }
  }

  @Test func `operands that are no rows are copied, and other dtypes are computed as well`() throws {
    let shape: Shape = [1, 5, 2, 3]
    for dtype in [DType.float32, .float64, .bfloat16] {
      let arguments = ["q", "k", "v"].map { ($0, Shape([3, 2, 5]), dtype) }
      let program = Trace.record(arguments: arguments) { x in
        let y = x.map { $0.transposed([2, 1, 0]).reshaped(shape) }
        return [attention(y[0], y[1], y[2], causal: true)]
      }
      var random = SplitMix(9)
      let values = arguments.map { _, shape, dtype in
        let storage = Storage(shape: shape, dtype: dtype)
        for i in 0..<shape.elementCount { storage.set(random.double(-1...1), at: i) }
        return storage
      }
      let result = Agreement.check(program, values) { try BackendTable.cpu.engine($0, $1) }
      #expect(result.disagreement == nil && !result.isUnstable, "\(dtype)")
    }
  }

  @Test func `threads do not change a bit`() throws {
    for (shape, causal): (Shape, Bool) in [
      ([2, 70, 3, 3, 24], true), ([1, 300, 3, 2, 40], true), ([3, 130, 3, 1, 16], false),
    ] {
      let program = Self.program(shape, causal: causal)
      let arguments = Self.arguments(program, seed: 5)
      let one = try Self.run(program, arguments)
      for threads in 2...4 { #expect(try Self.run(program, arguments, threads: threads) == one) }
    }
  }

  /// Narrower vectors than this machine's have other tiles.
  @Test(arguments: [16, 32], [false, true])
  func `every width of vectors gives the same`(vectorByteCount: Int, causal: Bool) throws {
    let program = Self.program([2, 45, 3, 2, 21], causal: causal)
    let arguments = Self.arguments(program, seed: 3)
    let expected = try Self.run(program, arguments)
    let plan = Plan(program)
    let units = plan.schedule.steps.compactMap { step -> AttentionUnit? in
      if case .opaque(let unit) = step.work { unit as? AttentionUnit } else { nil }
    }
    #expect(units.count == 2)
    for unit in units {
      let code = AttentionEmitter.emit(unit, vectorByteCount: vectorByteCount)
      let function = try KernelCompiler.shared().function(symbol: "kernel", ir: code.ir)
      let (result, scratch) = (
        Storage(shape: unit.node.shape, dtype: .float32), Storage(shape: unit.scratch.shape, dtype: .float32)
      )
      let inputs = unit.views.map { arguments[program.arguments.firstIndex(of: $0.node)!].pointer }
      let table =
        (inputs + [result.pointer, scratch.pointer]).map(Optional.some) + [UnsafeMutableRawPointer(bitPattern: 1)]
      table.withUnsafeBufferPointer {
        unsafeBitCast(function, to: ThreadTeam.Body.self)($0.baseAddress, 0, 1)
      }
      let found: [Float] = result.scalars()
      let worst = zip(found, expected[unit.isGradient ? 1 : 0]).map { ($0 - $1).magnitude }.max() ?? 1
      #expect(worst < 2e-5, "gradient \(unit.isGradient): off by \(worst)")
    }
  }

  @Test func `slices of one tensor are read in place, and their gradient is one tensor`() {
    let plan = Plan(Self.program([2, 32, 3, 2, 16], causal: true))
    // The two kernels and nothing else: no copy of an operand, no padding, no addition.
    #expect(plan.schedule.steps.count == 2, "\(plan.printedSteps)")
    #expect(plan.printedSteps.contains("attention's gradient"))
  }

  @Test(.enabled(if: AllocationTests.works)) func `a run allocates nothing`() throws {
    let program = Self.program([2, 40, 3, 2, 16], causal: true)
    for threads in 1...2 {
      let executable = try Executable(Plan(program), threads: threads)
      #expect(AllocationTests.allocations(20) { executable.run() } == 0)
    }
  }
}

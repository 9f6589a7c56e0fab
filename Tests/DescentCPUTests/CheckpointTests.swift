import DescentRuntime
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Memory against computation: checkpoints by hand, and recomputation under a memory limit.
@Suite struct CheckpointTests {
  /// A chain of linear layers with GELU between them, its loss and gradients.
  static func chain(
    layers: Int, batch: Int, width: Int, wrapped: Bool, order: Int = 1
  ) -> (program: Program, arguments: [Storage]) {
    let shapes: [Shape] = [[batch, width]] + [Shape](repeating: [width, width], count: layers)
    let program = Trace.record(
      arguments: shapes.enumerated().map { ("x\($0.offset)", $0.element, .float32) }
    ) { x in
      var y = x[0]
      for weight in x.dropFirst() {
        func layer(_ y: Tensor) -> Tensor { gelu(matmul(y, weight)) }
        y = wrapped ? checkpoint(y, layer) : layer(y)
      }
      let loss = (y * y).mean()
      let first = gradients(of: loss, withRespectTo: Array(x.dropFirst()))
      if order == 1 { return [loss] + first }
      let slope = first.map { ($0 * $0).sum() }.reduce(Tensor(0.0), +)
      return [slope] + gradients(of: slope, withRespectTo: x)
    }
    let arguments = shapes.enumerated().map { number, shape in
      var random = SplitMix(UInt64(number) + 7)
      return random.storage(shape, .float32)
    }
    return (program, arguments)
  }

  private func run(_ plan: Plan, _ arguments: [Storage]) throws -> [[Float]] {
    let executable = try Executable(plan)
    for (slot, value) in zip(executable.arguments, arguments) {
      slot.pointer.copyMemory(from: value.pointer, byteCount: value.byteCount)
    }
    executable.run()
    return executable.results.map { $0.scalars(as: Float.self) }
  }

  @Test func `a checkpointed chain keeps one value for each layer, and every bit of the result`() throws {
    let (layers, batch, width) = (16, 512, 16)
    let plain = Self.chain(layers: layers, batch: batch, width: width, wrapped: false)
    let wrapped = Self.chain(layers: layers, batch: batch, width: width, wrapped: true)
    let (kept, dropped) = (Plan(plain.program), Plan(wrapped.program))
    let value = batch * width * 4
    // Without: what GELU got and what it gave, for each layer. With: what each layer got, and one layer's own values.
    #expect(kept.arenaByteCount >= (2 * layers - 2) * value)
    #expect(dropped.arenaByteCount <= (layers + 4) * value, "\(dropped.arenaByteCount / value) values")
    #expect(try run(kept, plain.arguments) == run(dropped, plain.arguments))
  }

  @Test func `second derivatives through checkpoints`() throws {
    let (program, arguments) = Self.chain(layers: 3, batch: 8, width: 5, wrapped: true, order: 2)
    let result = Agreement.check(program, arguments, engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
  }

  @Test func `a parameter that is first read in a checkpoint gets its gradient`() throws {
    let weight = Variable(Storage([Float(3)], shape: []), name: "weight")
    let step = compile { x in
      let y = checkpoint { x[0] * weight.value * weight.value }
      return gradients(of: y.sum(), withRespectTo: [weight.value])
    }
    #expect(try step([Tensor([Float(1), 2])])[0].scalars(as: Float.self) == [18])
  }

  @Test func `a memory limit makes the planner compute values again, with the same results`() throws {
    let (program, arguments) = Self.chain(layers: 8, batch: 512, width: 16, wrapped: false)
    let free = Plan(program)
    let limit = free.arenaByteCount * 6 / 10
    let limited = try Plan(program, CompileOptions(memoryLimit: limit))
    #expect(limited.arenaByteCount <= limit)
    #expect(limited.matrixProductCount == free.matrixProductCount, "GELU is enough to compute again")
    #expect(try run(free, arguments) == run(limited, arguments))
    // The same limit gives the same plan.
    #expect(try Plan(program, CompileOptions(memoryLimit: limit)).printedSteps == limited.printedSteps)
    // A limit that is met already changes nothing.
    #expect(try Plan(program, CompileOptions(memoryLimit: free.arenaByteCount)).printedSteps == free.printedSteps)
  }

  @Test func `when nothing else is left, products are computed again`() throws {
    let (program, arguments) = Self.chain(layers: 8, batch: 512, width: 16, wrapped: false)
    let free = Plan(program)
    let limited = try Plan(program, CompileOptions(memoryLimit: free.arenaByteCount * 4 / 10))
    #expect(limited.matrixProductCount > free.matrixProductCount)
    #expect(try run(free, arguments) == run(limited, arguments))
  }

  @Test func `a limit that cannot be met is an error that says what is large`() throws {
    let (program, _) = Self.chain(layers: 4, batch: 512, width: 16, wrapped: false)
    let error = try #require(throws: EngineError.self) { try Plan(program, CompileOptions(memoryLimit: 1000)) }
    guard case .memoryLimit(let limit, let reached, let largest) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(limit == 1000 && reached > 1000 && !largest.isEmpty)
    #expect("\(error)".contains("1000 bytes") && "\(error)".contains("f32[512, 16], 32768 bytes"))
    #expect(throws: EngineError.self) {
      try compile(memoryLimit: 1) { x in [matmul(matmul(x[0], x[0]), x[0])] }.executable(
        shapes: [[8, 8]], dtypes: [.float32])
    }
  }

  @Test func `every form of compile takes a memory limit`() throws {
    let x = Tensor([Float](repeating: 0.5, count: 64), shape: [8, 8])
    let cube = { @Sendable (x: Tensor) in matmul(matmul(x, x), x) }
    let none = compile(memoryLimit: 1) { cube(x) }
    let one = compile(memoryLimit: 1) { (x: Tensor) in cube(x) }
    let two = compile(memoryLimit: 1) { (x: Tensor, y: Tensor) in cube(x) + y }
    #expect(throws: EngineError.self) { try none() }
    #expect(throws: EngineError.self) { try one(x) }
    #expect(throws: EngineError.self) { try two(x, x) }
  }

  /// A loop whose body wants eight values again, in the opposite order, at its end.
  @Test func `a memory limit holds in the bodies of loops`() throws {
    let shapes: [Shape] = [[3, 64, 32], [64, 32], [32, 32]]
    let program = Trace.record(arguments: shapes.map { ("x", $0, .float32) }) { x in
      scan(over: [x[0]], from: [x[1]]) { c, e in
        var y = e[0]
        var values: [Tensor] = []
        for _ in 0..<8 {
          values.append(exp(sin(y.sum(axes: [1], keepingAxes: true) * c[0])))
          y = tanh(matmul(y * values.last!, x[2]))
        }
        for value in values.reversed() { y = tanh(matmul(y + value, x[2])) }
        return ([y], [])
      }.carries
    }
    let free = Plan(program)
    let limit = free.arenaByteCount * 7 / 10
    let limited = try Plan(program, CompileOptions(memoryLimit: limit))
    #expect(limited.arenaByteCount <= limit)
    #expect(!limited.bodyLimits.isEmpty)
    let arguments = shapes.enumerated().map { number, shape in
      var random = SplitMix(UInt64(number) + 3)
      return random.storage(shape, .float32)
    }
    #expect(try run(free, arguments) == run(limited, arguments))
  }

  @Test func `random programs under a memory limit`() {
    var limited = 0
    for seed in 0..<200 {
      let graph = RandomGraph(seed: UInt64(seed) + 5_000_000)
      let program = graph.program()
      let limit = Plan(program).arenaByteCount * 9 / 10
      guard limit > 0, let plan = try? Plan(program, CompileOptions(memoryLimit: limit)) else { continue }
      limited += 1
      #expect(plan.arenaByteCount <= limit)
      let result = Agreement.check(program, graph.arguments()) { _, arguments in
        let executable = try Executable(plan)
        for (slot, argument) in zip(executable.arguments, arguments) {
          slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
        }
        executable.run()
        return executable.results.map(\.rows)
      }
      #expect(result.disagreement == nil, "seed \(seed)")
    }
    #expect(limited >= 3, "\(limited)")
  }
}

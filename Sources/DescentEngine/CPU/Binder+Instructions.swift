import DescentGraph

extension Binder {
  /// What a step of a plan runs; nil for a kernel without points.
  func instruction(
    for step: Schedule.Step, _ compiler: KernelCompiler
  ) throws(EngineError) -> Executable.Instruction? {
    switch step.work {
    case .loop(let kernel):
      if kernel.isEmpty { return nil }
      let code = KernelEmitter.emit(kernel, vectorByteCount: compiler.vectorByteCount)
      let function = try compiler.function(symbol: "kernel", ir: code.ir)
      return .loop(
        unsafeBitCast(function, to: ThreadTeam.Body.self), table(kernel.buffers, extent: code.extentArgument),
        tasks: code.tasks, threads: threads(forWork: kernel.work))
    case .scatter(let unit):
      let code = ScatterEmitter.emit(unit, vectorByteCount: compiler.vectorByteCount)
      let function = try compiler.function(symbol: "kernel", ir: code.ir)
      return .loop(
        unsafeBitCast(function, to: ThreadTeam.Body.self), table(unit.operands, extent: nil), tasks: code.tasks,
        threads: threads(forWork: unit.outer * unit.count * unit.inner * 4))
    case .matrix(let unit): return .product(try product(unit))
    case .opaque(let unit): return .routine(try unit.bind(self))
    }
  }
}

extension Executable.Instruction {
  func execute() {
    switch self {
    case .loop(let body, let table, let tasks, let threads):
      ThreadTeam.run(tasks: tasks, threads: threads, arguments: table, body)
    case .product(let product): product.execute()
    case .routine(let routine): routine.execute()
    case .copy(let target, let source, let byteCount):
      if byteCount > 0 { target.copyMemory(from: source, byteCount: byteCount) }
    }
  }
}

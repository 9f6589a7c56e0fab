import DescentGraph

extension Binder {
  /// Floating-point operations of a matrix product below which a second thread costs more than it brings.
  static let parallelFlops = 4_000_000
  static func threads(forFlops flops: Int, of threads: Int) -> Int { flops < parallelFlops ? 1 : threads }

  /// Every product is emitted. On a Zen 5 with one thread, against oneDNN 2.6.3, over products from 3×3·3 to 2048×2048·256
  /// in all transpositions: small ones take between half and nine tenths of the time, since nothing is allocated or
  /// looked up for them, and large ones 0.9 to 1.0 of it. Slower by 2 to 10 % are some weight gradients whose A exceeds
  /// the second-level cache (`[1536×1024 · 1024×384]`); they stay here so that a step allocates nothing.
  func product(_ unit: MatrixUnit) throws(EngineError) -> BoundStep {
    let descriptor = unit.descriptor
    let code = kernels.code(descriptor)
    let arguments = ProductEmitter.Argument.allCases
    let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: arguments.count + code.sizes.count)
    table.initialize(repeating: nil, count: arguments.count)
    for (i, size) in code.sizes.enumerated() {
      (table + arguments.count + i).initialize(to: UnsafeMutableRawPointer(bitPattern: size))
    }
    func slot(_ argument: ProductEmitter.Argument) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
      table + argument.rawValue
    }
    var step = BoundStep(table: table, scratchByteCount: code.scratchByteCount)
    func place(_ argument: ProductEmitter.Argument, _ node: Node, _ offset: Int) {
      let bytes = offset * MemoryLayout<Float>.stride
      slot(argument).pointee = pointers[node]! + bytes
      step.operands.append(.init(slot: slot(argument), node: node, byteOffset: bytes))
    }
    place(.a, unit.a.node, unit.a.offset)
    place(.b, unit.b.node, unit.b.offset)
    place(.c, unit.result, 0)
    if let bias = unit.bias { place(.bias, bias.node, bias.offset) }
    if let ir = code.transposing {
      slot(.transpose).pointee = UnsafeMutableRawPointer(mutating: try compiler.function(symbol: "kernel", ir: ir))
    }
    if code.scratchByteCount > 0 { step.scratchSlot = slot(.scratch) }
    let operations = descriptor.floatingPointOperations
    let threads = Self.threads(forFlops: operations, of: threads)
    // In the units of loops' work.
    let work = operations * Self.parallelWork / Self.parallelFlops
    for kernel in [code.packing, code.product] {
      guard let kernel else { continue }
      let function = try compiler.function(symbol: "kernel", ir: kernel.ir)
      step.instructions.append(.kernel(.init(function, table, tasks: kernel.tasks, threads: threads, work: work)))
    }
    return step
  }
}

extension MatrixUnit {
  /// The product without its places.
  var descriptor: ProductDescriptor {
    let batches = batch == 1 ? [] : [batch]
    var descriptor = ProductDescriptor(batch: batches, m: m, n: n, k: k)
    descriptor.a = .init(batchStrides: batches.map { _ in a.batch }, rowStride: a.rows, columnStride: a.columns)
    descriptor.b = .init(batchStrides: batches.map { _ in b.batch }, rowStride: b.rows, columnStride: b.columns)
    descriptor.hasBias = bias != nil
    descriptor.hasRelu = activation == .relu
    return descriptor
  }
}

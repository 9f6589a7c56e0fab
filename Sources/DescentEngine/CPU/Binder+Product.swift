import DescentGraph

/// A matrix product with its code and its places in memory.
struct BoundProduct {
  /// One kernel, or two when A is packed first.
  var instructions: [Executable.Instruction]
  /// The argument table of both; it belongs to whoever holds the instructions.
  var table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// Bytes of memory that ``useScratch(_:)`` must provide; 0 if none are needed.
  var scratchByteCount: Int

  /// Says where the packed operand goes. Products that run one after another may use the same memory.
  func useScratch(_ pointer: UnsafeMutableRawPointer) {
    table[ProductEmitter.Argument.scratch.rawValue] = pointer
  }
}

extension Binder {
  /// Floating-point operations of a matrix product below which a second thread costs more than it brings.
  static let parallelFlops = 4_000_000

  /// Every product is emitted: measured on a Zen 5 against oneDNN 2.6.3, over products from 3×3·3 to 2048×2048·256 in
  /// all transpositions, no shape was slower by more than noise, and small ones take between half and nine tenths of the
  /// time, since nothing is allocated or looked up for them.
  func product(_ unit: MatrixUnit, _ compiler: KernelCompiler) throws(EngineError) -> BoundProduct {
    let descriptor = unit.descriptor
    let code = ProductEmitter.emit(descriptor, vectorByteCount: compiler.vectorByteCount)
    let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(
      capacity: ProductEmitter.Argument.allCases.count)
    func place(_ node: Node, _ offset: Int) -> UnsafeMutableRawPointer {
      pointers[node]! + offset * MemoryLayout<Float>.stride
    }
    for argument in ProductEmitter.Argument.allCases {
      let pointer: UnsafeMutableRawPointer? =
        switch argument {
        case .a: place(unit.a.node, unit.a.offset)
        case .b: place(unit.b.node, unit.b.offset)
        case .bias: unit.bias.map { place($0.node, $0.offset) }
        case .c: place(unit.result, 0)
        case .scratch: nil
        case .transpose:
          if let ir = code.transposing {
            UnsafeMutableRawPointer(mutating: try compiler.function(symbol: "kernel", ir: ir))
          } else {
            nil
          }
        }
      (table + argument.rawValue).initialize(to: pointer)
    }
    let threads = descriptor.floatingPointOperations < Self.parallelFlops ? 1 : threads
    var instructions: [Executable.Instruction] = []
    for kernel in [code.packing, code.product] {
      guard let kernel else { continue }
      let function = try compiler.function(symbol: "kernel", ir: kernel.ir)
      instructions.append(
        .loop(unsafeBitCast(function, to: ThreadTeam.Body.self), table, tasks: kernel.tasks, threads: threads))
    }
    return BoundProduct(instructions: instructions, table: table, scratchByteCount: code.scratchByteCount)
  }
}

extension MatrixUnit {
  /// The product without its places.
  var descriptor: MatrixProduct.Descriptor {
    let batches = batch == 1 ? [] : [batch]
    var descriptor = MatrixProduct.Descriptor(batch: batches, m: m, n: n, k: k)
    descriptor.a = .init(batchStrides: batches.map { _ in a.batch }, rowStride: a.rows, columnStride: a.columns)
    descriptor.b = .init(batchStrides: batches.map { _ in b.batch }, rowStride: b.rows, columnStride: b.columns)
    descriptor.hasBias = bias != nil
    descriptor.activation = activation == .relu ? .relu : .none
    return descriptor
  }
}

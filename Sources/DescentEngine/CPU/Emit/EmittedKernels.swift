import DescentGraph
import Synchronization

/// The texts of kernels, each emitted once: the layers of a deep network run the same ones on other memory.
final class EmittedKernels: Sendable {
  /// What a loop kernel's text depends on.
  private struct Loop: Hashable {
    let domain: [Int]
    let isReduced: [Bool]
    let buffers: [DType]
    let values: [LoopKernel.Value]
    let dtypes: [DType]
    let stores: [LoopKernel.Store]
  }
  private let vectorByteCount: Int
  private let loops = Mutex<[Loop: KernelEmitter.Code]>([:])
  private let products = Mutex<[ProductDescriptor: ProductEmitter.Code]>([:])

  init(vectorByteCount: Int) { self.vectorByteCount = vectorByteCount }

  func code(_ kernel: LoopKernel) -> KernelEmitter.Code {
    let key = Loop(
      domain: kernel.domain, isReduced: kernel.isReduced, buffers: kernel.buffers.map(\.dtype), values: kernel.values,
      dtypes: kernel.dtypes, stores: kernel.stores)
    if let known = loops.withLock({ $0[key] }) { return known }
    let code = KernelEmitter.emit(kernel, vectorByteCount: vectorByteCount)
    loops.withLock { $0[key] = code }
    return code
  }

  func code(_ product: ProductDescriptor) -> ProductEmitter.Code {
    if let known = products.withLock({ $0[product] }) { return known }
    let code = ProductEmitter.emit(product, vectorByteCount: vectorByteCount)
    products.withLock { $0[product] = code }
    return code
  }
}

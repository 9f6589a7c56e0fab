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
  /// What attention's text depends on.
  private struct Attention: Hashable {
    let attention: DescentGraph.Attention
    let isGradient: Bool
    let shape: Shape
    let views: [[Int]]
  }
  let vectorByteCount: Int
  private let loops = Mutex<[Loop: KernelEmitter.Code]>([:])
  private let products = Mutex<[ProductForm: ProductEmitter.Texts]>([:])
  private let attentions = Mutex<[Attention: AttentionEmitter.Code]>([:])

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
    let blocking = ProductBlocking(product, vectorByteCount: vectorByteCount)
    let form = ProductForm(product, blocking)
    let texts =
      products.withLock { $0[form] }
      ?? {
        let texts = ProductEmitter.texts(form)
        products.withLock { $0[form] = texts }
        return texts
      }()
    return ProductEmitter.code(product, blocking, form, texts)
  }

  func code(_ unit: AttentionUnit) -> AttentionEmitter.Code {
    let key = Attention(
      attention: unit.attention, isGradient: unit.isGradient, shape: unit.node.inputs[0].shape,
      views: unit.views.map { [$0.offset, $0.batch, $0.time, $0.heads] })
    if let known = attentions.withLock({ $0[key] }) { return known }
    let code = AttentionEmitter.emit(unit, vectorByteCount: vectorByteCount)
    attentions.withLock { $0[key] = code }
    return code
  }
}

import DescentGraph
import DescentRuntime
import Synchronization

/// A variable's elements in the order that kernels want, in the same memory on the host.
final class KernelPlacement: Placement {
  private let order: MemoryOrder
  private init(_ order: MemoryOrder) { self.order = order }

  /// The one placement for an order: programs that want the same one leave the elements where they are.
  static func of(_ order: MemoryOrder) -> KernelPlacement {
    known.withLock { known in
      if let placement = known[order] { return placement }
      let placement = KernelPlacement(order)
      known[order] = placement
      return placement
    }
  }
  private static let known = Mutex<[MemoryOrder: KernelPlacement]>([:])

  func take(_ memory: Storage) { reorder(memory, restoring: false) }
  func restoreRows(of memory: Storage) { reorder(memory, restoring: true) }

  private func reorder(_ memory: Storage, restoring: Bool) {
    require(
      order.shape == memory.shape, "memory order \(order.name) of \(order.shape) for a tensor of shape \(memory.shape)")
    let copy = UnsafeMutableRawPointer.allocate(byteCount: memory.byteCount, alignment: 64)
    defer { copy.deallocate() }
    copy.copyMemory(from: memory.pointer, byteCount: memory.byteCount)
    order.copy(from: copy, to: memory.pointer, size: memory.dtype.byteCount, restoring: restoring)
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory for tensors, all zero and aligned to a cache line.
///
/// Large blocks come straight from the system: they are zero already, so that a page costs nothing until it is used. Huge
/// pages were tried: no update is faster with them, and in a virtual machine each may cost a millisecond at first.
package enum TensorMemory {
  /// In bytes: a cache line.
  private static let alignment = 64
  private static func isLarge(_ byteCount: Int) -> Bool { byteCount >= 1 << 22 }

  /// At least one byte of zeros.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    if isLarge(byteCount) {
      let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
      guard let mapped, mapped != MAP_FAILED else { fatalError("out of memory: no \(byteCount) bytes for a tensor") }
      return mapped
    }
    // Kernels may read a whole vector at the end of a row: round up to a cache line so that the line is ours.
    let capacity = (max(byteCount, 1) + alignment - 1) / alignment * alignment
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: alignment)
    pointer.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    return pointer
  }

  /// Gives back what `allocate` gave for as many bytes.
  package static func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    if isLarge(byteCount) { munmap(pointer, byteCount) } else { pointer.deallocate() }
  }
}

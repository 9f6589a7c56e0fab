import DescentGraph
import Synchronization

/// The memory of a tensor that steps read and write: an argument, a result, a variable.
///
/// Its elements lie in rows on the host, or wherever the program that used them last wants them: in the order of a kernel, on
/// a device (`Placement`). Whoever asks for rows gets rows on the host, and a run brings the elements where its program
/// wants them.
///
/// `@unchecked Sendable`: where the elements lie is behind a lock; the elements themselves belong to whoever has the turn
/// (`Turn`) of the step or the variable.
package final class Buffer: @unchecked Sendable {
  /// Memory on the host. Its elements are this buffer's, in rows, while there is no placement.
  package let memory: Storage
  private let placement = Mutex<(any Placement)?>(nil)
  /// Whether there is a placement, to be asked without the lock.
  private let isElsewhere = Atomic(false)

  /// The tensor's extents.
  package var shape: Shape { memory.shape }
  /// The type of the elements.
  package var dtype: DType { memory.dtype }
  package var byteCount: Int { memory.byteCount }

  /// A buffer of zeros.
  package init(shape: Shape, dtype: DType) { memory = Storage(shape: shape, dtype: dtype) }
  /// A buffer over memory that nobody else uses.
  package init(owning memory: Storage) { self.memory = memory }

  /// Puts the elements where `wanted` says, or into rows on the host. Costs next to nothing where they are there already.
  ///
  /// - Returns: whether they had to move.
  @discardableResult
  package func bring(to wanted: (any Placement)?) -> Bool {
    if wanted == nil && !isElsewhere.load(ordering: .acquiring) { return false }
    return placement.withLock { current in
      guard current !== wanted else { return false }
      current?.restoreRows(of: memory)
      wanted?.take(memory)
      current = wanted
      isElsewhere.store(wanted != nil, ordering: .releasing)
      return true
    }
  }

  /// The elements in rows on the host: the memory itself, no copy of it.
  package var rows: Storage {
    bring(to: nil)
    return memory
  }
  package var pointer: UnsafeMutableRawPointer { rows.pointer }

  /// A copy of the elements.
  package func copy() -> Storage { rows.copy() }

  /// Overwrites all elements with `bytes`, row-major, of which there must be as many.
  package func fill(from bytes: UnsafeRawBufferPointer) {
    require(bytes.count == byteCount, "\(bytes.count) bytes do not fill \(dtype)\(shape), which has \(byteCount)")
    if let base = bytes.baseAddress { pointer.copyMemory(from: base, byteCount: byteCount) }
  }
  /// The same from another tensor's elements.
  package func fill(from source: Storage) {
    require(
      source.shape == shape && source.dtype == dtype,
      "\(source.dtype)\(source.shape) does not fit into a buffer of \(dtype)\(shape)")
    pointer.copyMemory(from: source.pointer, byteCount: byteCount)
  }

  /// Element `index` (row-major) as a `Double`.
  package func double(at index: Int) -> Double { rows.double(at: index) }
  package func integer(at index: Int) -> Int { rows.integer(at: index) }
  /// The elements as Swift values. Traps when `Scalar` is not the buffer's type.
  package func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] { rows.scalars() }
}

/// Another place for a buffer's elements than rows on the host, compared by identity.
package protocol Placement: AnyObject, Sendable {
  /// Moves the elements there from rows in `memory`.
  func take(_ memory: Storage)
  /// Moves them back into rows in `memory`.
  func restoreRows(of memory: Storage)
}

/// An order of a tensor's elements in memory other than row-major: some axes are cut in two, then all are permuted.
///
/// Weights `[32, 16, 3, 3]` in blocks of 16×16, for example, have `cuts` `[2, 16, 1, 16, 3, 3]` and the permutation
/// `[0, 2, 4, 5, 3, 1]`.
package struct MemoryOrder: Hashable, Sendable {
  /// What whoever computes in this order calls it.
  package let name: String
  /// The tensor's own shape.
  package let shape: Shape
  /// Its axes after the cuts: a shape of as many elements.
  package let cuts: Shape
  /// Of the axes after the cuts, outermost first.
  package let permutation: [Int]

  package init(name: String, shape: Shape, cuts: Shape, permutation: [Int]) {
    require(
      cuts.elementCount == shape.elementCount && permutation.sorted() == Array(cuts.indices),
      "memory order \(name): \(shape) cannot be cut into \(cuts) with axes \(permutation)")
    self.name = name
    self.shape = shape
    self.cuts = cuts
    self.permutation = permutation
  }

  /// The shape in which the elements lie row by row.
  package var physical: Shape { Shape(permutation.map { cuts[$0] }) }

  /// `tensor`, of the order's shape, as a tensor of the physical shape.
  package func ordered(_ tensor: Tensor) -> Tensor { tensor.reshaped(cuts).transposed(permutation) }

  /// The inverse of ``ordered(_:)``.
  package func restored(_ tensor: Tensor) -> Tensor {
    tensor.transposed(permutation.indices.map { permutation.firstIndex(of: $0)! }).reshaped(shape)
  }

  /// Copies row-major elements of `size` bytes into this order, or back.
  package func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, size: Int, restoring: Bool) {
    func copy<Element>(_: Element.Type) {
      let (from, to) = (source.assumingMemoryBound(to: Element.self), target.assumingMemoryBound(to: Element.self))
      forEachRow { place, start, step, count in
        if restoring {
          for i in 0..<count { to[start + i * step] = from[place + i] }
        } else {
          for i in 0..<count { to[place + i] = from[start + i * step] }
        }
      }
    }
    switch size {
    case 1: copy(UInt8.self)
    case 2: copy(UInt16.self)
    case 4: copy(UInt32.self)
    default: copy(UInt64.self)
    }
  }

  /// Calls `body` for each row of the physical shape: where it starts in this order, where its elements lie in row-major
  /// order (the first, and from one to the next), and how many they are.
  private func forEachRow(_ body: (_ place: Int, _ start: Int, _ step: Int, _ count: Int) -> Void) {
    let extents = physical.extents
    guard let count = extents.last, !extents.contains(0) else { return }
    let strides = cuts.strides
    let steps = permutation.map { strides[$0] }
    var index = [Int](repeating: 0, count: extents.count)
    var start = 0
    for place in stride(from: 0, to: shape.elementCount, by: count) {
      body(place, start, steps.last!, count)
      for axis in extents.indices.dropLast().reversed() {
        index[axis] += 1
        start += steps[axis]
        if index[axis] < extents[axis] { break }
        start -= steps[axis] * extents[axis]
        index[axis] = 0
      }
    }
  }
}

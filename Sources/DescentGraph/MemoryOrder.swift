/// An order of a tensor's elements in memory other than row-major: some axes are cut in two, then all are permuted.
///
/// Weights `[32, 16, 3, 3]` in blocks of 16×16, for example, have `cuts` `[2, 16, 1, 16, 3, 3]` and the permutation
/// `[0, 2, 4, 5, 3, 1]`.
public struct MemoryOrder: Hashable, Sendable {
  /// What whoever computes in this order calls it.
  public let name: String
  /// The tensor's own shape.
  public let shape: Shape
  /// Its axes after the cuts: a shape of as many elements.
  public let cuts: Shape
  /// Of the axes after the cuts, outermost first.
  public let permutation: [Int]

  public init(name: String, shape: Shape, cuts: Shape, permutation: [Int]) {
    require(
      cuts.elementCount == shape.elementCount && permutation.sorted() == Array(cuts.indices),
      "memory order \(name): \(shape) cannot be cut into \(cuts) with axes \(permutation)")
    self.name = name
    self.shape = shape
    self.cuts = cuts
    self.permutation = permutation
  }

  /// The shape in which the elements lie row by row.
  public var physical: Shape { Shape(permutation.map { cuts[$0] }) }

  /// `tensor`, of the order's shape, as a tensor of the physical shape.
  public func ordered(_ tensor: Tensor) -> Tensor { tensor.reshaped(cuts).transposed(permutation) }

  /// The inverse of ``ordered(_:)``.
  public func restored(_ tensor: Tensor) -> Tensor {
    tensor.transposed(permutation.indices.map { permutation.firstIndex(of: $0)! }).reshaped(shape)
  }

  /// Copies row-major elements of `size` bytes into this order, or back.
  func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, size: Int, restoring: Bool) {
    let extents = physical.extents
    var strides = [Int](repeating: 1, count: cuts.rank)
    for axis in cuts.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * cuts[axis + 1] }
    let steps = permutation.map { strides[$0] }
    var index = [Int](repeating: 0, count: extents.count)
    var rowMajor = 0
    for place in 0..<shape.elementCount {
      let (from, to) = restoring ? (place, rowMajor) : (rowMajor, place)
      (target + to * size).copyMemory(from: source + from * size, byteCount: size)
      var axis = extents.count - 1
      while axis >= 0 {
        index[axis] += 1
        rowMajor += steps[axis]
        if index[axis] < extents[axis] { break }
        rowMajor -= steps[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}

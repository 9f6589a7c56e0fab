/// The extents of a tensor, outermost first. `[]` is the shape of a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, RandomAccessCollection, CustomStringConvertible {
  /// Outermost first, each 0 or more.
  public let extents: [Int]

  /// Traps when an extent is negative.
  public init(_ extents: [Int]) {
    require(extents.allSatisfy { $0 >= 0 }, "a shape's extents must not be negative: \(extents)")
    self.extents = extents
  }
  /// `[32, 64]`; traps when an extent is negative.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// 0: a shape is a collection of its extents.
  public var startIndex: Int { 0 }
  /// The rank.
  public var endIndex: Int { extents.count }
  /// The extent of `axis`. Traps outside `0..<rank`: negative axes do not count from the back here.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The number of axes.
  public var rank: Int { extents.count }
  /// The number of elements; 1 for a scalar. Traps when an `Int` cannot hold it.
  public var elementCount: Int {
    extents.reduce(1) { count, extent in
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: extent)
      require(!isTooLarge || extents.contains(0), "shape \(self) has more elements than can be counted")
      return isTooLarge ? 0 : product
    }
  }
  /// Whether there are no axes; `[1]` has one.
  public var isScalar: Bool { extents.isEmpty }
  /// `[32, 64]`.
  public var description: String { "[" + extents.map(String.init).joined(separator: ", ") + "]" }

  /// Row-major strides in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * extents[axis + 1] }
    return strides
  }

  /// The extents of every axis that is not in `axes`.
  public func removing(axes: [Int]) -> Shape { Shape(indices.filter { !axes.contains($0) }.map { extents[$0] }) }

  /// The same shape with extent 1 on `axes`.
  public func keeping(axes: [Int]) -> Shape { Shape(indices.map { axes.contains($0) ? 1 : extents[$0] }) }

  /// The same shape with another extent of `axis`, which lies in `0..<rank`.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var result = extents
    result[axis] = extent
    return Shape(result)
  }

  /// The shape both operands are broadcast to under NumPy's rule, or nil when they do not fit each other.
  public static func broadcasting(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = Swift.max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let i = axis - (rank - a.rank)
      let j = axis - (rank - b.rank)
      let extentA = i < 0 ? 1 : a[i]
      let extentB = j < 0 ? 1 : b[j]
      guard extentA == extentB || extentA == 1 || extentB == 1 else { return nil }
      result[axis] = extentA == 1 ? extentB : extentA
    }
    return Shape(result)
  }

  /// `axis` counted from the front; a negative axis counts from the back.
  func normalized(axis: Int, for op: String) -> Int {
    let result = axis < 0 ? axis + rank : axis
    require(result >= 0 && result < rank, "\(op): axis \(axis) does not exist in shape \(self)")
    return result
  }
  func normalized(axes: [Int], for op: String) -> [Int] {
    let result = axes.map { normalized(axis: $0, for: op) }.sorted()
    require(Set(result).count == result.count, "\(op): axes \(axes) name an axis of \(self) twice")
    return result
  }
}

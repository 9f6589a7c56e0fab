import DescentGraph

/// Long reductions and deep dot products in two stages: pieces first, then their results.
///
/// Where the reduced axes are innermost ("rows"), the first stage lets threads share what would be few, long tasks. Where
/// they are not ("columns"), a single loop would walk far apart places of memory for every vector of results; pieces of a
/// few rows are read as one block. The pieces depend on shapes only, and so do the bits of the result.
extension Legalizer {
  /// Elements of a row that one task takes.
  private static let rowPiece = 16384
  /// Rows with fewer results than this are cut, so that threads have something to share.
  private static let fewRows = 16
  /// The depth of a dot product that one running sum takes. Its error grows with the depth: 10⁷ products of one sign are
  /// off by a hundredth in float32.
  private static let depthPiece = 16384
  /// Rows of a matrix that are summed up at a time: few enough for the processor to prefetch all of them.
  private static let columnPiece = 32
  /// Column sums over less than this stay in the cache, where one loop is as good.
  private static let cachedElements = 1 << 18

  /// The reduction in two stages, or nil where one is as good.
  static func twoStages(_ r: Reduction, _ axes: [Int], _ x: Tensor) -> Tensor? {
    let axes = axes.filter { x.shape[$0] != 1 }
    let results = x.shape.removing(axes: axes).elementCount
    let length = axes.reduce(1) { $0 * x.shape[$1] }
    guard let innermost = x.shape.indices.last(where: { x.shape[$0] != 1 }), results > 0 else { return nil }
    let piece: Int
    if axes.last == innermost {
      guard results < fewRows, length > 2 * rowPiece else { return nil }
      piece = rowPiece
    } else {
      guard length >= 8 * columnPiece, length * results >= cachedElements else { return nil }
      piece = columnPiece
    }
    // Partial results of half-width floats are not rounded.
    let wide = x.dtype.isHalf ? x.cast(to: .float32) : x
    return inPieces(r, axes, wide, piece).reshaped(x.shape.removing(axes: axes)).cast(to: x.dtype)
  }

  /// A deep dot product as one of pieces, which become a batch, and their sum; nil where one running sum is good enough.
  static func twoStages(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor? {
    let extents = axes.lhsContracting.map { a.shape[$0] }
    guard extents.reduce(1, *) > 2 * depthPiece, !a.shape.contains(0), !b.shape.contains(0) else { return nil }
    // The innermost axes that fit into a piece stay whole, the one before them is cut, those further out are the batch.
    var cut = extents.count - 1
    var inner = 1
    while cut > 0, inner * extents[cut] <= depthPiece {
      inner *= extents[cut]
      cut -= 1
    }
    let part = min(max(depthPiece / inner, 1), extents[cut])
    let whole = extents[cut] / part * part
    let (left, right) = (axes.lhsContracting[cut], axes.rhsContracting[cut])

    func split(_ x: Tensor, _ axis: Int) -> Tensor {
      var shape = x.shape.extents
      shape.replaceSubrange(axis...axis, with: [whole / part, part])
      return x.sliced(axis: axis, 0..<whole).reshaped(Shape(shape))
    }
    func moved(_ list: [Int], behind axis: Int) -> [Int] { list.map { $0 > axis ? $0 + 1 : $0 } }
    var pieces = axes
    pieces.lhsBatch =
      moved(axes.lhsBatch, behind: left) + moved(Array(axes.lhsContracting[..<cut]), behind: left) + [left]
    pieces.rhsBatch =
      moved(axes.rhsBatch, behind: right) + moved(Array(axes.rhsContracting[..<cut]), behind: right) + [right]
    pieces.lhsContracting = [left + 1] + moved(Array(axes.lhsContracting[(cut + 1)...]), behind: left)
    pieces.rhsContracting = [right + 1] + moved(Array(axes.rhsContracting[(cut + 1)...]), behind: right)
    let products = legal(split(a, left), split(b, right), pieces)
    let new = Array(axes.lhsBatch.count..<pieces.lhsBatch.count)
    let sum = products.sum(axes: new)
    if whole == extents[cut] { return sum }
    return sum
      + legal(a.sliced(axis: left, whole..<extents[cut]), b.sliced(axis: right, whole..<extents[cut]), axes)
  }
  private static func legal(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor {
    product(a, b, axes) ?? dot(a, b, axes)
  }

  private static func inPieces(_ r: Reduction, _ axes: [Int], _ x: Tensor, _ piece: Int) -> Tensor {
    // The innermost of the axes that make up about a piece.
    var inner = 1
    var count = axes.count
    while count > 0 && inner * 4 < piece {
      count -= 1
      inner *= x.shape[axes[count]]
    }
    if count > 0 && inner <= 4 * piece {
      return again(r, reduced(r, x, Array(axes[count...])), Array(axes[..<count]))
    }
    // The outermost of them is too long: cut it.
    let axis = axes[count]
    let extent = x.shape[axis]
    let wanted = max(piece / (inner / extent), 1)
    let divisors = (max(wanted / 2, 1)...(2 * wanted)).filter { extent % $0 == 0 }
    let part = divisors.min { ($0 - wanted).magnitude < ($1 - wanted).magnitude } ?? wanted
    let whole = extent / part * part
    var extents = x.shape.extents
    extents.replaceSubrange(axis...axis, with: [whole / part, part])
    let cut = x.sliced(axis: axis, 0..<whole).reshaped(Shape(extents))
    let first = reduced(r, cut, axes[count...].map { $0 + 1 })
    let second = again(r, first, Array(axes[...count]))
    if whole == extent { return second }
    let rest = reduced(r, x.sliced(axis: axis, whole..<extent), axes)
    return switch r {
    case .sum: second + rest
    case .maximum: maximum(second, rest)
    case .minimum: minimum(second, rest)
    }
  }

  /// The second stage, which may be long itself.
  private static func again(_ r: Reduction, _ x: Tensor, _ axes: [Int]) -> Tensor {
    twoStages(r, axes, x)?.reshaped(x.shape.removing(axes: axes)) ?? reduced(r, x, axes)
  }

  private static func reduced(_ r: Reduction, _ x: Tensor, _ axes: [Int]) -> Tensor {
    switch r {
    case .sum: x.sum(axes: axes)
    case .maximum: x.max(axes: axes)
    case .minimum: x.min(axes: axes)
    }
  }
}

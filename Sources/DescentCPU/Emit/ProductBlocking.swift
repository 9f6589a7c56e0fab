/// How an emitted matrix product is cut up: the register tile, what is packed, and what a task covers.
///
/// All of it follows from the shapes, the layouts and the vector width, never from the number of threads.
struct ProductBlocking: Equatable {
  /// Rows and vectors of a register tile.
  var tileRows: Int
  var tileVectors: Int
  /// float32 elements of a vector.
  var lanes: Int
  /// A is copied beforehand, tile after tile, so that the rows of a tile are neighbours.
  var packsLeft: Bool
  /// A strip of B, as wide as a tile, is copied to the stack before it is used: because its rows do not run through
  /// neighbours, or because they are so far apart that caches and page tables hold too few of them.
  var packsRight: Bool
  /// Steps of depth between two looks at the results; a strip of this depth fits into the second-level cache.
  var depthBlock: Int
  /// Rows that a task covers, a multiple of `tileRows`.
  var rowBlock: Int
  /// Whether sizes and strides are constants in the code, which then serves this product alone.
  var fixesSizes: Bool

  var stripWidth: Int { tileVectors * lanes }

  /// The limits were measured on a Zen 5 with 1 MB of second-level cache, against the other choice in each case.
  init(_ d: ProductDescriptor, vectorByteCount: Int) {
    lanes = vectorByteCount / 4
    // A column-major A that exceeds the caches, or is read often, is slower read in place than copied first.
    packsLeft = d.a.columnStride != 1 && d.m * d.k >= (d.n < 1024 ? 1 << 20 : 3 << 17)
    (tileRows, tileVectors) = Self.tile(d, lanes: lanes, packsLeft: packsLeft)
    // A row-major B is read in place unless it exceeds the second-level cache and many rows share the copy.
    packsRight = d.b.columnStride != 1 || (d.k * d.n >= 1 << 18 && d.m >= 256)
    let deepest = Self.panelCount / (tileVectors * lanes)
    let depthBlocks = (d.k + deepest - 1) / deepest
    depthBlock = depthBlocks == 1 ? d.k : Self.rounded((d.k + depthBlocks - 1) / depthBlocks, to: 16)
    // Enough tasks for a balance. A call packs a strip once for all of its tasks, unless it is packed block by block.
    let strips = d.batch.reduce(1, *) * ((d.n + tileVectors * lanes - 1) / (tileVectors * lanes))
    let fewestRows = packsRight && depthBlocks > 1 ? 256 : 32
    fixesSizes = d.floatingPointOperations < Self.sharingOperations
    let shares = max(1, min((23 + strips) / strips, d.m / fewestRows))
    rowBlock = Self.rounded((d.m + shares - 1) / shares, to: tileRows)
  }

  /// Operations from which on products share code: a tenth of a millisecond, against the tenth of a microsecond that a
  /// task takes to find its place without constants.
  static let sharingOperations = 10_000_000

  /// Floats of a packed strip on the stack: 384 kB, which fits into the second-level cache and into 512 kB, the smallest
  /// stack that systems give a thread.
  static let panelCount = 98304

  private static func rounded(_ x: Int, to multiple: Int) -> Int { (x + multiple - 1) / multiple * multiple }

  /// The tile with the least estimated time for all of C.
  private static func tile(_ d: ProductDescriptor, lanes: Int, packsLeft: Bool) -> (rows: Int, vectors: Int) {
    #if arch(arm64)
      let registers = 32
    #else
      let registers = lanes == 16 ? 32 : 16
    #endif
    let columns = (d.n + lanes - 1) / lanes
    // A strip of B comes from the second-level cache once it is deep: 32 kB at two vectors of 64 bytes.
    let vectorCost = d.k > 256 ? 0.6 : 0.1
    /// Half cycles for one step of depth: two multiply-adds a cycle with four cycles of latency, and something for each
    /// load.
    func cost(_ rows: Int, _ vectors: Int) -> Double {
      if rows == 0 || vectors == 0 { return 0 }
      return Double(max(rows * vectors, 8)) + 0.15 * Double(rows) + vectorCost * Double(vectors)
    }
    // Tiles at the edges are code of their own; a small product does not repay the time to compile it.
    let edgeCost = d.m * d.n * d.k < 1 << 22 ? 1.02 : 1.005
    var best = (rows: 1, vectors: 1)
    var least = Double.infinity
    for vectors in 1...min(columns, 6) {
      // More rows than a cache has ways would drive each other out where their stride is a power of two.
      for rows in 1...(vectors == 1 ? 16 : 8) where rows * vectors + vectors + 2 <= registers {
        // Packed rows are copied in vectors.
        if rows > d.m && rows > 1 || packsLeft && ![4, 8].contains(rows) { continue }
        let (down, restRows) = d.m.quotientAndRemainder(dividingBy: rows)
        let (across, restVectors) = columns.quotientAndRemainder(dividingBy: vectors)
        var total =
          Double(across) * (Double(down) * cost(rows, vectors) + cost(restRows, vectors))
          + Double(down) * cost(rows, restVectors) + cost(restRows, restVectors)
        if down > 0 && restRows > 0 { total *= edgeCost }
        if across > 0 && restVectors > 0 || across > 1 && d.n % lanes != 0 { total *= edgeCost }
        if total < least { (best, least) = ((rows, vectors), total) }
      }
    }
    return best
  }
}

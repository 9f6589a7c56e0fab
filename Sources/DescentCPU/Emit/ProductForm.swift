import DescentGraph

/// All that the text of a product's kernels depends on.
///
/// Large products take their sizes and strides from the argument table, so that those of one form share compiled code: a
/// transformer's some fifteen shapes are about five forms, and each costs LLVM ten milliseconds. In small products they
/// are constants, since a task there is over before a division and a few loads are.
struct ProductForm: Hashable, Sendable {
  let tileRows: Int, tileVectors: Int, lanes: Int
  let packsLeft: Bool, packsRight: Bool
  /// Whether the depth is done in several blocks.
  let hasDepthBlocks: Bool
  /// What is left over of rows, for tiles or for the groups of tiles that are packed together; of columns; of depth.
  let restRows: Int, restColumns: Int, restDepth: Int
  /// Whether there is a tile with all its rows, a strip with all its columns.
  let hasWholeTiles: Bool, hasWholeStrips: Bool
  /// Strides that are 1: these are constants always, since they decide how operands are read.
  let unitStrides: Set<ProductSize>
  let batchDimensions: Int
  let hasBias: Bool, hasRelu: Bool
  /// The values of ``sizes`` in a small product, else empty.
  let constants: [Int]

  /// The most steps of depth between two branches of a tile: a power of two.
  static let mostSteps = 4

  var stripWidth: Int { tileVectors * lanes }

  /// Rows of a column-major A that are packed together: they share a cache line.
  var groupRows: Int { Self.groupRows(tileRows) }

  static func groupRows(_ tileRows: Int) -> Int { max(1, 16 / tileRows) * tileRows }

  /// In the order in which they follow the places in the argument table.
  var sizes: [ProductSize] { ProductSize.all(batchDimensions: batchDimensions) }

  func isUnit(_ size: ProductSize) -> Bool { unitStrides.contains(size) }

  init(_ d: ProductDescriptor, _ blocking: ProductBlocking) {
    require(d.problem == nil, "no kernel for \(d): \(d.problem!)")
    require(d.a.rowStride == 1 || !blocking.packsLeft, "a row-major A is not packed: \(d)")
    require(d.b.columnStride == 1 || blocking.packsRight, "a column-major B must be packed: \(d)")
    let value = ProductSize.values(d, blocking)
    (tileRows, tileVectors, lanes) = (blocking.tileRows, blocking.tileVectors, blocking.lanes)
    (packsLeft, packsRight) = (blocking.packsLeft, blocking.packsRight)
    hasDepthBlocks = d.k > blocking.depthBlock
    restRows = d.m % (packsLeft ? Self.groupRows(tileRows) : tileRows)
    restColumns = d.n % blocking.stripWidth
    restDepth = d.k % Self.mostSteps
    hasWholeTiles = d.m >= tileRows
    hasWholeStrips = d.n >= blocking.stripWidth
    unitStrides = Set(ProductSize.strides.filter { value($0) == 1 })
    batchDimensions = d.batch.count
    (hasBias, hasRelu) = (d.hasBias, d.hasRelu)
    constants = blocking.fixesSizes ? ProductSize.all(batchDimensions: d.batch.count).map(value) : []
  }
}

/// A number in a product's code that belongs to one product rather than to its form.
enum ProductSize: Hashable, Sendable {
  case m, n, k
  case leftRow, leftColumn, rightRow, rightColumn, resultRow
  /// Rows of a task, and how many tasks share a strip.
  case rowBlock, rowBlocks
  /// Strips of columns.
  case strips
  /// Steps of depth in a block; floats of a packed strip.
  case depthBlock, panel
  /// Groups of tiles that are packed together; floats of a packed A.
  case groups, packedLeft
  /// Extent and strides of a dimension of the batch.
  case batch(Int)
  case leftBatch(Int)
  case rightBatch(Int)
  case resultBatch(Int)

  static let strides: [ProductSize] = [.leftRow, .leftColumn, .rightRow, .rightColumn, .resultRow]

  static func all(batchDimensions: Int) -> [ProductSize] {
    [.m, .n, .k] + strides + [.rowBlock, .rowBlocks, .strips, .depthBlock, .panel, .groups, .packedLeft]
      + (0..<batchDimensions).flatMap { [.batch($0), .leftBatch($0), .rightBatch($0), .resultBatch($0)] }
  }

  /// The sizes of one product.
  static func values(_ d: ProductDescriptor, _ blocking: ProductBlocking) -> (ProductSize) -> Int {
    func quotient(_ x: Int, _ y: Int) -> Int { (x + y - 1) / y }
    return { size in
      switch size {
      case .m: d.m
      case .n: d.n
      case .k: d.k
      case .leftRow: d.a.rowStride
      case .leftColumn: d.a.columnStride
      case .rightRow: d.b.rowStride
      case .rightColumn: d.b.columnStride
      case .resultRow: d.c.rowStride
      case .rowBlock: blocking.rowBlock
      case .rowBlocks: quotient(d.m, blocking.rowBlock)
      case .strips: quotient(d.n, blocking.stripWidth)
      case .depthBlock: blocking.depthBlock
      case .panel: blocking.packedDepth(d) * blocking.stripWidth
      case .groups: quotient(d.m, ProductForm.groupRows(blocking.tileRows))
      case .packedLeft: blocking.packedLeftCount(d)
      case .batch(let i): d.batch[i]
      case .leftBatch(let i): d.a.batchStrides[i]
      case .rightBatch(let i): d.b.batchStrides[i]
      case .resultBatch(let i): d.c.batchStrides[i]
      }
    }
  }
}

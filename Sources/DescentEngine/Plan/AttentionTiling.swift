import DescentGraph

struct AttentionExtents: Hashable {
  var batch: Int
  var time: Int
  var heads: Int
  var width: Int
  init(_ shape: Shape) { (batch, time, heads, width) = (shape[0], shape[1], shape[2], shape[3]) }
}

/// How an attention kernel cuts its work, and what memory each thread needs for it. Follows from shapes and the
/// processor's vectors, never from the number of threads.
struct AttentionTiling {
  let lanes: Int
  /// Columns that a packed matrix keeps together: two vectors, as many as a register tile has.
  var chunk: Int { 2 * lanes }
  /// Keys in whole chunks.
  let paddedTime: Int
  /// The width in whole vectors.
  let paddedWidth: Int
  /// Floats from one query's weights to the next one's. The extra vector keeps rows from falling onto the same cache
  /// lines when the time is a power of two.
  var panelStride: Int { paddedTime + lanes }
  /// Queries whose weights are computed together. Weights beyond the last of them are never computed, so few are good
  /// for a causal attention; many read each key less often.
  let rows: Int
  /// Queries whose weights are in memory together: for the gradient, which sums over them.
  let panelRows: Int
  /// Parts that the queries of one head are cut into, each a task of its own.
  let parts: Int
  private let isGradient: Bool

  /// A panel of weights fills at most half of a second-level cache of 1 MB. At 16 queries it ends getting smaller: above
  /// 8192 keys (4096 for the gradient, which has two panels) it lies in the third level.
  static let panelCount = 131_072

  init(_ extents: AttentionExtents, isGradient: Bool, lanes: Int) {
    self.lanes = lanes
    self.isGradient = isGradient
    let time = extents.time
    paddedTime = (time + 2 * lanes - 1) / (2 * lanes) * (2 * lanes)
    paddedWidth = (extents.width + lanes - 1) / lanes * lanes
    let stride = paddedTime + lanes
    let room = max(Self.panelCount / (isGradient ? 2 : 1) / stride / 16 * 16, 16)
    let wanted = time <= 256 ? 16 : time <= 1024 ? 32 : 64
    let rows = min(wanted, room)
    self.rows = rows
    let all = (time + rows - 1) / rows * rows
    panelRows = isGradient ? min(min(128, room) / rows * rows, all) : min(rows, all)
    // Sixteen tasks are enough for as many threads. A part packs the keys anew, so it has at least 64 queries.
    let heads = max(extents.batch * extents.heads, 1)
    parts = isGradient || heads >= 16 ? 1 : max(min((16 + heads - 1) / heads, time / 64), 1)
  }

  /// Floats of a packed matrix of keys or values: chunks `[paddedWidth, chunk]`.
  var packedCount: Int { paddedTime * paddedWidth }
  private var panelFloats: Int { panelRows * panelStride }
  var scratchCount: Int { (packedCount + panelFloats) * (isGradient ? 2 : 1) }

  // Where the parts of a thread's working memory begin.
  var packedKeys: Int { 0 }
  var weights: Int { packedCount }
  var packedValues: Int { packedCount + panelFloats }
  var slopes: Int { 2 * packedCount + panelFloats }
}

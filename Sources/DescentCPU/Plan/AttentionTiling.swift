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
  /// Columns that a transposed matrix keeps together: two vectors, as many as a register tile has.
  var chunk: Int { 2 * lanes }
  /// Rows of a register tile: with two vectors each they leave room for what is multiplied, and are enough to hide the
  /// latency of the multiply-adds.
  var tileRows: Int { lanes >= 16 ? 8 : 4 }
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
  /// Queries in whole blocks.
  private let blockedTime: Int

  /// About as many weights as a panel holds: half of a second-level cache of 1 MB. The gradient's two panels then fill
  /// all of it, which is worth it: the more queries they have, the less often the gradients of all keys and values are
  /// read and written. With 4096 keys and more, 32 queries have larger panels, and those are in the third level.
  private static let panelCount = 135_168

  init(_ extents: AttentionExtents, isGradient: Bool, lanes: Int) {
    self.lanes = lanes
    self.isGradient = isGradient
    let time = extents.time
    func whole(_ count: Int, _ step: Int) -> Int { (count + step - 1) / step * step }
    paddedTime = whole(time, 2 * lanes)
    paddedWidth = whole(extents.width, lanes)
    let room = max(Self.panelCount / (paddedTime + lanes) / 16 * 16, 32)
    rows = time <= 256 ? 16 : time <= 1024 || isGradient ? 32 : min(64, room)
    blockedTime = whole(time, rows)
    panelRows = min(isGradient ? min(128, room) / rows * rows : rows, blockedTime)
    // Sixteen tasks are enough for as many threads. A part packs the keys anew, so it has at least 64 queries.
    let heads = max(extents.batch * extents.heads, 1)
    parts = isGradient || heads >= 16 ? 1 : max(min((16 + heads - 1) / heads, time / 64), 1)
  }

  // MARK: A thread's working memory

  private var packedCount: Int { paddedTime * paddedWidth }
  private var rowsCount: Int { (isGradient ? blockedTime : rows) * paddedWidth }
  private var panelFloats: Int { panelRows * panelStride }

  /// Keys times the scale, transposed: chunks `[paddedWidth, chunk]`.
  var transposedKeys: Int { 0 }
  /// Queries `[time, paddedWidth]`; without the gradient those of one block.
  var queries: Int { packedCount }
  /// The panel of weights `[panelRows, panelStride]`.
  var weights: Int { queries + rowsCount }
  /// Values: transposed like the keys for the gradient, else `[time, paddedWidth]`.
  var values: Int { weights + panelFloats }
  /// The panel of the weights' gradient.
  var slopes: Int { values + packedCount }
  /// Keys and cotangents `[time, paddedWidth]`.
  var keys: Int { slopes + panelFloats }
  var cotangents: Int { keys + packedCount }
  /// Gradients of keys and of values `[time, paddedWidth]`, when several panels add to them.
  var hasTotals: Bool { isGradient && blockedTime > panelRows }
  var totals: Int { cotangents + rowsCount }
  var totalCount: Int { packedCount }
  var scratchCount: Int { !isGradient ? slopes : totals + (hasTotals ? 2 * totalCount : 0) }
}

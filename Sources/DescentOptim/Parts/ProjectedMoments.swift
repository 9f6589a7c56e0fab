import DescentGraph

/// Adam's averages of a matrix that is projected to a few directions of its shorter side (GaLore).
public struct ProjectedMoments: OptimizerState {
  /// The directions in rows, `[rank, shorter side]`.
  @Slot public var directions: Tensor
  /// Adam's averages, `[rank, longer side]`.
  public let moments: Moments
  /// Zeros, with as many directions as the shorter side has.
  public init(like w: Tensor) { self.init(like: w, rank: .max) }
  init(like w: Tensor, rank: Int) {
    let (short, long) = (min(w.shape[0], w.shape[1]), max(w.shape[0], w.shape[1]))
    directions = .zeros([min(rank, short), short], dtype: w.dtype)
    moments = Moments(like: .zeros([min(rank, short), long], dtype: w.dtype))
  }

  /// `body` of the projected gradient, projected back; the directions are its greatest singular ones when that is due.
  func update(_ g: Tensor, isDue: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
    let isTall = g.shape[0] > g.shape[1]
    let wide = isTall ? g.transposed : g
    directions =
      when(isDue, otherwise: [directions]) {
        [wide.singularValues().u.sliced(axis: 1, 0..<directions.shape[0]).transposed]
      }[0]
    let result = matmul(directions.transposed, body(matmul(directions, wide)))
    return isTall ? result.transposed : result
  }
}

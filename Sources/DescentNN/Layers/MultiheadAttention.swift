import DescentGraph

/// Self-attention with several heads (Vaswani et al. 2017, arXiv 1706.03762): `[batch, time, width] → [batch, time,
/// width]`.
///
/// One packed projection gives queries, keys and values, in this order, each the heads side by side, as PyTorch has it.
public struct MultiheadAttention: UnaryModule {
  /// Weight `[3·width, width]`, bias `[3·width]`.
  public let inProjection: Linear
  /// Weight `[width, width]`, bias `[width]`.
  public let outProjection: Linear
  /// Into how many parts the width falls, each with an attention of its own.
  public let heads: Int
  /// Whether a position sees only itself and those before it.
  public let isCausal: Bool

  /// - Parameters:
  ///   - embedDimension: the width of input and output, a multiple of `heads`.
  ///   - heads: into how many parts the width falls.
  ///   - causal: whether a position sees only itself and those before it.
  ///   - bias: whether the linear maps have one.
  public init(embedDimension: Int, heads: Int, causal: Bool = false, bias: Bool = true) {
    require(
      heads > 0 && embedDimension % heads == 0,
      "MultiheadAttention: the width \(embedDimension) cannot be divided into \(heads) heads")
    let packed = Initializer.xavierUniform(fanIn: embedDimension, fanOut: 3 * embedDimension)
    inProjection = Linear(embedDimension, 3 * embedDimension, bias: bias, initializer: packed)
    outProjection = Linear(
      embedDimension, embedDimension, bias: bias, initializer: .leCunUniform(fanIn: embedDimension))
    self.heads = heads
    isCausal = causal
  }

  /// Traps unless x is `[batch, time, width]`, with the layer's width.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let width = outProjection.weight.shape[0]
    require(
      x.rank == 3 && x.shape[2] == width,
      "MultiheadAttention: input shape \(x.shape) is not [batch, time, \(width)]")
    let (batch, time) = (x.shape[0], x.shape[1])
    let packed = inProjection(x).reshaped([batch, time, 3, heads, width / heads])
    let parts = (0..<3).map { packed.sliced(axis: 2, $0..<($0 + 1)).reshaped([batch, time, heads, width / heads]) }
    let attended = attention(parts[0], parts[1], parts[2], causal: isCausal)
    return outProjection(attended.reshaped([batch, time, width]))
  }
}

import DescentGraph

/// A decoder of the GPT family (Radford et al. 2019): tokens `[batch, time]` → logits `[batch, time, vocabulary]`.
///
/// Learned positions, norms before each half of a block, GELU by its tanh approximation, a head without bias.
public struct Transformer: UnaryModule {
  public let tokens: Embedding
  public let positions: Embedding
  public let blocks: [TransformerBlock]
  public let norm: LayerNorm
  public let head: Linear

  /// - Parameters:
  ///   - context: the longest sequence it takes.
  ///   - depth: the number of blocks.
  public init(vocabulary: Int, context: Int, width: Int, depth: Int, heads: Int) {
    tokens = Embedding(vocabulary, width)
    positions = Embedding(context, width)
    blocks = (0..<depth).map { _ in TransformerBlock(width: width, heads: heads) }
    norm = LayerNorm(width)
    head = Linear(width, vocabulary, bias: false, initializer: .leCunUniform(fanIn: width))
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let context = positions.weight.shape[0]
    require(
      x.rank == 2 && x.shape[1] <= context,
      "Transformer: input shape \(x.shape) is not [batch, time] with a time of at most \(context)")
    let start = tokens(x) + positions.weight.value.sliced(axis: 0, 0..<x.shape[1])
    return head(norm(blocks.reduce(start) { $1($0) }))
  }
}

/// Attention, then two linear layers with four times the width between them, each added to what it reads:
/// `[batch, time, width] → [batch, time, width]`.
public struct TransformerBlock: UnaryModule {
  public let attentionNorm: LayerNorm
  public let attention: MultiheadAttention
  public let expansionNorm: LayerNorm
  public let expansion: Linear
  public let contraction: Linear

  public init(width: Int, heads: Int) {
    attentionNorm = LayerNorm(width)
    attention = MultiheadAttention(embedDimension: width, heads: heads, causal: true)
    expansionNorm = LayerNorm(width)
    expansion = Linear(width, 4 * width, initializer: .heUniform(fanIn: width))
    contraction = Linear(4 * width, width, initializer: .leCunUniform(fanIn: 4 * width))
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let attended = x + attention(attentionNorm(x))
    return attended + contraction(geluTanh(expansion(expansionNorm(attended))))
  }
}

import DescentGraph

/// A decoder of the GPT family (Radford et al. 2019): tokens `[batch, time]` → logits `[batch, time, vocabulary]`.
///
/// Learned positions, norms before each half of a block, GELU by its tanh approximation, a head without bias.
public struct Transformer: UnaryModule {
  /// Weight `[vocabulary, width]`.
  public let tokens: Embedding
  /// Weight `[context, width]`.
  public let positions: Embedding
  /// In the order in which they are applied.
  public let blocks: [TransformerBlock]
  /// Before the head, over the width.
  public let norm: LayerNorm
  /// Weight `[vocabulary, width]`, no bias; not tied to the tokens' weight.
  public let head: Linear

  /// - Parameters:
  ///   - vocabulary: how many tokens there are.
  ///   - context: the longest sequence it takes.
  ///   - width: of a token's vector, a multiple of `heads`.
  ///   - depth: the number of blocks.
  ///   - heads: of each block's attention.
  public init(vocabulary: Int, context: Int, width: Int, depth: Int, heads: Int) {
    tokens = Embedding(vocabulary, width)
    positions = Embedding(context, width)
    blocks = (0..<depth).map { _ in TransformerBlock(width: width, heads: heads) }
    norm = LayerNorm(width)
    head = Linear(width, vocabulary, bias: false, initializer: .leCunUniform(fanIn: width))
  }

  /// Tokens `[batch, time]`, i32 or i64 in `0..<vocabulary`, to logits `[batch, time, vocabulary]`. Traps when the time
  /// is beyond the context.
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
  /// Before the attention, over the width.
  public let attentionNorm: LayerNorm
  /// Causal.
  public let attention: MultiheadAttention
  /// Before the expansion, over the width.
  public let expansionNorm: LayerNorm
  /// Weight `[4·width, width]`, bias `[4·width]`; GELU follows.
  public let expansion: Linear
  /// Weight `[width, 4·width]`, bias `[width]`.
  public let contraction: Linear

  /// Traps unless the width is a multiple of `heads`.
  public init(width: Int, heads: Int) {
    attentionNorm = LayerNorm(width)
    attention = MultiheadAttention(embedDimension: width, heads: heads, causal: true)
    expansionNorm = LayerNorm(width)
    expansion = Linear(width, 4 * width, initializer: .heUniform(fanIn: width))
    contraction = Linear(4 * width, width, initializer: .leCunUniform(fanIn: 4 * width))
  }

  /// Traps unless x is `[batch, time, width]`, with the block's width.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let attended = x + attention(attentionNorm(x))
    return attended + contraction(geluTanh(expansion(expansionNorm(attended))))
  }
}

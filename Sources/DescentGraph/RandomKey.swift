/// The source of random numbers: a 64-bit key. The same key gives the same numbers, on every machine and thread count.
///
/// There is no global generator. A key is split (`split`) or combined with a number (`folding(in:)`) to get new,
/// independent ones. Numbers come from Philox 4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC 2011), keyed by the key and counted by the element's index, so that any element can be drawn on its own.
public struct RandomKey: Sendable {
  /// An i64 scalar; in a traced function it may be an input, so that a new seed does not trace again.
  public let bits: Tensor

  /// Any number is a good seed.
  public init(_ seed: Int) { bits = Tensor([Int64(seed)], shape: []) }
  /// A key of 64 bits that may be known only when the program runs. Traps unless it is an i64 scalar.
  public init(_ bits: Tensor) {
    require(
      bits.dtype == .int64 && bits.shape.isScalar, "a random key is an i64 scalar, not \(bits.dtype)\(bits.shape)")
    self.bits = bits
  }

  /// The key that belongs to this key and `number`.
  public func folding(in number: Tensor) -> RandomKey {
    // Streams with the top bit set make keys, the others make numbers: a key never repeats a drawn number.
    let stream = number.cast(to: .int64) | Tensor([Int64.min], shape: [])
    return RandomKey(Tensor(.randomBits, [bits, stream], shape: [], dtype: .int64))
  }
  /// A key that is known already is combined here, once, and not in every kernel that draws from the result.
  public func folding(in number: Int) -> RandomKey {
    guard case .constant(.data(let storage)) = bits.node.op else {
      return folding(in: Tensor([Int64(number)], shape: []))
    }
    let stream = UInt64(bitPattern: Int64(number)) | 1 << 63
    let words = Philox(key: UInt64(bitPattern: Int64(storage.integer(at: 0)))).block(0, stream: stream)
    return RandomKey(Int(bitPattern: UInt(words[1]) << 32 | UInt(words[0])))
  }

  /// The key that belongs to this key and a name (FNV-1a of its UTF-8 bytes).
  public func folding(in name: String) -> RandomKey {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return folding(in: Int(Int64(bitPattern: hash >> 1)))
  }

  /// `count` independent keys.
  public func split(_ count: Int = 2) -> [RandomKey] { (0..<count).map { folding(in: $0) } }

  /// Uniform words: i32 or i64.
  public func words(_ shape: Shape, dtype: DType = .int32) -> Tensor {
    Tensor(.randomBits, [bits, Tensor(0, dtype: .int64)], shape: shape, dtype: dtype)
  }

  /// Uniform in `low..<high`: the upper 24 bits of a word (53 for float64) as a fraction.
  public func uniform(_ shape: Shape, from low: Double = 0, to high: Double = 1, dtype: DType = .float32) -> Tensor {
    let double = dtype == .float64
    let words = words(shape, dtype: double ? .int64 : .int32).shiftedRight(by: double ? 11 : 8)
    let fraction = words.cast(to: double ? .float64 : .float32) * (double ? 0x1p-53 : 0x1p-24)
    let result = low == 0 && high == 1 ? fraction : low + (high - low) * fraction
    return result.cast(to: dtype)
  }

  /// Normally distributed, by Box and Muller's transform of two uniform draws.
  public func normal(_ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .float32) -> Tensor {
    let keys = split()
    let wide: DType = dtype == .float64 ? .float64 : .float32
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    let radius = sqrt(-2 * log(1 - keys[0].uniform(shape, dtype: wide)))
    let angle = (2 * Double.pi) * keys[1].uniform(shape, dtype: wide)
    return (mean + deviation * (radius * cos(angle))).cast(to: dtype)
  }

  /// `true` with `probability`.
  public func bernoulli(_ probability: Tensor, _ shape: Shape) -> Tensor {
    let draws = uniform(shape)
    return draws .< probability.cast(to: .float32)
  }
}

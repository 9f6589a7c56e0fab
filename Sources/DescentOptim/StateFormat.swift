import DescentRuntime
import DescentGraph
import Foundation

/// How optimizer state is kept in memory, when that is not as it is computed with.
public enum StateFormat: String, CaseIterable, Sendable {
  /// The upper half of a float32: 8 significant bits. Halves the memory.
  case bfloat16
  /// One byte an element and a scale for each block of up to 512 (blocks as in Dettmers et al. 2021, arXiv 2110.02861).
  ///
  /// A byte is a sign and one of 127 magnitudes: a float of four bits of exponent and three of mantissa, times the
  /// block's scale. Small elements so keep their meaning: over 4.7 decades, about as far as squared gradients of one
  /// block lie apart, neighbours differ by an eighth at most. The greatest of a block and zero are kept exactly, and
  /// nothing else becomes zero, so that no method divides by the root of a mean square that was lost.
  case blockwise8
}

/// The key of the present step's rounding; without one, encoding rounds to the nearest.
enum Rounding {
  @TaskLocal static var key: RandomKey?
}

/// A float tensor as a few variables of smaller types.
struct EncodedTensor {
  let format: StateFormat
  let shape: Shape
  let dtype: DType
  /// The tensor with a block in each row. Where possible a block is a part of the last axis, so that the update computes in
  /// this shape from decoding to encoding.
  private let blocks: Shape

  /// Nil where the format does not apply: to integers, and to tensors whose elements make no blocks of 32 to 512.
  init?(_ format: StateFormat, shape: Shape, dtype: DType) {
    guard dtype == .float32 || dtype == .float64 else { return nil }
    let count = shape.elementCount
    // Four vectors at a time, or whole vectors, where that is possible.
    let widths: [Int] = [64, 16, 1].flatMap { step in Array(stride(from: 512, through: 32, by: -step)) }
    func cut(_ extent: Int) -> [Int]? { widths.first { extent % $0 == 0 }.map { [extent / $0, $0] } }
    let inLastAxis: [Int]? = shape.extents.last.flatMap(cut).map { shape.extents.dropLast() + $0 }
    let parts = inLastAxis ?? cut(count)
    if parts == nil && format == .blockwise8 { return nil }
    (self.format, self.shape, self.dtype) = (format, shape, dtype)
    blocks = Shape(parts ?? [1, count])
  }

  /// Variables that hold `start`, rounded to the nearest.
  func variables(startingAt start: Storage) -> [Variable] {
    // Every byte is its neighbour, and the first is zero.
    let isZero =
      start.pointer.load(as: UInt8.self) == 0 && memcmp(start.pointer, start.pointer + 1, start.byteCount - 1) == 0
    let parts = encoded(Tensor(storage: start), noise: nil)
    // Zeros of any size without a computation.
    if isZero { return parts.map { Variable(shape: $0.shape, dtype: $0.dtype) } }
    do {
      let values = try Trace.$current.withValue(nil) { try evaluate(parts, on: .reference) }
      return values.map { Variable($0) }
    } catch {
      // The definition needs no library.
      fatalError("optimizer state \(dtype)\(shape) could not be encoded: \(error)")
    }
  }

  /// The tensor that `parts` stand for.
  func decoded(_ parts: [Tensor]) -> Tensor {
    switch format {
    case .bfloat16: return parts[0].cast(to: dtype).reshaped(shape)
    case .blockwise8:
      let code = parts[0].cast(to: .int32)
      let level = code & word(127)
      let magnitude = (level + Double(Self.levelZero)).shiftedLeft(by: Self.cutBits)
      let float = ((code & word(128)).shiftedLeft(by: 24) | magnitude).bits
      return (select(level .== 0, Tensor.zeros(like: float), float) * parts[1]).cast(to: dtype).reshaped(shape)
    }
  }

  /// What stands for `value`. Its neighbour above or below is drawn, so that the mean is the value itself; with no key,
  /// the nearer one is taken.
  ///
  /// Bits are cut off a float32 after a draw of as many bits was added: a carry is the step to the next number.
  func encoded(_ value: Tensor, noise key: RandomKey?) -> [Tensor] {
    let value = value.reshaped(blocks)
    switch format {
    case .bfloat16:
      guard let key else { return [value.cast(to: .bfloat16)] }
      let sum = value.cast(to: .float32).bits + noise(key, bits: 16)
      return [(sum & word(-65536)).bits.cast(to: .bfloat16)]
    case .blockwise8:
      let value = value.cast(to: .float32)
      // Magnitudes are ordered as their bits are, NaN last.
      let largest = abs(value).bits.max(axes: [blocks.rank - 1], keepingAxes: true).bits
      let scale = largest * (1 / Self.greatest)
      let inverse = select(scale .> 0, (1 - 0x1p-21) / scale, Tensor.zeros(like: scale))
      let draw = key.map { noise($0, bits: Self.cutBits) } ?? word(1 << (Self.cutBits - 1))
      let rounded = ((value * inverse).bits + draw).shiftedRight(by: Self.cutBits)
      let sign = rounded.shiftedRight(by: 4) & word(128)
      let least = select(value .== 0, word(0), word(1))
      let level = maximum((rounded & word(0x7FF)) - Double(Self.levelZero), least)
      return [(level | sign).cast(to: .uint8), scale]
    }
  }

  /// Of a float32's 23 bits of mantissa three stay. The greatest number below 2 is then level 127, which the greatest of
  /// a block comes so close to from below that it is never drawn away; level 0, which stands for zero, would be 2⁻¹⁵.
  private static let cutBits = 20
  private static let greatest = 1.875
  private static let levelZero = Int(Float(greatest).bitPattern >> UInt32(cutBits)) - 127

  private func word(_ value: Int) -> Tensor { Tensor(filled: Double(value), shape: blocks, dtype: .int32) }

  /// A draw of so many bits for each element: the words of a row and of a column, combined. Any two elements' draws are
  /// independent, which is what the error of a sum depends on, and there are far fewer words to make than elements.
  private func noise(_ key: RandomKey, bits: Int) -> Tensor {
    let keys = key.split()
    let last = blocks.rank - 1
    let rows: [Int] = blocks.extents.dropLast() + [1]
    let columns = [Int](repeating: 1, count: last) + [blocks[last]]
    let words = [keys[0].words(Shape(rows)), keys[1].words(Shape(columns))].map { $0.shiftedRight(by: 32 - bits) }
    return words[0] ^ words[1]
  }
}

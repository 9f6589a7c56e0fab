import DescentEngine
import DescentGraph
import Foundation

/// How optimizer state is kept in memory, when that is not as it is computed with.
public enum StateFormat: String, CaseIterable, Sendable {
  /// The upper half of a float32: 8 significant bits. Halves the memory.
  case bfloat16
  /// One byte an element and a float32 scale for each block of up to 256 (Dettmers et al. 2021, arXiv 2110.02861).
  ///
  /// A byte is a sign and one of 127 magnitudes of the block's greatest, ((k − ½) / 126½)², so that small elements keep
  /// their meaning: 4 decades of them, about as far as squared gradients of one block lie apart. Zero is kept exactly,
  /// and nothing else becomes zero, so that no method divides by the root of a mean square that was lost.
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

  /// Nil where the format does not apply: to integers, and to tensors whose elements make no blocks of 32 to 256.
  init?(_ format: StateFormat, shape: Shape, dtype: DType) {
    guard dtype == .float32 || dtype == .float64 else { return nil }
    let count = shape.elementCount
    // Whole vectors of 16 where possible.
    let widths = stride(from: 256, through: 32, by: -16).map { $0 } + (32...256).reversed()
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
    let program = Trace.record(arguments: []) { _ in encoded(Tensor(storage: start), noise: nil) }
    // Zeros of any size without the interpreter.
    if isZero { return program.results.map { Variable(Storage(filled: $0.dtype == .uint8 ? 128 : 0, like: $0)) } }
    return Interpreter<Double>().run(program, arguments: []).results.map { Variable($0.storage()) }
  }

  /// The tensor that `parts` stand for.
  func decoded(_ parts: [Tensor]) -> Tensor {
    switch format {
    case .bfloat16: return parts[0].cast(to: dtype).reshaped(shape)
    case .blockwise8:
      let code = parts[0].cast(to: dtype) - 128
      let magnitude = abs(code) - 0.5
      return (sign(code) * (magnitude * magnitude) * parts[1]).reshaped(shape)
    }
  }

  /// What stands for `value`. Its neighbour above or below is drawn, so that the mean is the value itself; with no key,
  /// the nearer one is taken.
  func encoded(_ value: Tensor, noise key: RandomKey?) -> [Tensor] {
    switch format {
    case .bfloat16:
      let value = value.reshaped(blocks)
      let nearest = value.cast(to: .bfloat16).cast(to: dtype)
      guard let key else { return [nearest.cast(to: .bfloat16)] }
      // A little more than half a unit in the last place away rounds to the next number, up or down.
      let isBelow = abs(value) .> abs(nearest)
      let reach = select(
        isBelow, Tensor(filled: 1 + 0x1.03p-8, shape: blocks, dtype: dtype),
        Tensor(filled: 1 - 0x1.03p-8, shape: blocks, dtype: dtype))
      let other = (nearest * reach).cast(to: .bfloat16).cast(to: dtype)
      let goesThere = noise(key) * abs(other - nearest) .< abs(value - nearest)
      return [select(goesThere, other, nearest).cast(to: .bfloat16)]
    case .blockwise8:
      let value = value.reshaped(blocks)
      let size = abs(value)
      let scale = size.max(axes: [blocks.rank - 1], keepingAxes: true) * (1 / (126.5 * 126.5))
      let inverse = select(scale .> 0, 1 / scale, Tensor.zeros(like: scale))
      let square = size * inverse
      // Level k stands for (k − ½)² of the scale; between it and the next lie 2k.
      let level = maximum(floor(sqrt(square) + 0.5), 1)
      let low = (level - 0.5) * (level - 0.5)
      let draw = key.map(noise) ?? Tensor(filled: 0.5, shape: blocks, dtype: dtype)
      let isUp = draw * (2 * level) .< square - low
      let chosen = minimum(level + isUp.cast(to: dtype), 127)
      return [(sign(value) * chosen + 128).cast(to: .uint8), scale]
    }
  }

  /// A draw from 0..<1 for each element: the words of a row and of a column, combined. Any two elements' draws are
  /// independent, which is what the error of a sum depends on, and there are far fewer words to make than elements.
  private func noise(_ key: RandomKey) -> Tensor {
    let keys = key.split()
    let last = blocks.rank - 1
    let rows: [Int] = blocks.extents.dropLast() + [1]
    let columns = [Int](repeating: 1, count: last) + [blocks[last]]
    let words = keys[0].words(Shape(rows)) ^ keys[1].words(Shape(columns))
    return (words.shiftedRight(by: 8).cast(to: .float32) * 0x1p-24).cast(to: dtype)
  }
}

extension Storage {
  fileprivate convenience init(filled byte: UInt8, like node: Node) {
    self.init(shape: node.shape, dtype: node.dtype)
    pointer.initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
  }
}

import DescentGraph
import RealModule

extension Interpreter {
  func constant(_ literal: Literal, _ node: Node) -> Value {
    switch literal {
    case .data(let storage): return Value(storage)
    case .splat(let value):
      let count = node.shape.elementCount
      return node.dtype.isFloat
        ? Value(floats: [Scalar](repeating: Scalar(value), count: count), shape: node.shape, dtype: node.dtype)
        : Value(integers: [Int](repeating: Int(value), count: count), shape: node.shape, dtype: node.dtype)
    }
  }

  /// Each element is its own position on `axis`.
  func iota(_ axis: Int, _ node: Node) -> Value {
    var positions: [Int] = []
    node.shape.forEachIndex { positions.append($0[axis]) }
    return node.dtype.isFloat
      ? rounded(Value(floats: positions.map { Scalar($0) }, shape: node.shape, dtype: node.dtype), byCast: true)
      : Value(integers: positions.map { node.dtype.wrapping($0) }, shape: node.shape, dtype: node.dtype)
  }

  /// Words of the Philox generator that `key` selects.
  ///
  /// Block b of a stream is Philox of the counter (low half of b, high half of b, low half of the stream, high half of
  /// the stream). Element i (row-major) of an i32 node is word i mod 4 of block i / 4. Element i of an i64 node takes
  /// words 2·(i mod 2) (its low half) and 2·(i mod 2) + 1 (its high half) of block i / 2.
  func randomBits(key: Value, stream: Value, _ node: Node) -> Value {
    let philox = Philox(key: UInt64(bitPattern: Int64(key.integers[0])))
    let stream = UInt64(bitPattern: Int64(stream.integers[0]))
    let elements = (0..<node.shape.elementCount).map { i -> Int in
      if node.dtype == .int32 {
        let block = philox.block(UInt64(i / 4), stream: stream)
        return Int(Int32(bitPattern: block[i % 4]))
      }
      let block = philox.block(UInt64(i / 2), stream: stream)
      let low = UInt64(block[2 * (i % 2)])
      let high = UInt64(block[2 * (i % 2) + 1])
      return Int(Int64(bitPattern: high << 32 | low))
    }
    return Value(integers: elements, shape: node.shape, dtype: node.dtype)
  }
}

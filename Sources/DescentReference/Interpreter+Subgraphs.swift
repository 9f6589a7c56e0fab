import DescentGraph
import RealModule

/// Graphs within the graph. Each result is computed for itself, by running the whole body.
extension Interpreter {
  func call(_ graph: Subgraph, _ result: Int, _ x: [Value]) -> Value {
    evaluate([graph.results[result]], inputs: Dictionary(uniqueKeysWithValues: zip(graph.parameters, x)))[0]
  }

  /// Runs the body once for each element of the sequences, in order or in reverse order. An output of no steps is empty;
  /// a carry is then what it was at the start. A step that
  /// the mask leaves out changes nothing, and its outputs are zeros.
  func scan(_ loop: Scan, _ result: Int, _ x: [Value]) -> Value {
    let carryCount = loop.carryCount
    let sequences = x[carryCount..<(carryCount + loop.sequenceCount)]
    let captured = x[(carryCount + loop.sequenceCount)...]
    let length = sequences[carryCount].shape[0]
    let wanted = loop.body.results[result]
    var carries = Array(x[..<carryCount])
    var outputs: [Value] = []
    for step in 0..<length {
      let position = loop.isReversed ? length - 1 - step : step
      let elements = sequences.map { element(position, of: $0) }
      if loop.isMasked, elements[0].integers == [0] {
        if result >= carryCount { outputs.append(constant(.splat(0), wanted)) }
        continue
      }
      let inputs = Dictionary(uniqueKeysWithValues: zip(loop.body.parameters, carries + elements + captured))
      let values = evaluate(Array(loop.body.results[..<carryCount]) + [wanted], inputs: inputs)
      carries = Array(values[..<carryCount])
      if result >= carryCount { outputs.append(values[carryCount]) }
    }
    if result < carryCount { return carries[result] }
    if loop.isReversed { outputs.reverse() }
    let shape = Shape([length] + wanted.shape.extents)
    return wanted.dtype.isFloat
      ? Value(floats: outputs.flatMap(\.floats), shape: shape, dtype: wanted.dtype)
      : Value(integers: outputs.flatMap(\.integers), shape: shape, dtype: wanted.dtype)
  }

  private func element(_ position: Int, of x: Value) -> Value {
    let shape = Shape(Array(x.shape.dropFirst()))
    let start = position * shape.elementCount
    return Value(
      x, shape: shape, range: start..<(start + shape.elementCount))
  }
}

extension Interpreter.Value {
  /// A run of another value's elements.
  fileprivate init(_ whole: Self, shape: Shape, range: Range<Int>) {
    switch whole.elements {
    case .floats(let x): self.init(floats: Array(x[range]), shape: shape, dtype: whole.dtype)
    case .integers(let x): self.init(integers: Array(x[range]), shape: shape, dtype: whole.dtype)
    }
  }
}

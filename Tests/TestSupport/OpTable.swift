import DescentGraph

/// A use of one op on float64 inputs: what the conformance tests differentiate, and what an engine can be run on.
package struct OpRow: Sendable, CustomStringConvertible {
  package enum Domain: Sendable {
    /// About -1.5 ... 1.5. No two elements, of one input or of several, are equal, and none is a multiple of 1/4.
    case spread
    /// The same above 0.3.
    case positive
  }
  package struct Input: Sendable {
    let shape: Shape
    let domain: Domain
  }

  package let name: String
  /// The op that this row is about.
  package let kind: OpKind
  package let inputs: [Input]
  package let body: @Sendable ([Tensor]) -> Tensor
  /// What to take finite differences of, when that is not `body`: the same function with everything behind a
  /// stopGradient replaced by its value at the given point.
  package let frozen: (@Sendable (_ x: [Tensor], _ point: [Tensor]) -> Tensor)?

  package var description: String { name }

  package init(
    _ name: String, _ kind: OpKind, _ inputs: [(Shape, Domain)],
    frozen: (@Sendable (_ x: [Tensor], _ point: [Tensor]) -> Tensor)? = nil,
    _ body: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.kind = kind
    self.inputs = inputs.map { Input(shape: $0.0, domain: $0.1) }
    self.frozen = frozen
    self.body = body
  }

  /// The body as a program.
  package func program() -> Program {
    Trace.record(arguments: inputs.enumerated().map { ("x\($0.offset)", $0.element.shape, .float64) }) { [body($0)] }
  }

  /// Values for the inputs, in order. Neighbouring numbers are 0.13 apart within an input and inputs are 0.017 apart,
  /// so that a finite difference never crosses a tie or a kink.
  package func arguments() -> [Storage] {
    var random = SplitMix(UInt64(name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }))
    return inputs.enumerated().map { number, input in
      let count = input.shape.elementCount
      let order = (0..<count).shuffled(using: &random)
      let lowest =
        switch input.domain {
        case .spread: -0.13 * Double(count / 2) - 0.065
        case .positive: 0.31
        }
      return Storage(order.map { lowest + 0.13 * Double($0) + 0.017 * Double(number) }, shape: input.shape)
    }
  }
}

/// One row per op at least; ops with attributes have several. A meta-test fails when an op has none.
package enum OpTable {
  package static let rows: [OpRow] =
    leafRows + unaryRows + binaryRows + choiceRows + reductionRows + movementRows + productRows + indexingRows
    + subgraphRows
    + convolutionRows + windowRows + poolingRows
    + sequenceRows
    + attentionRows
    + linearAlgebraRows

  /// A node whose type is stated, for ops that Tensor offers no function for.
  static func node(_ op: Op, _ inputs: [Tensor], _ shape: Shape? = nil, _ dtype: DType? = nil) -> Tensor {
    Tensor(Node(op, inputs.map(\.node), shape: shape ?? inputs[0].shape, dtype: dtype ?? inputs[0].dtype))
  }

  /// Small integers made of `x`, so that differentiation has to come past the op under test.
  static func integers(_ x: Tensor) -> Tensor { (x * 3).cast(to: .int32) }
  static func floats(_ x: Tensor) -> Tensor { x.cast(to: .float64) }
  static func indices(_ values: [Int32], _ shape: Shape? = nil) -> Tensor { Tensor(values, shape: shape) }
}

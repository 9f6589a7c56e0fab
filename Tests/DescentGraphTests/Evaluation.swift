import DescentReference
import DescentGraph
import RealModule

/// The reference value of a tensor that depends on no input.
func evaluated<Scalar: Real & BinaryFloatingPoint & Sendable>(
  _ tensor: Tensor, as type: Scalar.Type = Double.self
) -> [Scalar] {
  Interpreter<Scalar>().evaluate([tensor.node], inputs: [:])[0].floats
}

/// The reference value of an integer or bool tensor that depends on no input.
func integers(_ tensor: Tensor) -> [Int] {
  Interpreter<Double>().evaluate([tensor.node], inputs: [:])[0].integers
}

/// A program whose inputs have the given types.
func traced(_ types: [(Shape, DType)], _ body: ([Tensor]) -> [Tensor]) -> Program {
  Trace.record(arguments: types.enumerated().map { ("x\($0.offset)", $0.element.0, $0.element.1) }, body)
}

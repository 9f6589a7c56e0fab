import DescentGraph
import RealModule

extension Interpreter {
  /// The value of an op that is defined by its composition in primitives.
  func composition(of node: Node, _ x: [Value]) -> Value {
    let arguments = node.inputs.enumerated().map { ("x\($0.offset)", $0.element.shape, $0.element.dtype) }
    let program = Trace.record(arguments: arguments) { inputs in
      guard let result = AttentionRules.composition(of: node.op, inputs) else {
        fatalError("reference: \(node.op.name) has no composition")
      }
      return [result]
    }
    // Without `afterEachNode`, which knows the nodes of the program only.
    let inner = Interpreter(halfPrecision: halfPrecision)
    return inner.evaluate(program.results, inputs: Dictionary(uniqueKeysWithValues: zip(program.arguments, x)))[0]
  }
}

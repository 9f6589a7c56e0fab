import DescentGraph
import RealModule

extension Interpreter {
  func call(_ graph: Subgraph, _ result: Int, _ x: [Value]) -> Value { fatalError("skeleton") }
  func scan(_ loop: Scan, _ result: Int, _ x: [Value]) -> Value { fatalError("skeleton") }
}

import DescentGraph
import RealModule

extension Interpreter {
  func argsort(_ axis: Int, _ descending: Bool, _ x: Value) -> Value { fatalError("skeleton") }
  func cumulativeSum(_ axis: Int, _ x: Value) -> Value { fatalError("skeleton") }
}

import DescentGraph
import RealModule

extension Interpreter {
  func windows(_ w: Windows, _ x: Value, _ shape: Shape) -> Value { fatalError("skeleton") }
  func foldWindows(_ w: Windows, _ x: Value, _ shape: Shape) -> Value { fatalError("skeleton") }
}

import DescentGraph
import RealModule

extension Interpreter {
  func convolution(_ c: Convolution, _ x: Value, kernel: Value, _ shape: Shape) -> Value { fatalError("skeleton") }
  func convolutionInputGradient(_ c: Convolution, cotangent: Value, kernel: Value, _ shape: Shape) -> Value {
    fatalError("skeleton")
  }
  func convolutionKernelGradient(_ c: Convolution, _ x: Value, cotangent: Value, _ shape: Shape) -> Value {
    fatalError("skeleton")
  }
}

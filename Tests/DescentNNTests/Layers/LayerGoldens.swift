import DescentRuntime
import DescentGraph
import DescentNN
import Foundation

/// sin(0.7·i + phase) · scale + offset for element i in row-major order: numbers that PyTorch was given as well.
func wave(_ shape: Shape, _ phase: Double, scale: Double = 1, offset: Double = 0) -> Tensor {
  Tensor((0..<shape.elementCount).map { Float(sin(0.7 * Double($0) + phase) * scale + offset) }, shape: shape)
}

/// y = layer(x), then the gradients of Σ c·y by x and by every trainable parameter, all in training mode.
func valueAndGradients(_ layer: some UnaryModule, _ x: Tensor, _ c: Tensor) throws -> [[Double]] {
  let function = compile { (arguments: [Tensor]) in
    let y = Forward.training(key: RandomKey(0)) { layer(arguments[0]) }
    let loss = (y * arguments[1]).sum()
    let variables = [arguments[0]] + layer.trainableVariables.map(\.value)
    return [y] + gradients(of: loss, withRespectTo: variables)
  }
  return try function([x, c]).map { try $0.values() }
}

/// The greatest difference of two lists; infinite when they differ in length.
func greatestDifference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { a, b in a == b ? 0 : (a - b).magnitude.isNaN ? .infinity : (a - b).magnitude }.max()
    ?? 0
}

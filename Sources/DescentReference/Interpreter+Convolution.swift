import DescentGraph
import RealModule

extension Interpreter {
  /// Result[b, o, p] = Σ over c, w of x[b, c, p · stride + w · dilation − paddingLow] · kernel[o, c, w], where c runs over
  /// the channels of o's group and elements outside x are 0. Integers wrap.
  func convolution(_ c: Convolution, _ x: Value, kernel: Value, _ shape: Shape) -> Value {
    sum(x, kernel, shape) { add in
      forEachProduct(c, x.shape, kernel.shape, shape) { i, j, k in add(i, j, k) }
    }
  }

  /// Each product of the convolution again, with the result's cotangent in the place of x, added where x was read.
  func convolutionInputGradient(_ c: Convolution, cotangent: Value, kernel: Value, _ shape: Shape) -> Value {
    sum(cotangent, kernel, shape) { add in
      forEachProduct(c, shape, kernel.shape, cotangent.shape) { i, j, k in add(k, j, i) }
    }
  }

  /// Each product of the convolution again, with the result's cotangent in the place of the kernel, added where the
  /// kernel was read.
  func convolutionKernelGradient(_ c: Convolution, _ x: Value, cotangent: Value, _ shape: Shape) -> Value {
    sum(x, cotangent, shape) { add in
      forEachProduct(c, x.shape, shape, cotangent.shape) { i, j, k in add(i, k, j) }
    }
  }

  /// Calls `body` with the offsets into x, the kernel and the result of every product that the convolution adds up.
  private func forEachProduct(
    _ c: Convolution, _ x: Shape, _ kernel: Shape, _ result: Shape, _ body: (Int, Int, Int) -> Void
  ) {
    // The same in every plane: which element of x meets which kernel element for which position.
    let plane = Shape(Array(x.dropFirst(2)))
    let window = Shape(Array(kernel.dropFirst(2)))
    let positions = Shape(Array(result.dropFirst(2)))
    var pairs: [(x: Int, kernel: Int, result: Int)] = []
    positions.forEachIndex { p in
      window.forEachIndex { w in
        let place = plane.indices.map { p[$0] * c.strides[$0] + w[$0] * c.dilations[$0] - c.paddingLow[$0] }
        guard plane.indices.allSatisfy({ 0 <= place[$0] && place[$0] < plane[$0] }) else { return }
        pairs.append((plane.offset(of: place), window.offset(of: w), positions.offset(of: p)))
      }
    }
    let (channels, outputs) = (kernel[1], kernel[0] / c.groups)
    for b in 0..<x[0] {
      for o in 0..<kernel[0] {
        for channel in 0..<channels {
          let i = (b * x[1] + o / outputs * channels + channel) * plane.elementCount
          let j = (o * channels + channel) * window.elementCount
          let k = (b * kernel[0] + o) * positions.elementCount
          for pair in pairs { body(i + pair.x, j + pair.kernel, k + pair.result) }
        }
      }
    }
  }

  /// A value of `shape` to which `products` adds: `add(i, j, k)` adds left[i] · right[j] to element k.
  private func sum(
    _ left: Value, _ right: Value, _ shape: Shape, _ products: ((Int, Int, Int) -> Void) -> Void
  ) -> Value {
    switch left.elements {
    case .floats(let a):
      let b = right.floats
      var result = [Scalar](repeating: 0, count: shape.elementCount)
      products { result[$2] += a[$0] * b[$1] }
      return Value(floats: result, shape: shape, dtype: left.dtype)
    case .integers(let a):
      let b = right.integers
      var result = [Int](repeating: 0, count: shape.elementCount)
      products { result[$2] = left.dtype.wrapping(result[$2] &+ a[$0] &* b[$1]) }
      return Value(integers: result, shape: shape, dtype: left.dtype)
    }
  }
}

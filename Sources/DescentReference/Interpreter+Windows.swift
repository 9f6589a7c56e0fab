import DescentGraph
import RealModule

extension Interpreter {
  /// Element e of the window at position p is the element of `x` at p · stride + e · dilation.
  func windows(_ w: Windows, _ x: Value, _ shape: Shape) -> Value {
    x.rearranged(to: shape) { x.shape.offset(of: place(w, $0, rank: x.shape.rank)) }
  }

  /// Every element of every window added to where it came from, in their row-major order.
  func foldWindows(_ w: Windows, _ x: Value, _ shape: Shape) -> Value {
    var places: [Int] = []
    x.shape.forEachIndex { places.append(shape.offset(of: place(w, $0, rank: shape.rank))) }
    switch x.elements {
    case .floats(let elements):
      var result = [Scalar](repeating: 0, count: shape.elementCount)
      for (place, element) in zip(places, elements) { result[place] += element }
      return Value(floats: result, shape: shape, dtype: x.dtype)
    case .integers(let elements):
      var result = [Int](repeating: 0, count: shape.elementCount)
      for (place, element) in zip(places, elements) { result[place] = x.dtype.wrapping(result[place] &+ element) }
      return Value(integers: result, shape: shape, dtype: x.dtype)
    }
  }

  /// Where in a tensor of `rank` axes the element at `index` of its windows lies.
  private func place(_ w: Windows, _ index: [Int], rank: Int) -> [Int] {
    let first = rank - w.sizes.count
    var place = Array(index[..<rank])
    for i in w.sizes.indices { place[first + i] = index[first + i] * w.strides[i] + index[rank + i] * w.dilations[i] }
    return place
  }
}

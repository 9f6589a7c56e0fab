import DescentGraph
import RealModule

/// Ops whose result at one position along an axis depends on all positions.
extension Interpreter {
  /// The indices along `axis`, those of lesser (`descending`: greater) elements first. NaN counts as greatest. Of equal
  /// elements the one with the lower index comes first, also when descending.
  func argsort(_ axis: Int, _ descending: Bool, _ x: Value) -> Value {
    var result = [Int](repeating: 0, count: x.shape.elementCount)
    forEachLine(axis, x.shape) { places in
      func isLess(_ a: Int, _ b: Int) -> Bool {
        switch x.elements {
        case .floats(let elements):
          let (a, b) = (elements[places[a]], elements[places[b]])
          return a.isNaN ? false : b.isNaN ? true : a < b
        case .integers(let elements): return elements[places[a]] < elements[places[b]]
        }
      }
      let order = places.indices.sorted { a, b in
        if isLess(a, b) { return !descending }
        if isLess(b, a) { return descending }
        return a < b
      }
      for (place, index) in zip(places, order) { result[place] = index }
    }
    return Value(integers: result, shape: x.shape, dtype: .int32)
  }

  /// Elements are added one by one, starting at the first.
  func cumulativeSum(_ axis: Int, _ x: Value) -> Value {
    switch x.elements {
    case .floats(var sums):
      forEachLine(axis, x.shape) { places in
        for (before, place) in zip(places, places.dropFirst()) { sums[place] += sums[before] }
      }
      return Value(floats: sums, shape: x.shape, dtype: x.dtype)
    case .integers(var sums):
      forEachLine(axis, x.shape) { places in
        for (before, place) in zip(places, places.dropFirst()) {
          sums[place] = x.dtype.wrapping(Binary.add(sums[before], sums[place], x.dtype))
        }
      }
      return Value(integers: sums, shape: x.shape, dtype: x.dtype)
    }
  }

  /// Calls `body` with the places, in order, of all elements that differ on `axis` only.
  private func forEachLine(_ axis: Int, _ shape: Shape, _ body: ([Int]) -> Void) {
    shape.removing(axes: [axis]).forEachIndex { index in
      body((0..<shape[axis]).map { shape.offset(of: index[..<axis] + [$0] + index[axis...]) })
    }
  }
}

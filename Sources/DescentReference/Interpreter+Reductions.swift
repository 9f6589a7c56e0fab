import DescentGraph
import RealModule

extension Interpreter {
  /// Combines the elements that differ only on `axes`, in row-major order of the input.
  ///
  /// A sum starts at 0, also over no elements; a maximum or minimum is NaN as soon as one element is.
  func reduce(_ r: Reduction, _ axes: [Int], _ x: Value) -> Value {
    let shape = x.shape.removing(axes: axes)
    let kept = x.shape.indices.filter { !axes.contains($0) }
    var places: [Int] = []  // For each element of x, its place in the result.
    x.shape.forEachIndex { index in places.append(shape.offset(of: kept.map { index[$0] })) }

    switch x.elements {
    case .floats(let elements):
      let (start, combine): (Scalar, Binary) =
        switch r {
        case .sum: (0, .add)
        case .maximum: (-.infinity, .maximum)
        case .minimum: (.infinity, .minimum)
        }
      var result = [Scalar](repeating: start, count: shape.elementCount)
      for (place, element) in zip(places, elements) { result[place] = combine(result[place], element) }
      return Value(floats: result, shape: shape, dtype: x.dtype)
    case .integers(let elements):
      let (start, combine): (Int, Binary) =
        switch r {
        case .sum: (0, .add)
        case .maximum: (.min, .maximum)
        case .minimum: (.max, .minimum)
        }
      var result = [Int](repeating: start, count: shape.elementCount)
      for (place, element) in zip(places, elements) {
        result[place] = x.dtype.wrapping(combine(result[place], element, x.dtype))
      }
      return Value(integers: result, shape: shape, dtype: x.dtype)
    }
  }

  /// The index of the greatest element along `axis`. The first one wins a tie; NaN is greater than everything else.
  func argmax(_ axis: Int, _ x: Value) -> Value {
    let shape = x.shape.removing(axes: [axis])
    var result: [Int] = []
    shape.forEachIndex { index in
      func offset(_ position: Int) -> Int { x.shape.offset(of: index[..<axis] + [position] + index[axis...]) }
      var best = 0
      for position in 1..<Swift.max(x.shape[axis], 1) {
        let wins =
          switch x.elements {
          case .floats(let elements): precedes(elements[offset(best)], elements[offset(position)])
          case .integers(let elements): elements[offset(best)] < elements[offset(position)]
          }
        if wins { best = position }
      }
      result.append(best)
    }
    return Value(integers: result, shape: shape, dtype: .int32)
  }

  /// Whether `challenger` is greater than `best` when NaN counts as greatest.
  private func precedes(_ best: Scalar, _ challenger: Scalar) -> Bool {
    best.isNaN ? false : challenger.isNaN ? true : best < challenger
  }
}

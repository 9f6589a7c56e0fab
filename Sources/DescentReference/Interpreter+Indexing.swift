import DescentGraph
import RealModule

/// Reading and adding at computed positions. An index outside `0..<extent` of the axis means the nearest one inside.
extension Interpreter {
  /// Where the element at `index` of a gather's result (or of scatterAdd's updates) lies in the operand.
  ///
  /// `index` is the operand's axes before `axis`, then the axes of `indices`, then the operand's axes after `axis`.
  private func offset(_ index: [Int], _ axis: Int, _ operand: Shape, _ indices: Value) -> Int {
    let end = axis + indices.shape.rank
    let named = indices.integers[indices.shape.offset(of: Array(index[axis..<end]))]
    let position = Swift.min(Swift.max(named, 0), operand[axis] - 1)
    return operand.offset(of: index[..<axis] + [position] + index[end...])
  }

  func gather(_ axis: Int, _ x: Value, indices: Value, _ shape: Shape) -> Value {
    x.rearranged(to: shape) { offset($0, axis, x.shape, indices) }
  }

  /// Updates are added one by one in their row-major order.
  func scatterAdd(_ axis: Int, _ x: Value, indices: Value, updates: Value) -> Value {
    var places: [Int] = []
    updates.shape.forEachIndex { places.append(offset($0, axis, x.shape, indices)) }
    switch x.elements {
    case .floats(var elements):
      for (place, update) in zip(places, updates.floats) { elements[place] += update }
      return Value(floats: elements, shape: x.shape, dtype: x.dtype)
    case .integers(var elements):
      for (place, update) in zip(places, updates.integers) {
        elements[place] = x.dtype.wrapping(Binary.add(elements[place], update, x.dtype))
      }
      return Value(integers: elements, shape: x.shape, dtype: x.dtype)
    }
  }
}

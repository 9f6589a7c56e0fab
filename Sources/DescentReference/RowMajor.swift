import DescentGraph

extension Shape {
  /// Calls `body` with the index of every element in row-major order: the last axis runs fastest. A scalar has one
  /// element, whose index is empty; a shape with an extent of 0 has none.
  func forEachIndex(_ body: ([Int]) -> Void) {
    if elementCount == 0 { return }
    var index = [Int](repeating: 0, count: rank)
    while true {
      body(index)
      var axis = rank - 1
      while axis >= 0 && index[axis] == extents[axis] - 1 {
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
      index[axis] += 1
    }
  }

  /// The position of the element at `index` in row-major order.
  func offset(of index: [Int]) -> Int {
    var offset = 0
    for axis in 0..<rank { offset = offset * extents[axis] + index[axis] }
    return offset
  }
}

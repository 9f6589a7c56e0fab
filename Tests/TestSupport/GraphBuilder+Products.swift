import DescentGraph

extension GraphBuilder {
  /// A dot product in which each axis of `a` is batch, contracting or free; `b` gets the shape that needs, its axes in
  /// any order, from `other` or from fresh data.
  mutating func dot(_ left: Slot, _ other: Slot) -> Slot {
    let a = number(left)
    var (batch, contracting): ([Int], [Int]) = ([], [])
    var freeCount = 1
    for axis in a.shape.indices.shuffled(using: &random) {
      switch random.integer(0...4) {
      case 0: batch.append(axis)
      case 1, 2: contracting.append(axis)
      default: freeCount *= a.shape[axis]
      }
    }
    let batchCount = batch.reduce(1) { $0 * a.shape[$1] }
    let depth = contracting.reduce(1) { $0 * a.shape[$1] }

    // The free axes of b: as many elements as keep both operands, the result and the work small.
    var room = RandomGraph.elementLimit / max(batchCount * max(freeCount, depth), 1)
    room = min(room, 60_000 / max(a.shape.elementCount, 1))
    var free: [Int] = []
    for _ in 0..<random.integer(0...2) where room > 1 {
      free.append(random.integer(1...min(room, limit)))
      room /= free.last!
    }

    // (axis of a, extent): the axes of b before they are put into any order.
    let axesOfB: [(of: Int?, extent: Int)] =
      (batch + contracting).map { ($0, a.shape[$0]) } + free.map { (nil, $0) }
    let order = axesOfB.indices.shuffled(using: &random)
    let shapeOfB = Shape(order.map { axesOfB[$0].extent })
    func place(_ axes: [Int]) -> [Int] { axes.map { axis in order.firstIndex { axesOfB[$0].of == axis }! } }

    let fresh = random.oneIn(2) || other.shape.elementCount < shapeOfB.elementCount
    let b = fresh ? constant(shapeOfB, a.dtype) : fitted(converted(other, to: a.dtype), to: shapeOfB)
    let axes = DotAxes(
      lhsBatch: batch, rhsBatch: place(batch), lhsContracting: contracting, rhsContracting: place(contracting))
    return Slot(DescentGraph.dot(a.tensor, b.tensor, axes), a.bound * b.bound * Double(depth))
  }

  /// Indices into an axis of `extent`, on 0 to 2 axes: mostly inside, now and then outside, where they are clamped.
  private mutating func indices(_ extent: Int, from other: Slot, count: Int) -> Tensor {
    if random.oneIn(3), other.shape.rank <= 2, other.shape.elementCount <= count {
      return converted(other, to: random.oneIn(2) ? .int32 : .int64).tensor
    }
    var extents: [Int] = []
    for _ in 0..<random.integer(0...2) {
      extents.append(random.integer(1...max(1, min(limit, count / max(extents.reduce(1, *), 1)))))
    }
    let storage = Storage(shape: Shape(extents), dtype: random.oneIn(2) ? .int32 : .int64)
    let outside = random.oneIn(4)
    for i in 0..<storage.shape.elementCount {
      storage.set(Double(outside ? random.integer(-2...(extent + 1)) : random.integer(0...(extent - 1))), at: i)
    }
    return Tensor(storage: storage)
  }

  mutating func gather(_ x: Slot, _ other: Slot) -> Slot {
    let axes = x.shape.indices.filter { x.shape[$0] > 0 }
    if axes.isEmpty { return x }
    let axis = random.element(of: axes)
    let rest = max(x.shape.elementCount / x.shape[axis], 1)
    let places = indices(x.shape[axis], from: other, count: RandomGraph.elementLimit / rest)
    return Slot(x.tensor.gathering(places, axis: axis), x.bound)
  }

  mutating func scatterAdd(_ operand: Slot, _ other: Slot, _ values: Slot) -> Slot {
    let x = number(operand)
    let axes = x.shape.indices.filter { x.shape[$0] > 0 }
    if axes.isEmpty { return x }
    let axis = random.element(of: axes)
    let rest = max(x.shape.elementCount / x.shape[axis], 1)
    let places = indices(x.shape[axis], from: other, count: RandomGraph.elementLimit / rest)
    let shape = Shape(Array(x.shape[..<axis]) + places.shape.extents + Array(x.shape[(axis + 1)...]))
    let updates = fitted(converted(values, to: x.dtype), to: shape)
    return Slot(
      x.tensor.scatterAdding(updates.tensor, at: places, axis: axis),
      x.bound + updates.bound * Double(max(places.shape.elementCount, 1)))
  }
}

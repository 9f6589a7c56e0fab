import DescentGraph

extension GraphBuilder {
  /// An argsort, or what is made of one; or a running sum, maybe reversed or exclusive.
  mutating func sequence(_ kind: OpKind, _ operand: Slot) -> Slot {
    let x = number(operand)
    if x.shape.isScalar { return x }
    let axis = random.integer(0...(x.shape.rank - 1))
    let extent = x.shape[axis]
    if kind == .cumulativeSum {
      let sums = x.tensor.cumulativeSum(axis: axis, reversed: random.oneIn(4), exclusive: random.oneIn(4))
      return Slot(sums, x.bound * Double(max(extent, 1)))
    }
    let descending = random.oneIn(2)
    switch random.integer(0...3) {
    case 0: return Slot(x.tensor.sorted(axis: axis, descending: descending), x.bound)
    case 1:
      let (values, indices) = x.tensor.topK(random.integer(0...extent), axis: axis)
      return random.oneIn(2) ? Slot(values, x.bound) : Slot(indices, Double(extent))
    default: return Slot(x.tensor.argsorted(axis: axis, descending: descending), Double(extent))
    }
  }
}

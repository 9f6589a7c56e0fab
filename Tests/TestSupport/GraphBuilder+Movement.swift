import DescentGraph

extension GraphBuilder {
  /// Flattens, merges or splits axes, or adds or removes axes of extent 1.
  mutating func reshape(_ x: Slot) -> Slot {
    var extents = x.shape.extents
    switch random.integer(0...4) {
    case 0: extents = [x.shape.elementCount]
    case 1 where extents.count >= 2:
      let axis = random.integer(0...(extents.count - 2))
      extents[axis] *= extents.remove(at: axis + 1)
    case 2 where !extents.isEmpty && extents.count < 4:
      let axis = random.integer(0...(extents.count - 1))
      let divisors = (1...max(extents[axis], 1)).filter { extents[axis] % $0 == 0 }
      let divisor = random.element(of: divisors)
      extents[axis] /= divisor
      extents.insert(divisor, at: axis + random.integer(0...1))
    case 3 where extents.contains(1): extents.removeAll { $0 == 1 }
    default: if extents.count < 4 { extents.insert(1, at: random.integer(0...extents.count)) }
    }
    return Slot(Tensor(Node(.reshape, [x.tensor.node], shape: Shape(extents), dtype: x.dtype)), x.bound)
  }

  mutating func transpose(_ x: Slot) -> Slot {
    let permutation = x.shape.indices.shuffled(using: &random)
    return Slot(
      Tensor(
        Node(.transpose(permutation), [x.tensor.node], shape: Shape(permutation.map { x.shape[$0] }), dtype: x.dtype)),
      x.bound)
  }

  /// Repeats axes of extent 1 and adds new axes anywhere.
  mutating func broadcast(_ x: Slot) -> Slot {
    var extents: [Int] = []
    var axes: [Int] = []
    var room = RandomGraph.elementLimit / max(x.shape.elementCount, 1)
    func extent(_ random: inout SplitMix) -> Int {
      let chosen = random.integer(1...max(min(room, limit), 1))
      room /= chosen
      return chosen
    }
    for axis in 0...x.shape.rank {
      if x.shape.rank < 4 && random.oneIn(x.shape.rank + 1) { extents.append(extent(&random)) }
      if axis == x.shape.rank { break }
      axes.append(extents.count)
      extents.append(x.shape[axis] == 1 ? extent(&random) : x.shape[axis])
    }
    return Slot(Tensor(Node(.broadcast(axes: axes), [x.tensor.node], shape: Shape(extents), dtype: x.dtype)), x.bound)
  }

  mutating func slice(_ x: Slot) -> Slot {
    var (starts, limits, strides): ([Int], [Int], [Int]) = ([], [], [])
    for extent in x.shape {
      let whole = random.oneIn(3)
      let start = whole ? 0 : random.integer(0...max(extent - 1, 0))
      let empty = random.oneIn(80)
      starts.append(start)
      limits.append(whole ? extent : empty ? start : random.integer(min(start + 1, extent)...extent))
      strides.append(random.oneIn(2) ? 1 : random.integer(1...3))
    }
    return Slot(x.tensor.sliced(starts: starts, limits: limits, strides: strides), x.bound)
  }

  mutating func pad(_ x: Slot, _ value: Slot) -> Slot {
    let fill = fitted(converted(value, to: x.dtype), to: [])
    var (low, high, interior): ([Int], [Int], [Int]) = ([], [], [])
    var count = max(x.shape.elementCount, 1)
    for extent in x.shape {
      var (l, h, i) = (random.integer(0...2), random.integer(0...2), random.oneIn(3) ? random.integer(1...2) : 0)
      func padded() -> Int { l + h + extent + max(extent - 1, 0) * i }
      if count / max(extent, 1) * padded() > RandomGraph.elementLimit { (l, h, i) = (0, 0, 0) }
      count = count / max(extent, 1) * max(padded(), 1)
      low.append(l)
      high.append(h)
      interior.append(i)
    }
    let extents = x.shape.indices.map { low[$0] + high[$0] + x.shape[$0] + max(x.shape[$0] - 1, 0) * interior[$0] }
    let node = Node(
      .pad(low: low, high: high, interior: interior), [x.tensor.node, fill.tensor.node], shape: Shape(extents),
      dtype: x.dtype)
    return Slot(Tensor(node), max(x.bound, fill.bound))
  }

  mutating func concatenate(_ a: Slot, _ other: Slot) -> Slot {
    if a.shape.isScalar || 3 * a.shape.elementCount > RandomGraph.elementLimit { return reverse(a) }
    let b = fitted(converted(other, to: a.dtype), to: a.shape)
    let axis = random.integer(0...(a.shape.rank - 1))
    var parts = [a.tensor, b.tensor]
    if random.oneIn(2) { parts.append(a.tensor.sliced(axis: axis, 0..<random.integer(0...a.shape[axis]))) }
    parts.shuffle(using: &random)
    return Slot(DescentGraph.concatenate(parts, axis: axis), max(a.bound, b.bound))
  }

  mutating func reverse(_ x: Slot) -> Slot {
    x.shape.isScalar ? x : Slot(x.tensor.reversed(axes: someAxes(of: x.shape)), x.bound)
  }
}

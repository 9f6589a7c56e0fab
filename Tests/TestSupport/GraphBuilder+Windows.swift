import DescentGraph

extension GraphBuilder {
  mutating func windows(_ kind: OpKind, _ x: Slot) -> Slot {
    kind == .windows ? windows(x) : foldWindows(number(x))
  }

  private mutating func windows(_ x: Slot) -> Slot {
    let axes = min(random.integer(1...2), x.shape.rank, max(5 - x.shape.rank, 1))
    let extents = x.shape.suffix(axes)
    if axes == 0 || extents.contains(0) { return x }
    var w = Windows(sizes: [], strides: [], dilations: [])
    for extent in extents {
      let size = random.integer(1...min(extent, 4))
      w.sizes.append(size)
      w.strides.append(random.integer(1...3))
      w.dilations.append(size > 1 ? random.integer(1...min((extent - 1) / (size - 1), 2)) : 1)
    }
    // Every element may be in every element of a window.
    if x.shape.elementCount * w.sizes.reduce(1, *) > RandomGraph.elementLimit { w.sizes = w.sizes.map { _ in 1 } }
    return Slot(x.tensor.windows(w), x.bound)
  }

  /// Takes the last axes for those of windows.
  private mutating func foldWindows(_ x: Slot) -> Slot {
    let axes = min(random.integer(1...2), x.shape.rank / 2)
    let first = x.shape.rank - 2 * axes
    if axes == 0 || x.shape[first...].contains(0) { return x }
    var w = Windows(sizes: Array(x.shape.suffix(axes)), strides: [], dilations: [])
    var extents = Array(x.shape[..<first])
    for i in 0..<axes {
      w.strides.append(random.oneIn(3) ? w.sizes[i] : random.integer(1...3))
      w.dilations.append(random.oneIn(3) ? 2 : 1)
      let covered = (x.shape[first + i] - 1) * w.strides[i] + (w.sizes[i] - 1) * w.dilations[i] + 1
      extents.append(covered + random.integer(0...(w.strides[i] - 1)))
    }
    if Shape(extents).elementCount > RandomGraph.elementLimit { return x }
    return Slot(
      x.tensor.foldingWindows(w, to: Shape(extents)), x.bound * Double(w.sizes.reduce(1, *)))
  }
}

import DescentGraph

extension MemoryOrder {
  /// The order that oneDNN calls `name`, of weights `[outputs, channels / groups, spatial…]` over one or two axes; nil
  /// where the blocks do not divide the axes.
  ///
  /// In `gOIhw16i16o` letters are axes from outermost to innermost: groups, outputs of a group, channels, height and
  /// width. An axis with a capital letter is cut into blocks, which lie innermost in the order given.
  init?(oneDNN name: String, weights shape: Shape, groups: Int) {
    let window = shape.dropFirst(2).suffix(2)
    var extents: [Character: Int] = ["o": shape[0] / groups, "i": shape[1], "h": 1, "w": window.last!]
    if window.count == 2 { extents["h"] = window.first! }
    if groups > 1 { extents["g"] = groups }

    let outer = name.prefix { !$0.isNumber }
    /// The blocks as they lie, and their sizes.
    var inner: [Character] = []
    var sizes: [Character: Int] = [:]
    var rest = name.dropFirst(outer.count)
    while let size = Int(rest.prefix(while: \.isNumber)) {
      rest = rest.drop(while: \.isNumber)
      guard let axis = rest.popFirst(), sizes.updateValue(size, forKey: axis) == nil else { return nil }
      inner.append(axis)
    }

    var cuts: [Int] = []
    var (places, blockPlaces): ([Character: Int], [Character: Int]) = ([:], [:])
    for axis in "goihw" {
      guard let extent = extents[axis] else { continue }
      let size = sizes[axis] ?? 1
      guard extent % size == 0 else { return nil }
      places[axis] = cuts.count
      cuts.append(extent / size)
      if size > 1 {
        blockPlaces[axis] = cuts.count
        cuts.append(size)
      }
    }
    let order = outer.map { places[Character($0.lowercased())] } + inner.map { blockPlaces[$0] }
    let permutation = order.compactMap { $0 }
    guard permutation.count == cuts.count else { return nil }
    self.init(name: name, shape: shape, cuts: Shape(cuts), permutation: permutation)
  }
}

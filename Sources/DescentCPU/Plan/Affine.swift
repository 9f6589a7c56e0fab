import DescentGraph

/// `offset + Σ coefficients[d] · index[d]` over the loop indices of a kernel's domain.
struct Affine: Hashable, Sendable {
  var offset: Int
  var coefficients: [Int]

  static func constant(_ value: Int, dimensions: Int) -> Affine {
    Affine(offset: value, coefficients: [Int](repeating: 0, count: dimensions))
  }
  /// The index of dimension `d` itself.
  static func index(_ d: Int, dimensions: Int) -> Affine {
    var result = constant(0, dimensions: dimensions)
    result.coefficients[d] = 1
    return result
  }
  static func + (a: Affine, b: Affine) -> Affine {
    Affine(offset: a.offset + b.offset, coefficients: zip(a.coefficients, b.coefficients).map { $0 + $1 })
  }
  static func * (a: Affine, factor: Int) -> Affine {
    Affine(offset: a.offset * factor, coefficients: a.coefficients.map { $0 * factor })
  }
}

/// Where a node is read, as a function of a kernel's loop indices: one affine index for each of the node's axes.
///
/// Movement ops (transpose, broadcast, slice, reverse, reshape) only change this map, so that a kernel reads through
/// them without a copy.
struct IndexMap: Hashable, Sendable {
  var axes: [Affine]

  /// The loop indices in order, for a node whose axes of extent other than 1 are exactly the kernel's `dimensions`.
  static func identity(shape: [Int], dimensions: [Int], of count: Int) -> IndexMap {
    var next = dimensions.makeIterator()
    return IndexMap(
      axes: shape.map { extent in
        extent == 1 ? .constant(0, dimensions: count) : .index(next.next()!, dimensions: count)
      })
  }

  /// The position in row-major order of a tensor of `shape`.
  func linear(in shape: [Int], dimensions: Int) -> Affine {
    var address = Affine.constant(0, dimensions: dimensions)
    var stride = 1
    for (axis, extent) in zip(axes, shape).reversed() {
      address = address + axis * stride
      stride *= extent
    }
    return address
  }

  func transposed(_ permutation: [Int]) -> IndexMap {
    var result = axes
    for (to, from) in permutation.enumerated() { result[from] = axes[to] }
    return IndexMap(axes: result)
  }

  func unbroadcast(_ broadcastAxes: [Int], inputShape: [Int], dimensions: Int) -> IndexMap {
    IndexMap(
      axes: zip(inputShape, broadcastAxes).map { extent, axis in
        extent == 1 ? .constant(0, dimensions: dimensions) : axes[axis]
      })
  }

  func sliced(starts: [Int], strides: [Int]) -> IndexMap {
    IndexMap(
      axes: axes.indices.map { i in
        var axis = axes[i] * strides[i]
        axis.offset += starts[i]
        return axis
      })
  }

  /// The map of a tensor of the given rank, from that of its windows: position · stride + element · dilation.
  func windows(_ w: Windows, rank: Int) -> IndexMap {
    let count = w.sizes.count
    var result = Array(axes[..<rank])
    for i in 0..<count {
      let element = axes[rank + i] * w.dilations[i]
      let axis = rank - count + i
      result[axis] = axes[axis] * w.strides[i] + element
    }
    return IndexMap(axes: result)
  }

  func reversed(_ reversedAxes: [Int], shape: [Int]) -> IndexMap {
    var result = axes
    for axis in reversedAxes {
      result[axis] = result[axis] * -1
      result[axis].offset += shape[axis] - 1
    }
    return IndexMap(axes: result)
  }

  /// The map of a reshape's input, from the map of its result; nil when an input axis would need a division.
  func reshaped(from result: [Int], to input: [Int], domain: [Int]) -> IndexMap? {
    if result.contains(0) {
      return IndexMap(axes: input.map { _ in .constant(0, dimensions: domain.count) })
    }
    var mapped: [Affine] = []
    var (i, j) = (0, 0)
    // Walk both shapes in groups of equal element count.
    while i < result.count || j < input.count {
      let (firstI, firstJ) = (i, j)
      var (left, right) = (1, 1)
      repeat {
        if (left <= right && i < result.count) || j == input.count {
          left *= result[i]
          i += 1
        } else {
          right *= input[j]
          j += 1
        }
      } while left != right
      let group = IndexMap(axes: Array(axes[firstI..<i]))
      let address = group.linear(in: Array(result[firstI..<i]), dimensions: domain.count)
      guard let split = Self.split(address, over: Array(input[firstJ..<j]), domain: domain) else { return nil }
      mapped += split
    }
    return IndexMap(axes: mapped)
  }

  /// The indices of a row-major block of `extents` whose linear position is `address`.
  private static func split(_ address: Affine, over extents: [Int], domain: [Int]) -> [Affine]? {
    if extents.count(where: { $0 != 1 }) <= 1 {
      let zero = Affine.constant(0, dimensions: domain.count)
      return extents.map { $0 == 1 ? zero : address }
    }
    guard address.offset >= 0 else { return nil }
    var result: [Affine] = []
    var rest = address
    var stride = extents.reduce(1, *)
    for extent in extents {
      stride /= extent
      var axis = Affine.constant(rest.offset / stride, dimensions: domain.count)
      rest.offset %= stride
      var greatest = axis.offset
      for d in domain.indices where rest.coefficients[d] != 0 {
        let coefficient = rest.coefficients[d]
        if coefficient < 0 { return nil }
        guard coefficient % stride == 0, extent > 1 else { continue }
        axis.coefficients[d] = coefficient / stride
        rest.coefficients[d] = 0
        greatest += axis.coefficients[d] * (domain[d] - 1)
      }
      guard greatest < extent else { return nil }
      result.append(axis)
    }
    return rest.coefficients.allSatisfy { $0 == 0 } ? result : nil
  }
}

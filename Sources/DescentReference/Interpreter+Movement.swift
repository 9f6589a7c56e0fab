import DescentGraph
import RealModule

/// Movement ops, each written as: where does the result's element at `index` come from?
extension Interpreter {
  /// The row-major order of the elements stays.
  func reshape(_ x: Value, _ shape: Shape) -> Value { x.reshaped(to: shape) }

  /// Result axis `i` is input axis `permutation[i]`.
  func transpose(_ permutation: [Int], _ x: Value) -> Value {
    x.rearranged(to: Shape(permutation.map { x.shape[$0] })) { index in
      var source = index
      for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
      return x.shape.offset(of: source)
    }
  }

  /// Input axis `i` is result axis `axes[i]`; an axis of extent 1 is repeated.
  func broadcast(_ axes: [Int], _ x: Value, _ shape: Shape) -> Value {
    x.rearranged(to: shape) { index in
      x.shape.offset(of: x.shape.indices.map { x.shape[$0] == 1 ? 0 : index[axes[$0]] })
    }
  }

  /// Every `strides[i]`-th position of axis `i` from `starts[i]` on; the result's shape says how many.
  func slice(_ starts: [Int], _ strides: [Int], _ x: Value, _ shape: Shape) -> Value {
    x.rearranged(to: shape) { index in
      x.shape.offset(of: index.indices.map { starts[$0] + index[$0] * strides[$0] })
    }
  }

  /// `low[i]` fill elements before axis `i`, `interior[i]` between neighbours, and the rest after it.
  func pad(_ low: [Int], _ interior: [Int], _ x: Value, fill: Value, _ shape: Shape) -> Value {
    x.rearranged(to: shape, fill: fill) { index in
      var source = index
      for axis in index.indices {
        let position = index[axis] - low[axis]
        let step = interior[axis] + 1
        if position < 0 || position % step != 0 || position / step >= x.shape[axis] { return nil }
        source[axis] = position / step
      }
      return x.shape.offset(of: source)
    }
  }

  /// The parts one after another along `axis`.
  func concatenate(_ axis: Int, _ parts: [Value], _ shape: Shape) -> Value {
    // All parts laid end to end; an element's offset is its part's start plus its offset in the part.
    var starts: [Int] = []
    var count = 0
    for part in parts {
      starts.append(count)
      count += part.shape.elementCount
    }
    let all =
      parts[0].dtype.isFloat
      ? Value(floats: parts.flatMap(\.floats), shape: [count], dtype: parts[0].dtype)
      : Value(integers: parts.flatMap(\.integers), shape: [count], dtype: parts[0].dtype)
    return all.rearranged(to: shape) { index in
      var source = index
      var part = 0
      while source[axis] >= parts[part].shape[axis] {
        source[axis] -= parts[part].shape[axis]
        part += 1
      }
      return starts[part] + parts[part].shape.offset(of: source)
    }
  }

  func reverse(_ axes: [Int], _ x: Value) -> Value {
    x.rearranged(to: x.shape) { index in
      var source = index
      for axis in axes { source[axis] = x.shape[axis] - 1 - index[axis] }
      return x.shape.offset(of: source)
    }
  }
}

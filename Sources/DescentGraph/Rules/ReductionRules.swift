/// Reductions drop the axes they run over.
enum ReductionRules {
  static func type(_ r: Reduction, _ axes: [Int], _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    require(x.dtype != .bool, "reduce.\(r.rawValue) is not defined for bool; cast the tensor first")
    require(
      axes == axes.sorted() && Set(axes).count == axes.count && axes.allSatisfy(x.shape.indices.contains),
      "reduce.\(r.rawValue): axes \(axes) do not fit shape \(x.shape)")
    require(
      r == .sum || axes.allSatisfy { x.shape[$0] > 0 },
      "reduce.\(r.rawValue) over an empty axis of shape \(x.shape) has no value")
    return TensorType(shape: x.shape.removing(axes: axes), dtype: x.dtype)
  }

  static func type(argmax axis: Int, _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    require(x.shape.indices.contains(axis), "argmax: axis \(axis) does not exist in shape \(x.shape)")
    require(x.dtype != .bool && x.shape[axis] > 0, "argmax is not defined for \(TensorType(x))")
    require(
      x.shape[axis] - 1 <= Int(Int32.max), "argmax: axis \(axis) of shape \(x.shape) is too long for indices of i32")
    return TensorType(shape: x.shape.removing(axes: [axis]), dtype: .int32)
  }

  static func gradient(_ r: Reduction, _ axes: [Int], _ y: Tensor, _ x: Tensor, _ g: Tensor) -> Tensor? {
    guard x.dtype.isFloat else { return nil }
    func spread(_ t: Tensor) -> Tensor { t.reshaped(x.shape.keeping(axes: axes)).broadcast(to: x.shape) }
    switch r {
    case .sum: return spread(g)
    case .maximum, .minimum:
      // Elements that tie for the extreme share the gradient.
      let chosen = (x .== spread(y)).cast(to: x.dtype)
      let count = chosen.sum(axes: axes)
      return chosen * spread(g / count)
    }
  }
}

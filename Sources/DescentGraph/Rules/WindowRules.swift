/// Windows over a tensor's last axes; one entry for each of them in every array.
package struct Windows: Hashable, Sendable, CustomStringConvertible {
  package var sizes: [Int]
  package var strides: [Int]
  /// The distance between neighbouring elements of a window.
  package var dilations: [Int]
  package init(sizes: [Int], strides: [Int], dilations: [Int]) {
    self.sizes = sizes
    self.strides = strides
    self.dilations = dilations
  }
  package var description: String { "sizes \(sizes) strides \(strides) dilations \(dilations)" }
}

enum WindowRules {
  /// How many positions a window has along an axis of `extent` elements; nil when it does not fit once.
  static func positions(_ extent: Int, size: Int, stride: Int, dilation: Int) -> Int? {
    let span = (size - 1) * dilation + 1
    return size > 0 && span <= extent ? (extent - span) / stride + 1 : nil
  }

  /// The shape of all windows of a tensor of shape `x`; traps, naming `op` and the shapes, when they do not fit.
  private static func result(_ op: String, _ w: Windows, _ x: Shape) -> Shape {
    let axes = w.sizes.count
    require(
      axes <= x.rank && w.strides.count == axes && w.dilations.count == axes
        && (w.strides + w.dilations).allSatisfy { $0 > 0 },
      "\(op): \(w) need one entry, above 0, for each of the last axes of shape \(x)")
    let first = x.rank - axes
    let counts = (0..<axes).map {
      Self.positions(x[first + $0], size: w.sizes[$0], stride: w.strides[$0], dilation: w.dilations[$0])
    }
    require(!counts.contains(nil), "\(op): windows of \(w) do not fit into shape \(x)")
    return Shape(x.extents[..<first] + counts.map { $0! } + w.sizes)
  }

  static func type(_ w: Windows, _ inputs: [Node]) -> TensorType {
    TensorType(shape: result("windows", w, inputs[0].shape), dtype: inputs[0].dtype)
  }

  static func type(fold w: Windows, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("foldWindows needs a declared type") }
    let expected = result("foldWindows", w, declared.shape)
    require(
      inputs[0].shape == expected,
      "foldWindows to \(declared.shape): the windows are \(inputs[0].shape), not \(expected)")
    require(inputs[0].dtype != .bool, "foldWindows is not defined for bool; cast the tensor first")
    return TensorType(shape: declared.shape, dtype: inputs[0].dtype)
  }

  static func gradient(_ w: Windows, _ x: Tensor, _ g: Tensor) -> Tensor? {
    g.dtype.isFloat ? g.foldingWindows(w, to: x.shape) : nil
  }
  static func gradient(fold w: Windows, _ g: Tensor) -> Tensor { g.windows(w) }
}

import DescentGraph

/// y = x·Wᵀ + b: `[…, in] → […, out]`, weight `[out, in]`, bias `[out]`.
public struct Linear: Module {
  /// W, `[out, in]`.
  public let weight: Parameter
  /// b, `[out]`, zeros at first; nil when the layer was made without.
  public let bias: Parameter?

  /// - Parameters:
  ///   - inputs: the last axis of x.
  ///   - outputs: the last axis of the result.
  ///   - bias: whether each output has one.
  ///   - initializer: of the weight; nil is He's for ReLU.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer? = nil) {
    weight = Parameter([outputs, inputs], initializer ?? .heUniform(fanIn: inputs))
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  /// `[…, in] → […, out]`; traps when the last axis is another.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    require(
      x.rank >= 1 && x.shape[x.rank - 1] == weight.shape[1],
      "Linear: input shape \(x.shape) does not end in \(weight.shape[1]), the weight's \(weight.shape) second extent")
    let product = dot(x, weight.value, DotAxes(lhsContracting: [x.rank - 1], rhsContracting: [1]))
    guard let bias else { return product }
    return product + bias.value
  }
}

extension Linear {
  /// `Linear(inputs, outputs)`.
  public var title: String { "Linear(\(weight.shape[1]), \(weight.shape[0]))" }
}

import DescentGraph

/// A gated recurrent unit (Cho et al. 2014, arXiv 1406.1078; the reset gate after the product, as cuDNN and PyTorch have
/// it), with PyTorch's shapes, names and order of gates:
///
///     r = σ(W_ir·x + b_ir + W_hr·h + b_hr)          reset
///     z = σ(W_iz·x + b_iz + W_hz·h + b_hz)          update
///     n = tanh(W_in·x + b_in + r ⊙ (W_hn·h + b_hn)) candidate
///     h' = (1 − z) ⊙ n + z ⊙ h
public struct GRU: Module {
  /// The three gates' weights over each other, `[3·hidden, input]`.
  public let weightIH: Parameter
  /// `[3·hidden, hidden]`.
  public let weightHH: Parameter
  /// `[3·hidden]`, both.
  public let biasIH: Parameter?
  /// Beside the product with the state, `[3·hidden]`; nil when the layer was made without.
  public let biasHH: Parameter?

  /// Everything starts uniform within ±1/√hidden.
  public init(_ inputs: Int, _ hidden: Int, bias: Bool = true) {
    let start = Initializer.uniform(bound: 1 / Double(hidden).squareRoot())
    weightIH = Parameter([3 * hidden, inputs], start)
    weightHH = Parameter([3 * hidden, hidden], start)
    biasIH = bias ? Parameter([3 * hidden], start) : nil
    biasHH = bias ? Parameter([3 * hidden], start) : nil
  }

  /// - Parameters:
  ///   - x: `[batch, time, input]`.
  ///   - state: before the first step, `[batch, hidden]`; nil is zero.
  /// - Returns: the states after each step, `[batch, time, hidden]`, and the last one, `[batch, hidden]`.
  public func callAsFunction(_ x: Tensor, state: Tensor? = nil) -> (outputs: Tensor, last: Tensor) {
    let hidden = weightHH.shape[1]
    require(
      x.rank == 3 && x.shape[2] == weightIH.shape[1],
      "GRU: input shape \(x.shape) is not [batch, time, \(weightIH.shape[1])]")
    let start = state ?? .zeros([x.shape[0], hidden], dtype: x.dtype)
    require(
      start.shape == [x.shape[0], hidden],
      "GRU: state shape \(start.shape) is not [batch, hidden], here [\(x.shape[0]), \(hidden)]")

    // One product for all steps, time first.
    let byTime = x.transposed([1, 0, 2])
    let fromInputs = Self.plus(
      dot(byTime, weightIH.value, DotAxes(lhsContracting: [2], rhsContracting: [1])), biasIH)
    let (carries, outputs) = scan(over: [fromInputs], from: [start]) { carries, elements in
      let (state, input) = (carries[0], elements[0])
      let fromState = Self.plus(
        dot(state, weightHH.value, DotAxes(lhsContracting: [1], rhsContracting: [1])), biasHH)
      func gate(_ i: Int, _ t: Tensor) -> Tensor { t.sliced(axis: 1, (i * hidden)..<((i + 1) * hidden)) }
      let reset = sigmoid(gate(0, input) + gate(0, fromState))
      let update = sigmoid(gate(1, input) + gate(1, fromState))
      let candidate = tanh(gate(2, input) + reset * gate(2, fromState))
      let next = candidate + update * (state - candidate)
      return ([next], [next])
    }
    return (outputs[0].transposed([1, 0, 2]), carries[0])
  }

  private static func plus(_ x: Tensor, _ bias: Parameter?) -> Tensor { bias.map { x + $0.value } ?? x }
}

import DescentGraph

/// In what the published Adafactors differ, beside the values of their hyper-parameters.
public struct AdafactorVariant: Sendable, CustomStringConvertible {
  /// The rate is at most 1/√t.
  public var boundsRate = true
  /// Steps are relative to the root mean square of the tensor.
  public var scalesByParameter = true
  /// ε₁ is added to the squares; otherwise ε₁² bounds their mean from below.
  public var addsEpsilon = true
  /// The decay is computed in float32, which shows in the seventh digit.
  public var roundsDecay = false
  /// Matrices shorter than this along either of their two longest axes are not factored; nil takes the last two axes of
  /// every tensor that has two.
  public var shortestFactored: Int?
  public var decayKind = WeightDecayKind.decoupled

  /// Shazeer & Stern 2018.
  public static let paper = AdafactorVariant()
  public static let torch = AdafactorVariant(addsEpsilon: false)
  public static let optax = AdafactorVariant(
    boundsRate: false, roundsDecay: true, shortestFactored: 128, decayKind: .fixed)

  public var description: String {
    Mirror(reflecting: self).children.map { "\($0.label ?? "") \($0.value)" }.joined(separator: ", ")
  }

  func makeState(for w: Tensor) -> FactoredMean {
    guard let shortest = shortestFactored else { return FactoredMean(like: w) }
    return FactoredMean(like: w, axes: FactoredMean.longestAxes(w.shape, minimum: shortest))
  }

  func rate(_ rate: Tensor, _ number: Tensor) -> Tensor { boundsRate ? minimum(rate, 1 / sqrt(number)) : rate }

  /// 1 − t^−power.
  func decay(_ number: Tensor, _ power: Tensor) -> Tensor {
    guard roundsDecay else { return 1 - pow(number, -power) }
    let rounded = pow(number, -power.cast(to: .float32).cast(to: .float64)).cast(to: .float32)
    return (1 - rounded).cast(to: .float64)
  }

  /// The (factored) mean of the squares, kept above zero.
  func meanSquare(_ state: FactoredMean, _ g: Tensor, _ epsilon: Tensor, decay: Tensor) -> Tensor {
    addsEpsilon
      ? state.add(g * g + epsilon, decay) : maximum(state.add(g * g, decay), epsilon * epsilon)
  }
}

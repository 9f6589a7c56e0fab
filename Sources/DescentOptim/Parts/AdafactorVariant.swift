import DescentGraph

/// In what the published Adafactors differ, beside the values of their hyper-parameters.
public struct AdafactorVariant: Sendable, CustomStringConvertible {
  /// The rate is at most 1/√t.
  public var boundsRate = true
  /// Steps are relative to the root mean square of the tensor.
  public var scalesByParameter = true
  /// ε₁ is added to the squares; otherwise ε₁² bounds their mean from below.
  public var addsEpsilon = true
  /// That the decay is computed in; float32 shows in the seventh digit.
  public var decayType = DType.float64
  /// Matrices shorter than this along either of their two longest axes are not factored; nil takes the last two axes of
  /// every tensor that has two.
  public var shortestFactored: Int?
  /// How weight decay acts.
  public var decayKind = WeightDecayKind.decoupled

  /// Shazeer & Stern 2018.
  public static let paper = AdafactorVariant()
  /// `torch.optim.Adafactor`.
  public static let torch = AdafactorVariant(addsEpsilon: false)
  /// `optax.adafactor`.
  public static let optax = AdafactorVariant(
    boundsRate: false, decayType: .float32, shortestFactored: 128, decayKind: .fixed)

  /// Every choice with its value, for reports.
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
    (1 - pow(number, -power.rounded(to: decayType)).rounded(to: decayType)).rounded(to: decayType)
  }

  /// The root of the (factored) mean of the squares, kept above zero.
  func rootMeanSquare(_ state: FactoredMean, _ g: Tensor, _ epsilon: Tensor, decay: Tensor) -> Tensor {
    addsEpsilon ? state.root(adding: g * g + epsilon, decay) : maximum(state.root(adding: g * g, decay), epsilon)
  }
}

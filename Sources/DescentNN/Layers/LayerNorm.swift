import DescentGraph

/// (x − mean)/√(variance + ε) over the last axes of each example, times weight, plus bias (Ba et al. 2016, arXiv
/// 1607.06450): `[…, shape] → […, shape]`; weight and bias have the normalized axes' shape.
public struct LayerNorm: UnaryModule {
  /// What normalized elements are multiplied by, of the normalized axes' shape; ones at first.
  public let weight: Parameter
  /// What is added then, of the same shape, zeros at first; nil when the layer was made without.
  public let bias: Parameter?
  /// Added to the variance before its root is taken.
  public let epsilon: Double

  /// - Parameters:
  ///   - shape: of the last axes, which are normalized together.
  ///   - epsilon: added to the variance.
  ///   - bias: whether there is one.
  public init(_ shape: Shape, epsilon: Double = 1e-5, bias: Bool = true) {
    weight = Parameter(shape, .ones)
    self.bias = bias ? Parameter(shape, .zeros) : nil
    self.epsilon = epsilon
  }

  /// Normalizes the last axis, of extent `width`.
  public init(_ width: Int, epsilon: Double = 1e-5, bias: Bool = true) {
    self.init([width], epsilon: epsilon, bias: bias)
  }

  /// Traps unless the shape of x ends in the weight's.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let axes = normalizedAxes(of: x, "LayerNorm", weight.shape)
    let scaled = NormalizationStatistics(x, axes: axes).normalized(epsilon: epsilon) * weight.value
    guard let bias else { return scaled }
    return scaled + bias.value
  }
}

/// The last axes of `x`, which must be shaped as `shape`.
func normalizedAxes(of x: Tensor, _ layer: String, _ shape: Shape) -> [Int] {
  require(
    x.rank >= shape.rank && Shape(x.shape.suffix(shape.rank)) == shape,
    "\(layer): input shape \(x.shape) does not end in \(shape), the weight's shape")
  return Array((x.rank - shape.rank)..<x.rank)
}

/// A tensor along some axes, which are kept with extent 1: its mean, its biased variance, and how far it is from the mean.
struct NormalizationStatistics {
  let mean: Tensor
  let variance: Tensor
  private let centred: Tensor

  /// Everything is taken from the differences to each group's first element. So equal elements are 0 from their mean, and
  /// not the rounding of their sum, which 1/√ε makes three hundred times larger; and a small spread around a large mean is
  /// not lost in its last digits.
  init(_ x: Tensor, axes: [Int]) {
    let limits = x.shape.indices.map { axes.contains($0) ? min(x.shape[$0], 1) : x.shape[$0] }
    let first = x.sliced(starts: x.shape.map { _ in 0 }, limits: limits).stoppingGradient()
    let differences = x.shape.contains(0) ? x : x - first
    let meanDifference = differences.mean(axes: axes, keepingAxes: true)
    mean = x.shape.contains(0) ? meanDifference : first + meanDifference
    centred = differences - meanDifference
    variance = (centred * centred).mean(axes: axes, keepingAxes: true)
  }

  /// Of known statistics.
  init(_ x: Tensor, mean: Tensor, variance: Tensor) {
    self.mean = mean
    self.variance = variance
    centred = x - mean
  }

  func normalized(epsilon: Double) -> Tensor { centred * rsqrt(variance + epsilon) }
}

extension LayerNorm {
  /// `LayerNorm[shape]`.
  public var title: String { "LayerNorm(\(weight.shape))" }
}

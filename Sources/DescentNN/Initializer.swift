import DescentGraph

/// How a parameter starts. Fans count the connections into and out of a unit.
public enum Initializer: Sendable, Hashable {
  /// 0 in every element: biases.
  case zeros
  /// 1 in every element: the scales of normalizations.
  case ones
  /// One number, rounded to the dtype, in every element.
  case constant(Double)
  /// Uniform within ±bound.
  case uniform(bound: Double)
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Variance 2/fanIn, for ReLU (He et al. 2015, arXiv 1502.01852).
  case heNormal(fanIn: Int)
  /// The same variance, uniform within ±√(6/fanIn).
  case heUniform(fanIn: Int)
  /// Variance 2/(fanIn + fanOut), for tanh and sigmoid (Glorot & Bengio 2010).
  case xavierNormal(fanIn: Int, fanOut: Int)
  /// The same variance, uniform within ±√(6/(fanIn + fanOut)).
  case xavierUniform(fanIn: Int, fanOut: Int)
  /// Variance 1/fanIn (LeCun et al. 1998, "Efficient BackProp").
  case leCunNormal(fanIn: Int)
  /// The same variance, uniform within ±√(3/fanIn).
  case leCunUniform(fanIn: Int)

  /// A draw of the given shape.
  public func sample(_ shape: Shape, dtype: DType = .float32, key: RandomKey) -> Tensor {
    // As data and not as a constant of the code, so that all parameters are drawn by the same compiled kernel.
    func scalar(_ value: Double) -> Tensor { Tensor([value], shape: []).cast(to: dtype) }
    func normal(_ variance: Double) -> Tensor {
      scalar(variance.squareRoot()) * key.normal(shape, dtype: dtype)
    }
    // A uniform distribution on ±b has variance b²/3.
    func uniform(_ variance: Double) -> Tensor {
      let bound = (3 * variance).squareRoot()
      return scalar(-bound) + scalar(2 * bound) * key.uniform(shape, dtype: dtype)
    }
    return switch self {
    case .zeros: .zeros(shape, dtype: dtype)
    case .ones: .ones(shape, dtype: dtype)
    case .constant(let value): Tensor(filled: value, shape: shape, dtype: dtype)
    case .uniform(let bound): uniform(bound * bound / 3)
    case .normal(let deviation): normal(deviation * deviation)
    case .heNormal(let fanIn): normal(2 / Double(fanIn))
    case .heUniform(let fanIn): uniform(2 / Double(fanIn))
    case .xavierNormal(let fanIn, let fanOut): normal(2 / Double(fanIn + fanOut))
    case .xavierUniform(let fanIn, let fanOut): uniform(2 / Double(fanIn + fanOut))
    case .leCunNormal(let fanIn): normal(1 / Double(fanIn))
    case .leCunUniform(let fanIn): uniform(1 / Double(fanIn))
    }
  }
}

import DescentGraph

/// Momentum, and an upper triangular matrix Q for each axis that is not too long, which starts as the identity (PSGD).
public struct KroneckerFactors: OptimizerState {
  /// The average gradient, of the parameter's shape.
  @Slot public var mean: Tensor
  /// The matrices Q, `[n, n]` for an axis of extent n.
  public let factors: [Slot]
  let axes: [Int]
  /// Of the noise that the factors are fitted with.
  let key: RandomKey

  /// Zeros, and the identity for every axis, however long.
  public init(like w: Tensor) { self.init(like: w, named: "", longestAxis: .max) }
  init(like w: Tensor, named name: String, longestAxis: Int) {
    mean = .zeros(like: w)
    axes = w.shape.indices.filter { w.shape[$0] <= longestAxis }
    factors = axes.map { Slot(wrappedValue: .identity(w.shape[$0], dtype: w.dtype)) }
    key = RandomKey(0).folding(in: name)
  }

  /// Q ← Q − μ·triu(AᵢAᵢᵀ − BᵢBᵢᵀ)·Q / ‖AᵢAᵢᵀ + BᵢBᵢᵀ‖ for every axis, if it is due; A is `g` multiplied by every Q, B is
  /// noise multiplied by every Q⁻ᵀ.
  func fit(to g: Tensor, rate: Tensor, number: Tensor, isDue: Tensor) {
    let old = factors.map(\.wrappedValue)
    let new = when(isDue, otherwise: old) {
      let noise = key.folding(in: number.cast(to: .int64)).normal(g.shape).cast(to: g.dtype)
      let a = zip(axes, old).reduce(g) { x, part in x.multiplied(by: part.1, along: part.0) }
      let b = zip(axes, old).reduce(noise) { x, part in
        x.mappingSlices(along: part.0) { part.1.solvingTriangular($0, lower: false, transposed: true) }
      }
      return zip(axes, old).map { axis, q in
        let (ofGradient, ofNoise) = (a.innerProducts(along: axis), b.innerProducts(along: axis))
        let step = rate / (ofGradient + ofNoise).leastNorm
        return q - step * matmul((ofGradient - ofNoise).upperTriangle(), q)
      }
    }
    for (slot, q) in zip(factors, new) { slot.wrappedValue = q }
  }

  /// `g` multiplied along each axis by QᵀQ.
  func whitened(_ g: Tensor) -> Tensor {
    zip(axes, factors.map(\.wrappedValue)).reduce(g) { x, part in
      x.multiplied(by: part.1, along: part.0).multiplied(by: part.1.transposed, along: part.0)
    }
  }
}

extension Tensor {
  fileprivate static func identity(_ n: Int, dtype: DType) -> Tensor {
    let storage = Storage(shape: [n, n], dtype: dtype)
    for i in 0..<n { storage.set(1, at: i * n + i) }
    return Tensor(storage: storage)
  }

  /// A lower bound of this symmetric matrix's greatest eigenvalue: what it makes of its longest row, made twice.
  fileprivate var leastNorm: Tensor {
    let longest = (self * self).sum(axes: [1]).argmax().reshaped([1])
    let direction = matmul(gathering(longest), self)
    return matmul(direction / (direction.norm() + 1e-30), self).norm() + 1e-30
  }
}

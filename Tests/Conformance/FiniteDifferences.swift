import DescentReference
import DescentGraph
import TestSupport

/// Central differences of a scalar program in `Double`.
///
/// The step h = ε^(1/3) (6·10⁻⁶) balances the two errors of (f(x+h) - f(x-h)) / 2h: truncation, h²·f‴/6 ≈ 6·10⁻¹²·f‴,
/// and cancellation, ε·f/h ≈ 4·10⁻¹¹·f. Both are far below the 10⁻⁶ that gradients are compared with, which in turn is
/// far below what any wrong rule gives.
enum FiniteDifferences {
  typealias Value = Interpreter<Double>.Value
  static let step = 0x1p-17

  /// The derivative of the program's first result, a scalar, by each element of each argument.
  static func gradient(of program: Program, at point: [Value]) -> [[Double]] {
    let interpreter = Interpreter<Double>()
    func value(_ arguments: [Value]) -> Double { interpreter.run(program, arguments: arguments).results[0].floats[0] }
    return point.indices.map { number in
      point[number].floats.indices.map { index in
        func moved(by h: Double) -> [Value] {
          var floats = point[number].floats
          floats[index] += h
          var arguments = point
          arguments[number] = Value(floats: floats, shape: point[number].shape, dtype: point[number].dtype)
          return arguments
        }
        return (value(moved(by: step)) - value(moved(by: -step))) / (2 * step)
      }
    }
  }
}

/// A linear functional of a tensor with random coefficients: Σ w ⊙ x.
func functional(_ x: Tensor, _ seed: UInt64) -> Tensor {
  var random = SplitMix(seed)
  let weights = (0..<x.shape.elementCount).map { _ in random.double(0.5...1.5) * (random.oneIn(2) ? 1 : -1) }
  return (x * Tensor(weights, shape: x.shape)).sum()
}

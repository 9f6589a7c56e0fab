import DescentGraph
import Foundation

/// Student's t distribution for whole degrees of freedom.
enum StudentT {
  /// The `t` with `P(|T| ≤ t) = confidence`.
  ///
  /// - Parameters:
  ///   - confidence: in `0..<1`, 0.95 for a 95 % interval.
  ///   - degreesOfFreedom: at least 1.
  static func twoSidedQuantile(_ confidence: Double, degreesOfFreedom: Int) -> Double {
    require(degreesOfFreedom >= 1, "degrees of freedom must be at least 1, got \(degreesOfFreedom)")
    require((0..<1).contains(confidence), "confidence must be in 0..<1, got \(confidence)")
    // The probability grows with the angle, so halving the bracket finds it to the last bit in 60 rounds.
    var low = 0.0
    var high = Double.pi / 2
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if centralProbability(angle: middle, degreesOfFreedom: degreesOfFreedom) < confidence {
        low = middle
      } else {
        high = middle
      }
    }
    return Double(degreesOfFreedom).squareRoot() * tan((low + high) / 2)
  }

  /// `P(|T| ≥ |t|)`.
  static func twoSidedPValue(_ t: Double, degreesOfFreedom: Int) -> Double {
    let angle = atan(abs(t) / Double(degreesOfFreedom).squareRoot())
    return max(0, 1 - centralProbability(angle: angle, degreesOfFreedom: degreesOfFreedom))
  }

  /// `P(|T| ≤ √ν·tan θ)` with `ν` degrees of freedom, by the finite sums of Abramowitz and Stegun, Handbook of
  /// Mathematical Functions, 26.7.3 (odd ν) and 26.7.4 (even ν).
  static func centralProbability(angle: Double, degreesOfFreedom: Int) -> Double {
    let sine = sin(angle)
    let cosine = cos(angle)
    if degreesOfFreedom == 1 { return 2 * angle / .pi }
    let isOdd = degreesOfFreedom % 2 == 1
    var term = isOdd ? cosine : 1.0
    var sum = term
    // Each term follows from the one before: a factor (k − 1) / k and two more powers of the cosine.
    var k = isOdd ? 3 : 2
    while k <= degreesOfFreedom - 2 {
      term *= Double(k - 1) / Double(k) * cosine * cosine
      sum += term
      k += 2
    }
    return isOdd ? 2 / .pi * (angle + sine * sum) : sine * sum
  }
}

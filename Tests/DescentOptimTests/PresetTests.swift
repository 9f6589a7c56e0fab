import DescentOptim
import Foundation
import Testing

/// The presets of Keras, which no golden run speaks for, against its formulas as loops.
@Suite struct PresetTests {
  /// - Parameter step: an element after a step, from the element, its gradient, the step's number and what it remembers.
  private func check(
    _ method: any OptimizationMethod, _ step: (Double, Double, Double, inout Double, inout Double) -> Double
  ) {
    let track = Track.waves([3, 4], steps: 15)
    let found = track.reference(method)
    for i in 0..<12 {
      var (w, m, v) = (track.parameters[0].start[i], 0.0, 0.0)
      for (t, gradient) in track.gradients.enumerated() {
        w = step(w, gradient[0][i], Double(t + 1), &m, &v)
        #expect(abs(found[t][0][i] - w) < 1e-13)
      }
    }
  }

  /// `alpha = learning_rate * sqrt(1 - beta_2_power) / (1 - beta_1_power)`; ε joins the uncorrected root.
  @Test func `Adam as in Keras`() {
    check(Adam.keras()) { w, g, t, m, v in
      m += (g - m) * (1 - 0.9)
      v += (g * g - v) * (1 - 0.999)
      return w - m * 1e-3 * (1 - pow(0.999, t)).squareRoot() / (1 - pow(0.9, t)) / (v.squareRoot() + 1e-7)
    }
  }

  /// ε joins the norm after the maximum.
  @Test func `Adamax as in Keras`() {
    check(Adamax.keras()) { w, g, t, m, u in
      m += (g - m) * (1 - 0.9)
      u = max(0.999 * u, abs(g))
      return w - 1e-3 * m / ((1 - pow(0.9, t)) * (u + 1e-7))
    }
  }

  /// ε stands under the root.
  @Test func `RMSProp as in Keras`() {
    check(RMSProp.keras()) { w, g, _, _, v in
      v = 0.9 * v + 0.1 * g * g
      return w - 1e-3 * g / (v + 1e-7).squareRoot()
    }
  }

  /// Accumulators start at 0.1.
  @Test func `Adagrad as in Keras`() {
    check(Adagrad.keras()) { w, g, t, _, sum in
      sum += t == 1 ? 0.1 + g * g : g * g
      return w - 1e-3 * g / (sum + 1e-7).squareRoot()
    }
  }
}

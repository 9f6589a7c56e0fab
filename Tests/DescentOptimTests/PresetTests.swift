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

  /// Adam's step with ε = 1e-7 at the uncorrected root, from θ − θ·λη with λ = 0.004.
  @Test func `AdamW as in Keras`() {
    check(AdamW.keras()) { w, g, t, m, v in
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      let rate = 1e-3 * (1 - pow(0.999, t)).squareRoot() / (1 - pow(0.9, t))
      return w - 1e-3 * 0.004 * w - rate * m / (v.squareRoot() + 1e-7)
    }
  }

  /// Adam with `amsgrad`: the greatest uncorrected v so far stands under the root.
  @Test func `AMSGrad as in Keras`() {
    var greatest = 0.0
    check(AMSGrad.keras()) { w, g, t, m, v in
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      greatest = t == 1 ? v : max(greatest, v)
      return w - 1e-3 * m * (1 - pow(0.999, t)).squareRoot() / (1 - pow(0.9, t)) / (greatest.squareRoot() + 1e-7)
    }
  }

  /// uₜ = 0.9·(1 − ½·0.96ᵗ); m̂ = uₜ₊₁·m/(1 − Πu·uₜ₊₁) + (1 − uₜ)·g/(1 − Πu); ε joins the corrected root.
  @Test func `NAdam as in Keras`() {
    func u(_ t: Double) -> Double { 0.9 * (1 - 0.5 * pow(0.96, t)) }
    check(NAdam.keras()) { w, g, t, m, v in
      let product = (1...Int(t)).reduce(1.0) { $0 * u(Double($1)) }
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      let (now, next) = (u(t), u(t + 1))
      let ahead = next * m / (1 - product * next) + (1 - now) * g / (1 - product)
      return w - 1e-3 * ahead / ((v / (1 - pow(0.999, t))).squareRoot() + 1e-7)
    }
  }

  /// The sign of 0.9·m + 0.1·g, then m ← 0.99·m + 0.01·g; λ is off.
  @Test func `Lion as in Keras`() {
    check(Lion.keras()) { w, g, _, m, _ in
      defer { m = 0.99 * m + 0.01 * g }
      let way = 0.9 * m + 0.1 * g
      return w - (way > 0 ? 1e-3 : way < 0 ? -1e-3 : 0)
    }
  }

  /// s from 0.1, z from 0: z ← z + g − (√s_new − √s)/η·θ, θ ← −z·η/√s_new, since λ₁ = λ₂ = β = 0.
  @Test func `FTRL as in Keras`() {
    check(FTRL.keras()) { w, g, t, z, s in
      let old = t == 1 ? 0.1 : s
      s = old + g * g
      z += g - (s.squareRoot() - old.squareRoot()) / 1e-3 * w
      return -z * 1e-3 / s.squareRoot()
    }
  }

  /// Both roots have ε = 1e-7 under them, ρ = 0.95, and the step is multiplied by 0.001.
  @Test func `Adadelta as in Keras`() {
    check(Adadelta.keras()) { w, g, _, v, d in
      v = 0.95 * v + 0.05 * g * g
      let move = (d + 1e-7).squareRoot() / (v + 1e-7).squareRoot() * g
      d = 0.95 * d + 0.05 * move * move
      return w - 1e-3 * move
    }
  }

  /// - Parameter step: a whole tensor after a step, from the tensor, its gradient, the step's number and two lists that are
  ///   remembered, zeros of its size at first.
  private func check(
    _ method: any OptimizationMethod, _ shape: [Int],
    whole step: ([Double], [Double], Double, inout [Double], inout [Double]) -> [Double]
  ) {
    let track = Track.waves(.init(shape), steps: 15)
    let found = track.reference(method)
    var w = track.parameters[0].start
    var (a, b) = (w.map { _ in 0.0 }, w.map { _ in 0.0 })
    for (t, gradient) in track.gradients.enumerated() {
      w = step(w, gradient[0], Double(t + 1), &a, &b)
      #expect(zip(found[t][0], w).allSatisfy { abs($0 - $1) < 1e-13 })
    }
  }
  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  private func rootMeanSquare(_ x: [Double]) -> Double { norm(x) / Double(x.count).squareRoot() }

  /// u = m̂/(√v̂ + 1e-7) scaled by ‖θ‖/‖u‖; λ is off.
  @Test func `LAMB as in Keras`() {
    check(LAMB.keras(), [3, 4]) { w, g, t, m, v in
      m = zip(m, g).map { 0.9 * $0 + 0.1 * $1 }
      v = zip(v, g).map { 0.999 * $0 + 0.001 * $1 * $1 }
      let (correction1, correction2) = (1 / (1 - pow(0.9, t)), 1 / (1 - pow(0.999, t)))
      let roots: [Double] = v.map { ($0 * correction2).squareRoot() + 1e-7 }
      let u: [Double] = zip(m, roots).map { $0 * correction1 / $1 }
      let scale = norm(w) / norm(u)
      return zip(w, u).map { $0 - 1e-3 * scale * $1 }
    }
  }

  /// η = max(0.001, RMS(θ))·min(0.001, 1/√t), decay 1 − t^−0.8, u = g/√v divided by max(1, RMS(u)). A vector's v is the
  /// average of g² + 1e-30; a matrix's that of its rows' means times that of its columns', over the mean of the rows'.
  @Test func `Adafactor as in Keras`() {
    func stepped(_ w: [Double], _ g: [Double], _ v: [Double], _ t: Double) -> [Double] {
      let u = zip(g, v).map { $0 / $1.squareRoot() }
      let length = max(1e-3, rootMeanSquare(w)) / max(1, rootMeanSquare(u))
      let rate = length * min(1e-3, 1 / t.squareRoot())
      return zip(w, u).map { $0 - rate * $1 }
    }
    check(Adafactor.keras(), [6]) { w, g, t, v, _ in
      let decay = 1 - pow(t, -0.8)
      v = zip(v, g).map { decay * $0 + (1 - decay) * ($1 * $1 + 1e-30) }
      return stepped(w, g, v, t)
    }
    check(Adafactor.keras(), [3, 4]) { w, g, t, rows, columns in
      let decay = 1 - pow(t, -0.8)
      let squares = g.map { $0 * $0 + 1e-30 }
      for i in 0..<3 {
        let mean = (0..<4).map { squares[4 * i + $0] }.reduce(0, +) / 4
        rows[i] = decay * rows[i] + (1 - decay) * mean
      }
      for j in 0..<4 {
        let mean = (0..<3).map { squares[4 * $0 + j] }.reduce(0, +) / 3
        columns[j] = decay * columns[j] + (1 - decay) * mean
      }
      let mean: Double = (rows[0] + rows[1] + rows[2]) / 3
      let v: [Double] = (0..<12).map { rows[$0 / 4] / mean * columns[$0 % 4] }
      return stepped(w, g, v, t)
    }
  }

  /// A convolution's kernels get Adam with Nesterov's momentum: m̂ = β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·g/(1 − β₁ᵗ). Keller
  /// Jordan's own form reshapes them to matrices.
  @Test func `Muon as in optax leaves tensors of more than two axes to Adam`() {
    let shape = [4, 3, 2, 2]
    check(Muon.optax(learningRate: 0.02), shape) { w, g, t, m, v in
      m = zip(m, g).map { 0.9 * $0 + 0.1 * $1 }
      v = zip(v, g).map { 0.999 * $0 + 0.001 * $1 * $1 }
      let ahead: [Double] = zip(m, g).map { 0.9 * $0 / (1 - pow(0.9, t + 1)) + 0.1 * $1 / (1 - pow(0.9, t)) }
      let roots: [Double] = v.map { ($0 / (1 - pow(0.999, t))).squareRoot() + 1e-8 }
      return zip(w, zip(ahead, roots)).map { $0 - 0.02 * $1.0 / $1.1 }
    }
    let track = Track.waves(.init(shape), steps: 1)
    #expect(track.reference(Muon(learningRate: 0.02)) != track.reference(Muon.optax(learningRate: 0.02)))
  }
}

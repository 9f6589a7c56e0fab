import DescentRuntime
import DescentReference
import DescentGraph
import DescentOptim
import Testing

/// How the momentum methods are related.
@Suite struct MomentumTests {
  static let track = Track.waves([3, 5], steps: 20)

  private func difference(_ a: [[[Double]]], _ b: [[[Double]]]) -> Double {
    zip(a, b).map { relativeError($0[0], $1[0], scale: 0.1) }.max() ?? .infinity
  }

  @Test(arguments: [0.5, 0.9, 0.99])
  func `averaging is accumulating at 1 − μ times the learning rate`(momentum: Double) {
    let accumulating = Self.track.reference(
      Momentum(learningRate: .constant(0.1 * (1 - momentum)), momentum: .constant(momentum)))
    let averaging = Self.track.reference(
      Momentum(learningRate: 0.1, momentum: .constant(momentum), form: .averaging))
    #expect(difference(averaging, accumulating) < 1e-12)
  }

  @Test func `without momentum all forms are gradient descent`() {
    let plain = Self.track.reference(SGD(learningRate: 0.1, weightDecay: 0.02))
    let methods: [any OptimizationMethod] = [
      Momentum(learningRate: 0.1, momentum: 0, weightDecay: 0.02),
      Momentum(learningRate: 0.1, momentum: 0, weightDecay: 0.02, form: .averaging),
      Nesterov(learningRate: 0.1, momentum: 0, weightDecay: 0.02),
    ]
    for method in methods { #expect(difference(Self.track.reference(method), plain) < 1e-14) }
  }

  @Test func `a steady gradient moves accumulated momentum 1/(1 − μ) times as far`() {
    var steady = Track.waves([4], steps: 400)
    steady.gradients = steady.gradients.map { _ in [[1, -2, 0.5, 3]] }
    func lastStep(_ method: any OptimizationMethod) -> [Double] {
      let states = steady.reference(method)
      return zip(states[399][0], states[398][0]).map { $0 - $1 }
    }
    let plain = lastStep(SGD(learningRate: 0.01))
    #expect(relativeError(lastStep(Momentum(learningRate: 0.01)), plain.map { 10 * $0 }, scale: 1e-9) < 1e-9)
    #expect(relativeError(lastStep(Momentum(learningRate: 0.01, form: .averaging)), plain, scale: 1e-9) < 1e-9)
    #expect(relativeError(lastStep(Nesterov(learningRate: 0.01)), plain.map { 10 * $0 }, scale: 1e-9) < 1e-9)
  }

  /// Sutskever et al. 2013, equations 3 and 4: v ← μv − η∇f(θ + μv), θ ← θ + v. The parameters here are their θ + μv.
  @Test func `Nesterov takes the gradient at the point looked ahead to`() throws {
    let curvature = [1.0, 5, 20]
    let start: [Double] = [1, -2, 0.5]
    let (rate, momentum) = (0.03, 0.9)

    let w = Variable(Storage(start, shape: [3]), name: "w")
    let updater = try Updater(
      Nesterov(learningRate: .constant(rate), momentum: .constant(momentum)), parameters: [w])
    let program = Trace.record(arguments: []) { _ in
      updater.minimize((0.5 * Tensor(curvature) * w.value * w.value).sum())
      return []
    }
    let step = ReferenceStep<Double>(program)

    var (theta, velocity) = (start, [0.0, 0, 0])
    for _ in 0..<60 {
      step.step()
      for i in theta.indices {
        let lookedAhead = theta[i] + momentum * velocity[i]
        velocity[i] = momentum * velocity[i] - rate * curvature[i] * lookedAhead
        theta[i] += velocity[i]
      }
      let expected = zip(theta, velocity).map { $0 + momentum * $1 }
      #expect(relativeError(step.value(of: w).floats, expected, scale: 0.01) < 1e-11)
    }
  }
}

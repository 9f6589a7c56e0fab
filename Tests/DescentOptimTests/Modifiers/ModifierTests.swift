import DescentRuntime
import DescentGraph
import DescentOptim
import Foundation
import Testing

/// Modifiers that act on gradients or on what comes out of the method, against arithmetic by hand.
@Suite struct ModifierTests {
  /// One step of plain descent at rate 1 from `start` on `gradient`, both of one tensor.
  private func step(_ method: some OptimizationMethod, _ start: [Double], _ gradient: [Double], _ shape: Shape)
    -> [Double]
  {
    let track = Track(
      parameters: [.init(name: "layers.0.weight", shape: shape, start: start)], gradients: [[gradient]])
    return track.reference(method)[0][0]
  }
  private let sgd = SGD(learningRate: 1)

  @Test func `clipping by value and by norm`() {
    #expect(step(sgd.clipped(value: 2), [0, 0, 0], [3, -5, 1], [3]) == [-2, 2, -1])
    #expect(relativeError(step(sgd.clipped(tensorNorm: 1), [0, 0], [3, 4], [2]), [-0.6, -0.8], scale: 1) < 1e-15)
    #expect(step(sgd.clipped(tensorNorm: 6), [0, 0], [3, 4], [2]) == [-3, -4])
    #expect(step(sgd.clipped(globalNorm: 1), [0, 0], [0, 0], [2]) == [0, 0])
  }

  @Test func `a global norm is that of all tensors, a tensor's its own`() {
    let parameters = ["a", "b"].map { Track.Parameter(name: $0, shape: [1], start: [0]) }
    let track = Track(parameters: parameters, gradients: [[[3], [4]]])
    let whole = track.reference(sgd.clipped(globalNorm: 1))[0].flatMap { $0 }
    let each = track.reference(sgd.clipped(tensorNorm: 1))[0].flatMap { $0 }
    #expect(relativeError(whole, [-0.6, -0.8], scale: 1) < 1e-15 && relativeError(each, [-1, -1], scale: 1) < 1e-15)
  }

  /// Brock et al. 2021, equation 3: rows of weights (3, 4) and (0, 0); gradients (6, 8) and (0.003, 0.004).
  @Test func `adaptive clipping compares each output's gradient with its weights`() {
    let found = step(sgd.clipped(adaptive: 0.1), [3, 4, 0, 0], [6, 8, 0.003, 0.004], [2, 2])
    // 0.1 · 5 of length along (6, 8); 0.1 · 1e-3 along (3, 4).
    let expected = [3 - 0.5 * 0.6, 4 - 0.5 * 0.8, -1e-4 * 0.6, -1e-4 * 0.8]
    #expect(relativeError(found, expected, scale: 1e-6) < 1e-12)
    #expect(step(sgd.clipped(adaptive: 10), [3, 4], [6, 8], [2]) == [-3, -4])
  }

  @Test func `centralized gradients have no mean over an output's weights, vectors stay`() {
    #expect(step(sgd.centralizingGradients(), [0, 0, 0, 0], [1, 3, 5, 5], [2, 2]) == [1, -1, 0, 0])
    #expect(step(sgd.centralizingGradients(), [0, 0], [1, 3], [2]) == [-1, -3])
  }

  @Test func `decoupled decay shrinks the weights, coupled decay joins the gradient`() throws {
    let track = Track.waves([6], steps: 12)
    let plain = Adam(learningRate: 0.05)
    func same(_ a: some OptimizationMethod, _ b: some OptimizationMethod) -> Bool {
      zip(track.reference(a), track.reference(b)).allSatisfy { relativeError($0[0], $1[0], scale: 0.01) < 1e-12 }
    }
    #expect(same(plain.weightDecay(0.1), AdamW(learningRate: 0.05, weightDecay: 0.1)))
    #expect(same(plain.weightDecay(0.1, .coupled), Adam(learningRate: 0.05, weightDecay: 0.1)))
    #expect(!same(plain.weightDecay(0.1), plain))
  }

  @Test func `weight decay goes where its pattern says`() {
    let parameters = ["a.weight", "a.bias"].map { Track.Parameter(name: $0, shape: [1], start: [1]) }
    let track = Track(parameters: parameters, gradients: [[[0], [0]]])
    let halved = SGD(learningRate: 0.5)
    #expect(track.reference(halved.weightDecay(0.5, matching: "*.weight"))[0] == [[0.75], [1]])
    #expect(track.reference(halved.weightDecay(0.5, matching: "*.bias", .coupled))[0] == [[1], [0.75]])
  }

  @Test func `noise has the variance of its step and comes from its key alone`() {
    let count = 20_000
    let zeros = [Double](repeating: 0, count: count)
    let track = Track(
      parameters: [.init(name: "w", shape: [count], start: zeros)], gradients: [zeros, zeros, zeros].map { [$0] })
    func steps(_ seed: Int) -> [[Double]] {
      let states = track.reference(sgd.gradientNoise(key: RandomKey(seed), variance: 0.04, decay: 1))
      return states.indices.map { i in zip(states[i][0], i == 0 ? zeros : states[i - 1][0]).map { $0 - $1 } }
    }
    let found = steps(3)
    for (t, noise) in found.enumerated() {
      let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(count)
      // Five standard errors of a variance from 20,000 draws.
      #expect((variance * Double(t + 1) / 0.04 - 1).magnitude < 0.05, "\(variance)")
    }
    #expect(found[0] != found[1] && steps(3) == found && steps(4) != found)
  }

  /// Momentum's velocity goes on against a gradient that has turned.
  @Test func `cautious steps leave out what goes against the gradient`() {
    let track = Track(
      parameters: [.init(name: "w", shape: [4], start: [0, 0, 0, 0])],
      gradients: [[[1, 1, 1, 1]], [[-0.5, 1, 1, 1]]])
    let states = track.reference(Momentum(learningRate: 0.1, momentum: 0.9).cautious())
    // All agree in the first step; then three of four do, and go 4/3 as far: v = 0.9 + 1.
    #expect(relativeError(states[0][0], [-0.1, -0.1, -0.1, -0.1], scale: 1) < 1e-15)
    let further = -0.1 - 0.19 * 4 / 3
    #expect(relativeError(states[1][0], [-0.1, further, further, further], scale: 1) < 1e-15)
  }

  @Test func `layers learn slower the further they are from the last`() throws {
    let names = ["embedding.weight", "blocks.0.w", "blocks.0.b", "blocks.11.w", "head.weight"]
    let track = Track(
      parameters: names.map { .init(name: $0, shape: [1], start: [0]) },
      gradients: [[[Double]]](repeating: names.map { _ in [1] }, count: 2))
    let rates = [0.125, 0.25, 0.25, 0.5, 1]
    #expect(track.reference(SGD(learningRate: 1).layerwiseDecay(0.5))[0].flatMap { $0 } == rates.map { -$0 })
    // Any method, whatever it does with its rate; and the rate may be scheduled.
    let scheduled = SGD(learningRate: .exponential(from: 1, rate: 0.5)).layerwiseDecay(0.5).clipped(value: 10)
    #expect(try track.compiled(scheduled).states[1].flatMap { $0 } == rates.map { -1.5 * $0 })
    let adam = track.reference(AdamW(learningRate: 0.1).layerwiseDecay(0.5))[1].flatMap { $0 }
    let own = rates.map { rate in
      var one = track
      one.parameters = [one.parameters[0]]
      one.gradients = one.gradients.map { [$0[0]] }
      return one.reference(AdamW(learningRate: .constant(0.1 * rate)))[1][0][0]
    }
    #expect(relativeError(adam, own, scale: 1e-3) < 1e-12)
  }

  /// Zhang et al. 2019, algorithm 1, with plain descent at rate 1 on gradients of 1: k = 2, α = 0.25.
  @Test func `lookahead's slow weights follow every k steps`() {
    let track = Track(
      parameters: [.init(name: "w", shape: [1], start: [8])],
      gradients: [[[Double]]](repeating: [[1]], count: 5))
    let states = track.reference(sgd.lookahead(share: 0.25, every: 2)).map { $0[0][0] }
    // φ: 8 → 8 + ¼(6 − 8) = 7.5 → 7.5 + ¼(5.5 − 7.5) = 7.
    #expect(states == [7, 7.5, 6.5, 7, 6])
  }

  /// f(x, y) = ½(x² + 10y²), from (3, 0.4): g = (3, 4), ‖g‖ = 5, ρ = 0.5: the gradient at (3.3, 0.8) is (3.3, 8).
  @Test func `sharpness-aware steps take the gradient where the loss is higher`() throws {
    func fit(_ method: some OptimizationMethod) throws -> [Double] {
      let w = Variable(Storage([3.0, 0.4], shape: [2]), name: "w")
      let updater = try Updater(method, parameters: [w])
      let step = compile { _ in
        let loss = 0.5 * (Tensor([1.0, 10.0]) * w.value * w.value).sum()
        updater.minimize(loss)
        return [loss]
      }
      for _ in 0..<2 { _ = try step([]) }
      #expect(step.traceCount == 1)
      return w.elements
    }
    var w = [3.0, 0.4]
    for _ in 0..<2 {
      let g = [w[0], 10 * w[1]]
      let norm = (g[0] * g[0] + g[1] * g[1]).squareRoot()
      let above = [w[0] + 0.5 * g[0] / norm, w[1] + 0.5 * g[1] / norm]
      w = [w[0] - 0.1 * above[0], w[1] - 0.1 * 10 * above[1]]
    }
    #expect(relativeError(try fit(SGD(learningRate: 0.1).sharpnessAware(radius: 0.5)), w, scale: 0.1) < 1e-11)
    // Inside a group it climbs along the group's parameters only.
    let grouped = SGD(learningRate: 5).group("w", SGD(learningRate: 0.1).sharpnessAware(radius: 0.5))
    #expect(relativeError(try fit(grouped), w, scale: 0.1) < 1e-11)
  }

  /// f = ½(x² + 10y²): the Hessian's diagonal is (1, 10), and so is its estimate's mean.
  @Test func `Sophia divides by the Hessian's diagonal and clips`() throws {
    let w = Variable(Storage([3.0, 0.4], shape: [2]), name: "w")
    let method = Sophia(learningRate: 0.1, beta1: 0.5, beta2: 0.9, scale: 1, weightDecay: 0, interval: 2)
    let updater = try Updater(method, parameters: [w])
    let step = compile { _ in
      updater.minimize(0.5 * (Tensor([1.0, 10.0]) * w.value * w.value).sum())
      return []
    }
    let hessian = try #require(updater.state.first { $0.name == "w.meanSquare" }).variable
    let key = method.key
    var (x, m, h) = ([3.0, 0.4], [0.0, 0.0], [0.0, 0.0])
    for t in 1...5 {
      if t % 2 == 1 {
        // u·∇²L·u for a diagonal Hessian: u² times it.
        let u = try key.folding(in: t).folding(in: "w").normal([2], dtype: .float64).scalars(as: Double.self)
        for i in 0..<2 { h[i] = 0.9 * h[i] + 0.1 * u[i] * u[i] * [1, 10][i] }
      }
      for i in 0..<2 {
        m[i] = 0.5 * m[i] + 0.5 * [1, 10][i] * x[i]
        x[i] -= 0.1 * min(max(m[i] / max(h[i], 1e-12), -1), 1)
      }
      _ = try step([])
      #expect(relativeError(hessian.elements, h, scale: 1e-3) < 1e-10)
      #expect(relativeError(w.elements, x, scale: 1e-3) < 1e-10)
    }
  }
}

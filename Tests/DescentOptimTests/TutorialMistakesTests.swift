import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

/// What tutorials get wrong (`Documentation/Methods.md`): each common form beside the right one, on a problem that tells
/// them apart.
@Suite struct TutorialMistakesTests {
  /// `steps` steps on `loss`, a function of one vector.
  ///
  /// - Returns: the parameters before the first step and after each, and the losses before each step.
  private func descend<Method: OptimizationMethod>(
    _ method: Method, from start: [Double], steps: Int, _ loss: @escaping @Sendable (Tensor) -> Tensor
  ) throws -> (path: [[Double]], losses: [Double]) {
    let w = Variable(shape: [start.count], dtype: .float64, name: "w")
    for (i, x) in start.enumerated() { w.storage.set(x, at: i) }
    let updater = try Updater(method, parameters: [w])
    let step = compile { () -> Tensor in
      let value = loss(w.value)
      updater.minimize(value)
      return value
    }
    var path = [start]
    let losses = try (0..<steps).map { _ in
      defer { path.append((0..<start.count).map { w.storage.double(at: $0) }) }
      return try step().scalar()
    }
    return (path, losses)
  }

  /// A minimum at 3 in every coordinate.
  @Sendable private static func bowl(_ w: Tensor) -> Tensor { ((w - 3) * (w - 3)).sum() }

  // MARK: RMSProp

  private struct RMSPropOfSquares: Optimizer {
    var learningRate: Schedule = 0.05
    func update(_ w: Tensor, gradient g: Tensor, state s: RMSProp.State, at step: Step<Self>) -> Tensor {
      s.meanSquare = 0.9 * s.meanSquare + 0.1 * (g * g)
      return w - step.learningRate * s.meanSquare / (sqrt(s.meanSquare) + 1e-8)
    }
  }

  @Test func `RMSProp that divides the averaged square can only go down`() throws {
    let right = try descend(RMSProp(learningRate: 0.05, decay: 0.9), from: [0, 6], steps: 200, Self.bowl)
    #expect(right.path.last!.allSatisfy { abs($0 - 3) < 0.1 })
    let wrong = try descend(RMSPropOfSquares(), from: [0, 6], steps: 200, Self.bowl)
    // The coordinate that has to grow runs away from the minimum, and ever faster.
    let first = wrong.path.map { $0[0] }
    #expect(zip(first, first.dropFirst()).allSatisfy { $1 < $0 })
    #expect(wrong.losses.last! > 100 * wrong.losses[0])
  }

  // MARK: Adam

  private struct AdamUncorrected: Optimizer {
    var learningRate: Schedule = 0.01
    var isClamped = false
    func update(_ w: Tensor, gradient g: Tensor, state s: Adam.State, at step: Step<Self>) -> Tensor {
      s.mean = 0.9 * s.mean + 0.1 * g
      s.meanSquare = 0.999 * s.meanSquare + 0.001 * (g * g)
      guard isClamped else { return w - step.learningRate * s.mean / (sqrt(s.meanSquare) + 1e-8) }
      s.mean = maximum(s.mean, 0)
      let mean = s.mean / (1 - pow(Tensor(0.9, dtype: .float64), step.number))
      let square = s.meanSquare / (1 - pow(Tensor(0.999, dtype: .float64), step.number))
      return w - step.learningRate * mean / (sqrt(square) + 1e-8)
    }
  }

  @Test func `Adam without bias correction takes steps several times too long`() throws {
    // A slope that is the same everywhere: each step should be as long as the rate.
    @Sendable func slope(_ w: Tensor) -> Tensor { 2 * w.sum() }
    func lengths(_ path: [[Double]]) -> [Double] { zip(path, path.dropFirst()).map { abs($1[0] - $0[0]) / 0.01 } }
    let right = lengths(try descend(Adam(learningRate: 0.01), from: [0], steps: 30, slope).path)
    #expect(right.allSatisfy { abs($0 - 1) < 1e-6 })
    let wrong = lengths(try descend(AdamUncorrected(), from: [0], steps: 30, slope).path)
    // (1 − β₁)/√(1 − β₂) in the first step, and more than six times the rate at its worst.
    #expect(abs(wrong[0] - 0.1 / 0.001.squareRoot()) < 1e-3)
    #expect(wrong.max()! > 6)
  }

  @Test func `Adam whose first moment is clamped at zero cannot turn round`() throws {
    let right = try descend(Adam(learningRate: 0.1), from: [0, 6], steps: 300, Self.bowl)
    #expect(right.path.last!.allSatisfy { abs($0 - 3) < 0.05 })
    let wrong = try descend(AdamUncorrected(learningRate: 0.1, isClamped: true), from: [0, 6], steps: 300, Self.bowl)
    // The coordinate that has to grow never moves; the other one overshoots and stays.
    #expect(wrong.path.allSatisfy { $0[0] == 0 })
    #expect(wrong.path.last![1] < 3)
  }

  // MARK: Normalized descent

  @Test func `normalized descent with the residual's sign flipped climbs`() throws {
    // Least squares through (1, 5) with the gradient written out by hand: x·(prediction − y), or the other way round.
    func losses(sign: Double) throws -> [Double] {
      let w = Variable(shape: [1], dtype: .float64, name: "w")
      let updater = try Updater(NormalizedGradientDescent(learningRate: 0.1), parameters: [w])
      let step = compile { () -> Tensor in
        let residual = w.value - 5
        updater.apply([sign * residual])
        return (residual * residual).sum()
      }
      return try (0..<40).map { _ in try step().scalar() }
    }
    #expect(try losses(sign: 1).last! < 2)
    // Bounded steps hide it: nothing explodes, the loss just grows a little every step.
    let wrong = try losses(sign: -1)
    #expect(zip(wrong, wrong.dropFirst()).allSatisfy { $1 > $0 && $1 < $0 + 2 })
  }

  // MARK: Mini-batches

  /// 64 points of a line with slope 2 and intercept 5, x from −1 to 1.
  private static let count = 64
  private static let x = (0..<count).map { Double($0) / 31.5 - 1 }
  private static let y = x.map { 2 * $0 + 5 }

  /// Linear regression on batches of 8, ten epochs.
  ///
  /// - Parameters:
  ///   - scale: what the sum of a batch's squared errors is divided by.
  ///   - labels: the rows the labels are taken from, for each row of x.
  ///   - hasIntercept: whether the model is a·x + b, or a·x.
  /// - Returns: a, b, and the mean squared error over all points.
  private func fit(
    rate: Double = 0.1, scale: Double = 8, labels: [Int] = Array(0..<count), hasIntercept: Bool = true,
    epochs: Int = 30
  ) throws -> (a: Double, b: Double, error: Double) {
    let a = Variable(shape: [], dtype: .float64, name: "a")
    let b = Variable(shape: [], dtype: .float64, name: "b")
    let updater = try Updater(SGD(learningRate: .constant(rate)), parameters: hasIntercept ? [a, b] : [a])
    let step = compile { (arguments: [Tensor]) in
      let error = a.value * arguments[0] + b.value - arguments[1]
      updater.minimize((error * error).sum() / scale)
      return []
    }
    for _ in 0..<epochs {
      for batch in 0..<8 {
        // Every eighth point, so that each batch sees the whole line.
        let rows = (0..<8).map { $0 * 8 + batch }
        let x = Tensor(rows.map { Self.x[$0] }, shape: [8])
        let y = Tensor(rows.map { Self.y[labels[$0]] }, shape: [8])
        _ = try step([x, y])
      }
    }
    let (slope, intercept) = (a.storage.double(at: 0), b.storage.double(at: 0))
    let errors = zip(Self.x, Self.y).map { x, y in (slope * x + intercept - y) * (slope * x + intercept - y) }
    return (slope, intercept, errors.reduce(0, +) / Double(Self.count))
  }

  @Test func `the right way finds the line`() throws {
    let line = try fit()
    #expect(abs(line.a - 2) < 1e-3 && abs(line.b - 5) < 1e-3)
  }

  @Test func `a batch's sum divided by the size of the whole set is a smaller rate in disguise`() throws {
    let wrong = try fit(scale: Double(Self.count), epochs: 5)
    let disguised = try fit(rate: 0.1 * 8 / Double(Self.count), epochs: 5)
    #expect(abs(wrong.a - disguised.a) < 1e-12 && abs(wrong.b - disguised.b) < 1e-12)
    #expect(try wrong.error > 50 * fit(epochs: 5).error)
  }

  @Test func `inputs and labels in different orders leave nothing to learn but the mean`() throws {
    // A fixed permutation of the labels: row i gets the label of row 37·i + 11.
    let wrong = try fit(rate: 0.02, labels: (0..<Self.count).map { (37 * $0 + 11) % Self.count })
    let variance = Self.y.map { ($0 - 5) * ($0 - 5) }.reduce(0, +) / Double(Self.count)
    #expect(wrong.error > 0.7 * variance)
    #expect(try fit(rate: 0.02).error < 0.1 * variance)
  }

  @Test func `a line without its intercept cannot pass beside the origin`() throws {
    let wrong = try fit(hasIntercept: false)
    // x has mean zero, so that the slope is about right all the same, and the whole intercept is left over.
    #expect(abs(wrong.a - 2) < 0.3)
    #expect(abs(wrong.error - 25) < 0.1)
  }

  // MARK: Element-wise rates

  private struct SubtractedRates: Optimizer {
    var learningRate: Schedule = 0.1
    func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
      let rates = Tensor([0.5, 2.0], shape: [2])
      return w - step.learningRate * (g - rates)
    }
  }

  @Test func `element-wise rates that are subtracted move the minimum`() throws {
    let rates = FixedGEO(learningRate: 0.1, gains: .elements(["w": Tensor([0.5, 2.0], shape: [2])]))
    let right = try descend(rates, from: [0, 0], steps: 200, Self.bowl)
    #expect(right.path.last!.allSatisfy { abs($0 - 3) < 1e-6 })
    // It comes to rest where the gradient 2·(w − 3) equals the rate.
    let wrong = try descend(SubtractedRates(), from: [0, 0], steps: 200, Self.bowl)
    #expect(abs(wrong.path.last![0] - 3.25) < 1e-6 && abs(wrong.path.last![1] - 4) < 1e-6)
  }
}

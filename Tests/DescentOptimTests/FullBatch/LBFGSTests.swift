import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

@Suite struct LBFGSTests {
  /// Rosenbrock 1960, summed over neighbours: Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)².
  private static func rosenbrock(_ x: Tensor) -> Tensor {
    let n = x.shape[0]
    let (head, tail) = (x.sliced(axis: 0, 0..<n - 1), x.sliced(axis: 0, 1..<n))
    let (rise, rest) = (tail - head * head, 1 - head)
    return (100 * rise * rise + rest * rest).sum()
  }

  /// The parameters are where the loss that is reported was found, however the minimization ends.
  @Test(arguments: 1...12)
  func `the loss reported is that of the parameters`(evaluations: Int) throws {
    let x = Self.start(2, [-1.2, 1])
    let result = try LBFGS(maximumEvaluations: evaluations).minimize([x]) { Self.rosenbrock(x.value) }
    let (a, b) = (x.elements[0], x.elements[1])
    let loss = 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a)
    #expect(relativeError([result.loss], [loss], scale: 1e-9) < 1e-12 && result.evaluations == evaluations)
  }

  private static func start(_ n: Int, _ pattern: [Double]) -> Variable {
    Variable(Storage((0..<n).map { pattern[$0 % pattern.count] }, shape: [n]), name: "x")
  }

  /// `scipy.optimize.minimize(rosen, x0, jac=rosen_der, method="L-BFGS-B")` of SciPy 1.17.1, with its default tolerances and
  /// with gtol 1e-9 and ftol 0: where it ends and how many evaluations of function and gradient it takes.
  struct SciPy: Sendable {
    let n: Int
    let start: [Double]
    let isTight: Bool
    let loss: Double
    let evaluations: Int
  }
  static let scipy: [SciPy] = [
    .init(n: 2, start: [-1.2, 1], isTight: false, loss: 2.8076498719726405e-12, evaluations: 44),
    .init(n: 2, start: [-1.2, 1], isTight: true, loss: 3.040075505200262e-22, evaluations: 46),
    .init(n: 2, start: [0], isTight: false, loss: 1.0433892998247468e-13, evaluations: 25),
    .init(n: 2, start: [0], isTight: true, loss: 9.339717960133022e-24, evaluations: 27),
    .init(n: 100, start: [-1.2, 1], isTight: false, loss: 9.434566413832467e-10, evaluations: 604),
    .init(n: 100, start: [-1.2, 1], isTight: true, loss: 2.8878146226067564e-20, evaluations: 632),
    .init(n: 100, start: [0], isTight: false, loss: 4.2316708820382167e-10, evaluations: 595),
    .init(n: 100, start: [0], isTight: true, loss: 6.409101395703796e-21, evaluations: 619),
  ]

  @Test(arguments: scipy)
  func `Rosenbrock's minimum in about SciPy's evaluations`(peer: SciPy) throws {
    let x = Self.start(peer.n, peer.start)
    let method = peer.isTight ? LBFGS(gradientTolerance: 1e-9, lossTolerance: 0) : LBFGS()
    let result = try method.minimize([x]) { Self.rosenbrock(x.value) }
    #expect(result.hasConverged)
    #expect(Double(result.evaluations) <= 1.2 * Double(peer.evaluations), "\(result)")
    // What is reached is the same minimum: both are 0 within what the tolerances leave.
    #expect(result.loss <= max(peer.loss, 1e-19), "\(result)")
    let error = x.elements.map { ($0 - 1).magnitude }.max() ?? 1
    #expect(error < (peer.isTight ? 1e-8 : 1e-4), "\(error)")
  }

  /// On a quadratic of n dimensions, BFGS with exact lines ends after n steps; ours needs a few more.
  @Test func `several tensors, in float32, to the least squares' solution`() throws {
    let x = Tensor((0..<40).map { Float(($0 * 7) % 11) / 11 - 0.4 }, shape: [10, 4])
    let y = matmul(x, Tensor([Float](arrayLiteral: 1, -2, 3, 0.5), shape: [4, 1])) + 0.25
    let w = Variable(shape: [4, 1], name: "w")
    let b = Variable(shape: [1], name: "b")
    let result = try LBFGS(lossTolerance: 0).minimize([w, b]) {
      let error = matmul(x, w.value) + b.value - y
      return (error * error).mean()
    }
    #expect(relativeError(w.elements + b.elements, [1, -2, 3, 0.5, 0.25], scale: 1) < 1e-3)
    #expect(result.loss < 1e-8 && result.evaluations < 40, "\(result)")
  }

  @Test func `it ends for the reason it says`() throws {
    func result(_ method: LBFGS, cancelAfter: Int = .max) throws -> LBFGS.Result {
      let x = Self.start(2, [-1.2, 1])
      return try method.minimize([x], isCancelled: { $0.iterations >= cancelAfter }) { Self.rosenbrock(x.value) }
    }
    let few = try result(LBFGS(maximumIterations: 3))
    #expect(few.reason == .maximumIterations && few.iterations == 3 && !few.hasConverged)
    let counted = try result(LBFGS(maximumEvaluations: 5))
    #expect(counted.reason == .maximumEvaluations && counted.evaluations == 5)
    let cancelled = try result(LBFGS(), cancelAfter: 2)
    #expect(cancelled.iterations == 2 && cancelled.reason == .cancelled)
    #expect(try result(LBFGS(gradientTolerance: 1e9)).iterations == 0)
    let one = try result(LBFGS(history: 1))
    #expect(one.hasConverged && one.loss < 1e-8, "\(one)")

    let bad = Self.start(2, [.nan])
    #expect(try LBFGS().minimize([bad]) { Self.rosenbrock(bad.value) }.reason == .notFinite)
  }

  /// A gradient that points up: no step down its opposite lowers the loss.
  @Test func `a wrong gradient makes the line search fail and leaves the parameters at the lowest point`() throws {
    let x = Variable(Storage([2.0], shape: [1]), name: "x")
    let result = try LBFGS().minimize([x]) {
      let w = x.value
      return (2 * (w * w).stoppingGradient() - w * w).sum()
    }
    #expect(result.reason == .lineSearchFailed && x.elements == [2] && result.loss == 4, "\(result)")
  }
}

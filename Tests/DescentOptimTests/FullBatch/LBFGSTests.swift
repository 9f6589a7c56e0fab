import DescentRuntime
import DescentGraph
import DescentOptim
import RealModule
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
    let method = peer.isTight ? LBFGS(gradientTolerance: 1e-12, lossTolerance: 0) : LBFGS()
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
    let result = try LBFGS(gradientTolerance: 1e-5, lossTolerance: 0).minimize([w, b]) {
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

  /// What the loss is measured in is no matter: bit for bit.
  @Test(arguments: [-300, -100, -20, -1, 1, 20, 100, 300])
  func `a loss in other units takes the same steps`(exponent: Int) throws {
    func run(_ scale: Double) throws -> (result: LBFGS.Result, x: [Double]) {
      let x = Self.start(10, [-1.2, 1])
      return (try LBFGS().minimize([x]) { scale * Self.rosenbrock(x.value) }, x.elements)
    }
    let plain = try run(1)
    let scaled = try run(Double(sign: .plus, exponent: exponent, significand: 1))
    #expect(plain.result.hasConverged && scaled.x == plain.x)
    #expect(
      scaled.result.iterations == plain.result.iterations && scaled.result.evaluations == plain.result.evaluations)
    #expect(scaled.result.loss == plain.result.loss * Double(sign: .plus, exponent: exponent, significand: 1))
  }

  /// f(w) = e^(kw) − (2k + 1)w: smooth and convex, but the first step leads to where it is 1e150 and more.
  @Test(arguments: [200.0, 350, 460, 700]) func `values beyond which squares overflow`(k: Double) throws {
    let w = Variable(Storage([0.0], shape: [1]), name: "w")
    let result = try LBFGS().minimize([w]) { (exp(k * w.value) - (2 * k + 1) * w.value).sum() }
    let best = Double.log(2 + 1 / k) / k
    #expect(result.hasConverged && (w.elements[0] - best).magnitude < 1e-6 * best, "\(result) at \(w.elements)")
  }

  enum Bad: String, CaseIterable { case fallsForever, infiniteAhead, nanAhead, huge, tiny, constant }
  @Test(arguments: Bad.allCases) func `no convergence where there is no minimum`(bad: Bad) throws {
    let w = Variable(Storage([1.0, 2], shape: [2]), name: "w")
    let result = try LBFGS(maximumEvaluations: 500).minimize([w]) {
      let x = w.value
      let square = (x * x).sum()
      switch bad {
      case .fallsForever: return -exp(square)
      case .infiniteAhead: return log((x - 0.999).max(axes: [0]) * 0 + x.sum() - 2.99)
      case .nanAhead: return sqrt(x.sum() - 2.9)
      case .huge: return 1e300 * square
      case .tiny: return 1e-300 * square
      case .constant: return (x * 0).sum() + 3
      }
    }
    let isGood = bad == .huge || bad == .tiny || bad == .constant
    #expect(result.loss.isFinite && w.elements.allSatisfy(\.isFinite), "\(result)")
    #expect(result.hasConverged == isGood, "\(result) at \(w.elements)")
    if bad == .huge || bad == .tiny { #expect(w.elements.allSatisfy { $0.magnitude < 1e-4 }) }
  }

  @Test func `parameters of several dtypes, one of them empty`() throws {
    let a = Variable(Storage([Float(3), -1], shape: [2]), name: "a")
    let b = Variable(Storage([2.0], shape: []), name: "b")
    let c = Variable(Storage(filled: 4, shape: [2], dtype: .bfloat16), name: "c")
    let d = Variable(shape: [0, 3], name: "d")
    let result = try LBFGS().minimize([a, b, c, d]) {
      let rest = (c.value - 0.5).cast(to: .float64)
      return (a.value * a.value).sum().cast(to: .float64) + (b.value - 1) * (b.value - 1) + (rest * rest).sum()
        + d.value.sum().cast(to: .float64)
    }
    #expect(result.loss < 1e-8 && b.elements[0] > 0.999 && c.elements == [0.5, 0.5], "\(result)")
  }

  /// SciPy 1.17's `L-BFGS-B` ends at 1366.74 and 1316.065, after 79 and 159 evaluations.
  @Test(arguments: [
    [97.0, 0.009, 100, 65, 20, 70, 178, 16.5], [94.0, 0.0105, 99, 63, 25, 71, 180, 20],
  ]) func `NIST's Gauss1`(start: [Double]) throws {
    let b = Variable(Storage(start, shape: [8]), name: "b")
    let (x, y) = (Tensor((1...250).map(Double.init)), Tensor(NIST.gauss1))
    let result = try LBFGS().minimize([b]) {
      func p(_ i: Int) -> Tensor { b.value.sliced(axis: 0, i - 1..<i).reshaped([]) }
      func bell(_ height: Tensor, _ centre: Tensor, _ width: Tensor) -> Tensor {
        let u = (x - centre) / width
        return height * exp(-(u * u))
      }
      let error = y - p(1) * exp(-p(2) * x) - bell(p(3), p(4), p(5)) - bell(p(6), p(7), p(8))
      return (error * error).sum()
    }
    #expect(relativeError([result.loss], [1315.8222432], scale: 1) < 5e-9, "\(result)")
  }

  @Test(arguments: [
    [10.0, -1, 0.05, -0.00001, -0.05, 0.001, -0.000001], [1, -0.1, 0.005, -0.000001, -0.005, 0.0001, -0.0000001],
  ]) func `NIST's Hahn1`(start: [Double]) throws {
    // The parameters are of such different sizes that each is counted in units of its start.
    let b = Variable(Storage(filled: 1, shape: [7], dtype: .float64), name: "b")
    let (x, y) = (Tensor(NIST.hahn1Temperatures), Tensor(NIST.hahn1))
    let result = try LBFGS().minimize([b]) {
      func p(_ i: Int) -> Tensor { start[i - 1] * b.value.sliced(axis: 0, i - 1..<i).reshaped([]) }
      let above = p(1) + x * (p(2) + x * (p(3) + x * p(4)))
      let error = y - above / (1 + x * (p(5) + x * (p(6) + x * p(7))))
      return (error * error).sum()
    }
    #expect(relativeError([result.loss], [1.5324382854], scale: 1) < 1e-10, "\(result)")
  }
}

import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

@Suite struct AveragedTests {
  private static let track = Track.waves([5], steps: 9)

  /// The evaluation point before the first step and after each, by swapping, and the parameters around it.
  private func points<Method: OptimizationMethod>(_ method: Method) throws -> (points: [[Double]], path: [[Double]]) {
    let variables = Self.track.variables(.float64)
    let updater = try Updater(method, parameters: variables)
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    func point() throws -> [Double] {
      let before = variables[0].elements.map(\.bitPattern)
      let point = try updater.withEvaluationPoint { variables[0].elements }
      #expect(variables[0].elements.map(\.bitPattern) == before)
      return point
    }
    var (points, path) = ([try point()], [variables[0].elements])
    for gradient in Self.track.gradients {
      _ = try step([Tensor(gradient[0], shape: [5])])
      points.append(try point())
      path.append(variables[0].elements)
    }
    return (points, path)
  }

  @Test func `an exponential average starts from the first step`() throws {
    let (points, path) = try points(SGD(learningRate: 0.3).averaged(.ema(0.75)))
    let plain = try self.points(SGD(learningRate: 0.3)).path
    #expect(points[0] == path[0] && path == plain)
    var average = path[1]
    for t in 1..<path.count {
      if t > 1 { average = zip(average, path[t]).map { 0.75 * $0 + 0.25 * $1 } }
      #expect(relativeError(points[t], average, scale: 0.1) < 1e-12)
    }
  }

  @Test(arguments: [(1, 1), (3, 1), (2, 3)])
  func `stochastic weight averaging is the mean of what it takes in`(start: Int, interval: Int) throws {
    let (points, path) = try points(SGD(learningRate: 0.3).averaged(.swa(from: start, every: interval)))
    var taken: [[Double]] = []
    for t in 1..<path.count {
      if t >= start && (t - start) % interval == 0 { taken.append(path[t]) }
      let mean = (0..<5).map { i in taken.reduce(0) { $0 + $1[i] } / Double(max(taken.count, 1)) }
      #expect(relativeError(points[t], taken.isEmpty ? path[t] : mean, scale: 0.1) < 1e-12)
    }
  }

  /// Inside a modifier with a clock of its own, and for part of the parameters.
  @Test func `an average inside other modifiers is where the network is evaluated`() throws {
    let plain = try points(SGD(learningRate: 0.3).averaged(.swa()))
    #expect(try points(SGD(learningRate: 0.3).averaged(.swa()).skippingNonFinite()) == plain)
    #expect(try points(SGD(learningRate: 0.3).averaged(.swa()).accumulating(steps: 1)) == plain)
    #expect(try points(AdamW().group("w", SGD(learningRate: 0.3).averaged(.swa()))) == plain)
    #expect(try points(SGD(learningRate: 0.3).averaged(.swa()).clipped(value: 100).lookahead(every: 10)) == plain)
  }

  @Test func `without an average the parameters are not touched`() throws {
    let (points, path) = try points(AdamW())
    #expect(points == path)
  }

  @Test func `an error inside puts the parameters back`() throws {
    struct Stop: Error {}
    let variables = Self.track.variables(.float64)
    let updater = try Updater(SGD(learningRate: 1).averaged(.ema(0.5)), parameters: variables)
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    for gradient in Self.track.gradients.prefix(3) { _ = try step([Tensor(gradient[0], shape: [5])]) }
    let before = variables[0].elements
    #expect(throws: Stop.self) {
      try updater.withEvaluationPoint {
        #expect(variables[0].elements != before)
        throw Stop()
      }
    }
    #expect(variables[0].elements == before)
    #expect(try updater.moveToEvaluationPoint())
    #expect(variables[0].elements != before)
  }
}

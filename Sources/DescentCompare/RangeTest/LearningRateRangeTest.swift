import DescentGraph
import DescentOptim
import Foundation

/// The learning-rate range test (Smith 2015, "Cyclical learning rates for training neural networks", arXiv 1506.01186):
/// some steps with a rate that grows exponentially, and what the loss does meanwhile.
///
/// The parameters are afterwards what they were before, bit for bit.
public struct LearningRateRangeTest: Sendable {
  /// The rates of the first and the last step.
  public var lowest = 1e-7, highest = 10.0
  /// Steps of a test that does not end early.
  public var steps = 200
  /// How much of the smoothed loss each step keeps.
  public var smoothing = 0.9
  /// The test ends when the smoothed loss is this many times its least value above it, measured from zero.
  public var divergence = 4.0

  /// 200 steps with rates from 1e-7 to 10.
  public init() {}

  /// One step of the test.
  public struct Point: Sendable, Equatable {
    /// The learning rate of the step.
    public let rate: Double
    /// Before the step with this rate.
    public let loss: Double
    /// An exponential average of the losses so far, corrected for its start.
    public let smoothed: Double
  }

  /// Rates to try, each by another rule; nil when the loss never fell.
  public struct Suggestions: Sendable, Equatable {
    /// The middle of the longest decline on the logarithmic axis, without the flat beginning in which the loss falls by
    /// the first tenth.
    public let valley: Double?
    /// Where the smoothed loss falls fastest against the logarithm of the rate.
    public let steepest: Double?
    /// A tenth of the rate with the least smoothed loss.
    public let minimum: Double?
  }

  /// What the loss did, and the rates that follow from it.
  public struct Result: Sendable, Equatable {
    /// In order of the rates; without the step whose loss was not finite.
    public let points: [Point]
    /// Whether it ended before the highest rate.
    public let diverged: Bool
    /// Read off the points.
    public let suggestions: Suggestions
  }

  /// The rates: evenly spaced logarithms.
  var schedule: Schedule {
    Schedule("range test") { [self] in lowest * pow(highest / lowest, Double($0) / Double(max(steps - 1, 1))) }
  }

  /// Runs the test from the parameters as they are now.
  ///
  /// - Parameters:
  ///   - problem: drawn before; its parameters and state are put back when the test ends.
  ///   - method: whose learning rate is replaced by the test's.
  ///   - isFullBatch: whether a step takes all examples.
  ///   - seed: of the order of examples and of dropout.
  ///   - isCancelled: asked before every step; true ends the test.
  public func run(
    on problem: Problem, method: any OptimizationMethod, isFullBatch: Bool = false, seed: UInt64 = 0,
    isCancelled: () -> Bool = { false }
  ) throws -> Result {
    let before = (problem.parameters + problem.state).map { (variable: $0, value: $0.snapshot()) }
    defer { for (variable, value) in before { variable.assign(value) } }
    var method = method
    method.learningRate = schedule
    let run = try ProblemRun.make(problem, method, isFullBatch: isFullBatch)
    run.resume(method, seed: seed)
    var points: [Point] = []
    var (average, least) = (0.0, Double.infinity)
    let rates = schedule
    for step in 0..<steps where !isCancelled() {
      let loss = try run.advance()
      guard loss.isFinite else { return Result(points: points, diverged: true, suggestions: Self.suggestions(points)) }
      average = smoothing * average + (1 - smoothing) * loss
      let smoothed = average / (1 - pow(smoothing, Double(step + 1)))
      points.append(Point(rate: rates.value(at: step), loss: loss, smoothed: smoothed))
      least = min(least, smoothed)
      if smoothed > divergence * least, least > 0 {
        return Result(points: points, diverged: true, suggestions: Self.suggestions(points))
      }
    }
    return Result(points: points, diverged: false, suggestions: Self.suggestions(points))
  }

  static func suggestions(_ points: [Point]) -> Suggestions {
    guard let lowest = points.indices.min(by: { points[$0].smoothed < points[$1].smoothed }), lowest > 0 else {
      return Suggestions(valley: nil, steepest: nil, minimum: nil)
    }
    let decline = points[longestDecline(points.map(\.smoothed))]
    let (top, bottom) = (decline.first?.smoothed ?? 0, decline.last?.smoothed ?? 0)
    let steep = decline.first { $0.smoothed <= top - 0.1 * (top - bottom) }
    let valley = steep.flatMap { steep in decline.last.map { (steep.rate * $0.rate).squareRoot() } }
    // Slopes over two steps, up to the minimum: what is beyond is no place to train at.
    let slopes = (1..<max(2, min(lowest + 1, points.count - 1))).map { i in
      let (left, right) = (points[i - 1], points[min(i + 1, points.count - 1)])
      return (rate: points[i].rate, slope: (right.smoothed - left.smoothed) / log(right.rate / left.rate))
    }
    return Suggestions(
      valley: valley, steepest: slopes.min { $0.slope < $1.slope }?.rate,
      minimum: points[lowest].rate / 10)
  }

  /// From where to where the longest strictly falling subsequence of `values` goes.
  static func longestDecline(_ values: [Double]) -> ClosedRange<Int> {
    var length = [Int](repeating: 1, count: values.count)
    var start = Array(values.indices)
    for i in values.indices {
      for j in 0..<i where values[j] > values[i] && length[j] + 1 > length[i] {
        length[i] = length[j] + 1
        start[i] = start[j]
      }
    }
    let end = values.indices.max { length[$0] < length[$1] } ?? 0
    return start[end]...end
  }
}

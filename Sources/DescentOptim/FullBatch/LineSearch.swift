/// A line search for the strong Wolfe conditions (Moré & Thuente 1994, "Line search algorithms with guaranteed sufficient
/// decrease"): f(t) ≤ f(0) + c₁·t·f′(0) and |f′(t)| ≤ c₂·|f′(0)|.
///
/// It proposes step lengths and is told what was found there; who evaluates is none of its business.
struct LineSearch {
  /// A step length, the function there, and its slope along the line.
  struct Point {
    var t: Double
    var value: Double
    var slope: Double
    func shifted(by slope: Double) -> Point { Point(t: t, value: value - t * slope, slope: self.slope - slope) }
  }
  enum Answer: Equatable {
    case evaluate(at: Double)
    case found
    /// The interval has become too small, or the evaluations are used up.
    case failed
  }

  private let start: Point
  private let decrease: Double
  private let curvature: Double
  /// The search ends when the interval is no wider than this times its greater end.
  private static let relativeWidth = 1e-9
  private static let limits = 1e-20...1e10
  private static let maximumEvaluations = 40
  private var evaluations = 0
  /// The best point so far, and the other end of the interval.
  private var best: Point
  private var other: Point
  private var isBracketed = false
  /// Until a point is low enough and rises, the search is for a minimum of f(t) − f(0) − c₁·t·f′(0).
  private var isFirstStage = true
  private var width = Self.limits.upperBound
  private var widthBefore = 2 * Self.limits.upperBound
  private var range: ClosedRange<Double>

  /// - Parameters:
  ///   - value: f(0).
  ///   - slope: f′(0), below 0.
  ///   - first: the first step length to try.
  init(value: Double, slope: Double, first: Double, decrease: Double, curvature: Double) {
    start = Point(t: 0, value: value, slope: slope)
    (best, other) = (start, start)
    (self.decrease, self.curvature) = (decrease, curvature)
    range = 0...(5 * first)
  }

  /// What to do after `point` was evaluated.
  mutating func next(after point: Point) -> Answer {
    evaluations += 1
    if evaluations >= Self.maximumEvaluations || point.t <= Self.limits.lowerBound { return .failed }
    // Beyond where the function exists: nearer to where it does.
    guard point.value.isFinite && point.slope.isFinite else { return .evaluate(at: best.t + (point.t - best.t) / 10) }
    let lineSlope = decrease * start.slope
    let isLow = point.value <= start.value + point.t * lineSlope
    if isFirstStage && isLow && point.slope >= 0 { isFirstStage = false }
    if isLow && point.slope.magnitude <= -curvature * start.slope { return .found }
    let isStuck =
      isBracketed
      && (point.t <= range.lowerBound || point.t >= range.upperBound
        || range.upperBound - range.lowerBound <= Self.relativeWidth * range.upperBound)
    if isStuck || point.t >= Self.limits.upperBound { return .failed }

    var t: Double
    if isFirstStage && point.value <= best.value && !isLow {
      (best, other) = (best.shifted(by: lineSlope), other.shifted(by: lineSlope))
      t = advance(point.shifted(by: lineSlope))
      (best, other) = (best.shifted(by: -lineSlope), other.shifted(by: -lineSlope))
    } else {
      t = advance(point)
    }
    if isBracketed {
      // The interval must shrink by a third in two rounds, else it is cut in half.
      let now = (other.t - best.t).magnitude
      if now >= 0.66 * widthBefore { t = best.t + (other.t - best.t) / 2 }
      (widthBefore, width) = (width, now)
      range = min(best.t, other.t)...max(best.t, other.t)
    } else {
      let ahead = (t - best.t).magnitude
      range = (t + 1.1 * ahead)...(t + 4 * ahead)
    }
    // Values so large that no curve goes through them: as beyond where the function exists.
    if !t.isFinite { t = best.t + (point.t - best.t) / 10 }
    t = min(max(t, Self.limits.lowerBound), Self.limits.upperBound)
    let isTooNarrow = range.upperBound - range.lowerBound <= Self.relativeWidth * range.upperBound
    if isBracketed && (t <= range.lowerBound || t >= range.upperBound || isTooNarrow) { t = best.t }
    return .evaluate(at: t)
  }

  /// Takes `point` into the interval and gives the next step length: section 4 of the paper, its four cases.
  private mutating func advance(_ point: Point) -> Double {
    let turns = point.slope * best.slope < 0
    let t: Double
    if point.value > best.value {
      let cubic = Self.cubicMinimum(best, point)
      let chord = (best.value - point.value) / (point.t - best.t) + best.slope
      let quadratic = best.t + best.slope / chord / 2 * (point.t - best.t)
      t = (cubic - best.t).magnitude < (quadratic - best.t).magnitude ? cubic : cubic + (quadratic - cubic) / 2
      isBracketed = true
    } else if turns {
      let cubic = Self.cubicMinimum(point, best)
      let secant = Self.secant(point, best)
      t = (cubic - point.t).magnitude > (secant - point.t).magnitude ? cubic : secant
      isBracketed = true
    } else if point.slope.magnitude < best.slope.magnitude {
      // The cubic may have no minimum on this side; then it counts as one at the end of what is allowed.
      let ahead = Self.cubicMinimum(point, best)
      let isAhead = (ahead - point.t) * (point.t - best.t) > 0 && ahead.isFinite
      let cubic = isAhead ? ahead : (point.t > best.t ? range.upperBound : range.lowerBound)
      let secant = Self.secant(point, best)
      let isCubicNearer = (cubic - point.t).magnitude < (secant - point.t).magnitude
      let proposed = isCubicNearer == isBracketed ? cubic : secant
      if isBracketed {
        let limit = point.t + 0.66 * (other.t - point.t)
        t = point.t > best.t ? min(limit, proposed) : max(limit, proposed)
      } else {
        t = min(max(proposed, range.lowerBound), range.upperBound)
      }
    } else if isBracketed {
      t = Self.cubicMinimum(point, other)
    } else {
      t = point.t > best.t ? range.upperBound : range.lowerBound
    }
    if point.value > best.value {
      other = point
    } else {
      if turns { other = best }
      best = point
    }
    return t
  }

  /// The minimum of the cubic through both points with both slopes, counted from `base` (Nocedal & Wright, equation 3.59).
  /// Slopes are divided by the greatest of them, a power of two, so that no square overflows or vanishes.
  private static func cubicMinimum(_ base: Point, _ other: Point) -> Double {
    let chord = 3 * ((other.value - base.value) / (other.t - base.t))
    let greatest = max(chord.magnitude, base.slope.magnitude, other.slope.magnitude)
    let scale = Double(sign: .plus, exponent: greatest.isNormal ? greatest.exponent : 0, significand: 1)
    let (b, o) = (base.slope / scale, other.slope / scale)
    let first = o + b - chord / scale
    let root = max(first * first - o * b, 0).squareRoot()
    let second = base.t > other.t ? root : -root
    let share = (b + second - first) / (b - o + 2 * second)
    return base.t - share * (base.t - other.t)
  }

  /// Where the slope between both points would be zero.
  private static func secant(_ base: Point, _ other: Point) -> Double {
    base.t + base.slope / (base.slope - other.slope) * (other.t - base.t)
  }
}

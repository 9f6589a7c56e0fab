import DescentGraph
import Foundation
import Testing

@testable import DescentOptim

/// A function of a step length and its slope.
struct LineFunction: Sendable, CustomTestStringConvertible {
  let name: String
  let value: @Sendable (Double) -> Double
  let slope: @Sendable (Double) -> Double
  var testDescription: String { name }

  /// The first two of Moré & Thuente 1994, section 5, one with many minima, one with an edge and one that grows fast.
  static let all: [LineFunction] = [
    .init(name: "rational", value: { -$0 / ($0 * $0 + 2) }, slope: { ($0 * $0 - 2) / pow($0 * $0 + 2, 2) }),
    .init(
      name: "power", value: { pow($0 + 0.004, 5) - 2 * pow($0 + 0.004, 4) },
      slope: { 5 * pow($0 + 0.004, 4) - 8 * pow($0 + 0.004, 3) }),
    .init(
      name: "wiggly parabola", value: { ($0 - 3) * ($0 - 3) + 0.5 * sin(8 * $0) },
      slope: { 2 * ($0 - 3) + 4 * cos(8 * $0) }),
    // Not finite beyond 5.
    .init(name: "barrier", value: { -$0 - log(5 - $0) }, slope: { -1 + 1 / (5 - $0) }),
    .init(name: "exponential", value: { exp($0) - 20 * $0 }, slope: { exp($0) - 20 }),
  ]
}

@Suite struct LineSearchTests {
  private static let starts = [1e-3, 0.1, 1, 10, 1e3]

  @Test(arguments: LineFunction.all, starts)
  func `the step found meets both Wolfe conditions`(function: LineFunction, first: Double) {
    let (value, slope) = (function.value(0), function.slope(0))
    var search = LineSearch(value: value, slope: slope, first: first, decrease: 1e-3, curvature: 0.1)
    var (t, count) = (first, 0)
    while count < 40 {
      count += 1
      let answer = search.next(after: .init(t: t, value: function.value(t), slope: function.slope(t)))
      guard case .evaluate(let next) = answer else {
        #expect(answer == .found)
        break
      }
      t = next
    }
    #expect(count <= 25, "\(count) evaluations")
    #expect(function.value(t) <= value + 1e-3 * t * slope)
    #expect(function.slope(t).magnitude <= 0.1 * slope.magnitude)
  }

  @Test func `a first step that is good enough is taken`() {
    var search = LineSearch(value: 1, slope: -1, first: 1, decrease: 1e-3, curvature: 0.9)
    #expect(search.next(after: .init(t: 1, value: 0.5, slope: -0.5)) == .found)
  }

  /// What is lowest is not always where the conditions hold; the search ends with either.
  @Test func `a function that is finite nowhere else is given up`() {
    var search = LineSearch(value: 0, slope: -1, first: 1, decrease: 1e-3, curvature: 0.9)
    var (t, count) = (1.0, 0)
    while case .evaluate(let next) = search.next(after: .init(t: t, value: .nan, slope: .nan)), count < 100 {
      (t, count) = (next, count + 1)
    }
    #expect(count < 50)
  }

  @Test func `a function that rises against its slope is given up`() {
    var search = LineSearch(value: 0, slope: -1, first: 1, decrease: 1e-3, curvature: 0.9)
    var (t, count) = (1.0, 0)
    while case .evaluate(let next) = search.next(after: .init(t: t, value: t, slope: 1)), count < 100 {
      (t, count) = (next, count + 1)
    }
    #expect(count < 100)
  }
}

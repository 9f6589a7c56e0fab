import DescentGraph
import DescentOptim
import Foundation
import Testing

@testable import DescentCompare

@Suite struct SearchSpaceTests {
  /// Of the first bⁿ points of a Halton sequence, each of the bⁿ equal parts of a coordinate holds one; the scrambling keeps
  /// that.
  @Test(arguments: [0, 1, 99] as [UInt64])
  func `points fill every coordinate evenly`(seed: UInt64) {
    let sequence = Halton(dimensions: 3, seed: seed)
    for (dimension, count) in [(0, 32), (1, 27), (2, 25)] {
      let places = (0..<count).map { Int(sequence.point($0)[dimension] * Double(count)) }
      #expect(Set(places) == Set(0..<count))
    }
    #expect((0..<200).allSatisfy { sequence.point($0).allSatisfy { (0..<1).contains($0) } })
  }

  @Test func `the seed decides the points`() {
    let points = (0..<8).map { Halton(dimensions: 4, seed: 5).point($0) }
    #expect(points == (0..<8).map { Halton(dimensions: 4, seed: 5).point($0) })
    #expect(points != (0..<8).map { Halton(dimensions: 4, seed: 6).point($0) })
  }

  @Test func `Adam's space by hand`() throws {
    let space = SearchSpace(try #require(MethodTable.entry(named: "adam")), decades: 4, scope: .all)
    #expect(space.dimensions.map(\.name) == ["learningRate", "beta1", "beta2", "epsilon"])
    func isNear(_ range: ClosedRange<Double>, _ low: Double, _ high: Double) -> Bool {
      abs(range.lowerBound / low - 1) < 1e-9 && abs(range.upperBound / high - 1) < 1e-9
    }
    #expect(isNear(space.dimensions[0].range, 1e-5, 1e-1))
    #expect(isNear(space.dimensions[1].range, 0.6, 0.975))
    #expect(isNear(space.dimensions[2].range, 0.996, 0.99975))
    #expect(isNear(space.dimensions[3].range, 2.5e-9, 4e-8))
    // Halfway on the logarithm of the rate, and of β₁'s distance to 1: √(0.4·0.025) = 0.1.
    let middle = space.values(at: [0.5, 0.5, 0.5, 0.5])
    #expect(abs(middle[0].value - 1e-3) < 1e-12 && abs(middle[1].value - 0.9) < 1e-12)
    #expect(SearchSpace(space.entry, decades: 2, scope: .rate).dimensions.map(\.name) == ["learningRate"])
  }

  @Test(arguments: MethodTable.entries.map(\.name))
  func `a method takes every value of its space`(name: String) throws {
    let space = SearchSpace(try #require(MethodTable.entry(named: name)), decades: 4, scope: .all)
    let defaults = space.defaults
    #expect(defaults.count == space.dimensions.count && defaults[0].value == space.entry.learningRate)
    for position in [0, 0.3, 1] {
      let values = space.values(at: space.dimensions.map { _ in position })
      let method = space.method(values)
      func check<Method: OptimizationMethod>(_ method: Method) {
        #expect(method.learningRate.value(at: 0) == values[0].value)
        for value in values.dropFirst() {
          let parameter = Method.adjustable.first { $0.name == value.name }
          #expect(parameter?.range.contains(value.value) == true, "\(value)")
          #expect(parameter.map { method[keyPath: $0.path].value(at: 0) } == value.value)
        }
      }
      check(method)
      for (value, dimension) in zip(values, space.dimensions) {
        let slack = 1e-9 * dimension.range.upperBound
        #expect(((dimension.range.lowerBound - slack)...(dimension.range.upperBound + slack)).contains(value.value))
      }
    }
  }

  @Test func `the first trial is the defaults`() throws {
    let space = SearchSpace(try #require(MethodTable.entry(named: "momentum")), decades: 4, scope: .all)
    let settings = TaskWork.settings(space, trials: 5, seed: 0)
    #expect(settings.count == 5 && settings[0] == space.defaults && Set(settings.map { $0[0].value }).count == 5)
    #expect(settings == TaskWork.settings(space, trials: 5, seed: 0))
  }
}

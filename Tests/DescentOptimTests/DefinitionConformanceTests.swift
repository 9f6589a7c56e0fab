import DescentGraph
import DescentOptim
import Foundation
import Testing

/// A method that no golden entry speaks for, and the same method as loops over plain numbers.
struct DefinitionCase: Sendable, CustomTestStringConvertible {
  /// In `MethodTable`.
  let entry: String
  let method: any OptimizationMethod
  /// What to run it on; nil for the golden file's parameters and gradients.
  var track: Track?
  /// Of the error in float64: methods that fit as they go add roundings up.
  var tolerance = 1e-12
  /// The parameters of one tensor after each step, given their start and one gradient per step.
  let definition: @Sendable (_ start: [Double], _ gradients: [[Double]], _ rowLength: Int) -> [[Double]]

  var testDescription: String { entry }

  static let all = elementwise + matrix

  private static let elementwise: [DefinitionCase] = [
    .init(entry: "momentum-average", method: Momentum(learningRate: 0.3, momentum: 0.8, form: .averaging)) {
      start, gradients, _ in
      var velocity = start.map { _ in 0.0 }
      return steps(start, gradients) { w, g, i in
        velocity[i] = 0.8 * velocity[i] + 0.2 * g[i]
        return w - 0.3 * velocity[i]
      }
    },
    .init(
      entry: "normalized-row",
      method: NormalizedGradientDescent(learningRate: 0.1, stepLength: 0.5, epsilon: 1e-6, scope: .row)
    ) { start, gradients, rowLength in
      steps(start, gradients) { w, g, i in
        let row = i / rowLength * rowLength
        let norm = g[row..<row + rowLength].reduce(0) { $0 + $1 * $1 }.squareRoot()
        return w - 0.5 * 0.1 * g[i] / (norm + 1e-6)
      }
    },
    .init(
      entry: "normalized-element", method: NormalizedGradientDescent(learningRate: 0.1, epsilon: 1e-3, scope: .element)
    ) { start, gradients, _ in
      steps(start, gradients) { w, g, i in w - 0.1 * g[i] / (abs(g[i]) + 1e-3) }
    },
    .init(
      entry: "geo",
      method: GEO(
        learningRate: 0.1, increase: 0.2, decrease: 0.3, memory: 0.6, minimumGain: 0.4, maximumGain: 1.5)
    ) { start, gradients, _ in
      var gain = start.map { _ in 1.0 }
      var average = start.map { _ in 0.0 }
      return steps(start, gradients) { w, g, i in
        let agreement = average[i] * g[i]
        if agreement > 0 { gain[i] += 0.2 } else if agreement < 0 { gain[i] *= 0.7 }
        gain[i] = min(max(gain[i], 0.4), 1.5)
        average[i] = 0.4 * g[i] + 0.6 * average[i]
        return w - 0.1 * gain[i] * g[i]
      }
    },
  ]

  private static func steps(
    _ start: [Double], _ gradients: [[Double]], _ update: (_ w: Double, _ gradient: [Double], _ index: Int) -> Double
  ) -> [[Double]] {
    var w = start
    return gradients.map { g in
      for i in w.indices { w[i] = update(w[i], g, i) }
      return w
    }
  }
}

@Suite struct DefinitionConformanceTests {
  @Test(arguments: DefinitionCase.all)
  func `the method is its formula, in float64 and on the engine in float32`(row: DefinitionCase) throws {
    let track = try row.track ?? Golden.shared.get().track
    let reference = track.reference(row.method)
    let compiled = try track.compiled(row.method).states
    for (number, parameter) in track.parameters.enumerated() {
      // A vector is one row.
      let rowLength = parameter.shape.rank < 2 ? parameter.shape.elementCount : parameter.shape.dropFirst().reduce(1, *)
      let expected = row.definition(parameter.start, track.gradients.map { $0[number] }, rowLength)
      for (step, values) in expected.enumerated() {
        #expect(relativeError(reference[step][number], values, scale: 0.01) < row.tolerance)
        // Absolute below 1: the spikes take parameters to hundreds and back, with float32's errors of that size.
        #expect(relativeError(compiled[step][number], values, scale: 1) < 1e-4)
      }
    }
  }

  /// With this a method cannot join the table without a trajectory to hold it to.
  @Test func `every method has a golden entry or a definition`() {
    let covered = GoldenCase.all.flatMap(\.entries) + DefinitionCase.all.map(\.entry)
    #expect(Set(covered).count == covered.count)
    #expect(Set(covered) == Set(MethodTable.entries.map(\.name)))
  }

  /// The rows of both tables are of the type that the entry makes.
  @Test func `the cases are of their entries' methods`() throws {
    let made = GoldenCase.all.flatMap { row in row.entries.map { ($0, row.method(.float32)) } }
    for (name, method) in made + DefinitionCase.all.map({ ($0.entry, $0.method) }) {
      let entry = try #require(MethodTable.entry(named: name))
      #expect(type(of: entry.make(0.1)) == type(of: method))
    }
  }
}

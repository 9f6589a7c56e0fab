import DescentRecorded
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
  let track: Track?
  /// Of the error in float64: methods that fit as they go add roundings up.
  let tolerance: Double
  /// The parameters after each step, `[step][parameter][element]`.
  let states: @Sendable (Track) -> [[[Double]]]

  var testDescription: String { entry }

  init(
    entry: String, method: any OptimizationMethod, track: Track? = nil, tolerance: Double = 1e-12,
    states: @escaping @Sendable (Track) -> [[[Double]]]
  ) {
    (self.entry, self.method, self.track, self.states) = (entry, method, track, states)
    self.tolerance = tolerance
  }

  /// - Parameter definition: the parameters of one tensor after each step, given their start and one gradient per step.
  init(
    entry: String, method: any OptimizationMethod, track: Track? = nil, tolerance: Double = 1e-12,
    definition: @escaping @Sendable (_ start: [Double], _ gradients: [[Double]], _ rowLength: Int) -> [[Double]]
  ) {
    self.init(entry: entry, method: method, track: track, tolerance: tolerance) { track in
      let tensors = track.parameters.enumerated().map { number, parameter in
        // A vector is one row.
        let shape = parameter.shape
        let rowLength = shape.rank < 2 ? shape.elementCount : shape.dropFirst().reduce(1, *)
        return definition(parameter.start, track.gradients.map { $0[number] }, rowLength)
      }
      return track.gradients.indices.map { step in tensors.map { $0[step] } }
    }
  }

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
    // The gradients are the same wherever they are evaluated, and the second derivatives zero.
    .init(entry: "sam", method: Momentum(learningRate: 0.05, momentum: 0.8).sharpnessAware(radius: 0.5)) {
      start, gradients, _ in
      var velocity = start.map { _ in 0.0 }
      return steps(start, gradients) { w, g, i in
        velocity[i] = 0.8 * velocity[i] + g[i]
        return w - 0.05 * velocity[i]
      }
    },
    .init(entry: "lookahead", method: Adam(learningRate: 0.1, epsilon: 1e-6).lookahead(share: 0.7, every: 3)) {
      start, gradients, _ in
      var (mean, square, slow, taken) = (start.map { _ in 0.0 }, start.map { _ in 0.0 }, start, 0)
      return steps(start, gradients) { w, g, i in
        if i == 0 { taken += 1 }
        mean[i] = 0.9 * mean[i] + 0.1 * g[i]
        square[i] = 0.999 * square[i] + 0.001 * g[i] * g[i]
        let root = (square[i] / (1 - pow(0.999, Double(taken)))).squareRoot()
        let fast = w - 0.1 * mean[i] / (1 - pow(0.9, Double(taken))) / (root + 1e-6)
        guard taken % 3 == 0 else { return fast }
        slow[i] += 0.7 * (fast - slow[i])
        return slow[i]
      }
    },
    .init(entry: "sophia", method: Sophia(learningRate: 0.1, beta1: 0.5, epsilon: 0.3, weightDecay: 0.2)) {
      start, gradients, _ in
      var mean = start.map { _ in 0.0 }
      return steps(start, gradients) { w, g, i in
        mean[i] = 0.5 * mean[i] + 0.5 * g[i]
        return w - 0.1 * 0.2 * w - 0.1 * min(max(mean[i] / 0.3, -1), 1)
      }
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
    .init(
      entry: "rmsprop-momentum",
      method: MomentumRMSProp(learningRate: 0.01, momentum: 0.8, decay: 0.95, epsilon: 1e-3, epsilonRoot: 1e-4)
    ) { start, gradients, _ in
      var (square, velocity) = (start.map { _ in 0.0 }, start.map { _ in 0.0 })
      return steps(start, gradients) { w, g, i in
        square[i] = 0.95 * square[i] + 0.05 * g[i] * g[i]
        velocity[i] = 0.8 * velocity[i] + g[i] / ((square[i] + 1e-4).squareRoot() + 1e-3)
        return w - 0.01 * velocity[i]
      }
    },
    .init(entry: "qhm", method: QHM(learningRate: 0.1, momentum: 0.9, share: 0.6, weightDecay: 0.01)) {
      start, gradients, _ in
      var mean = start.map { _ in 0.0 }
      return steps(start, gradients) { w, g, i in
        let g = g[i] + 0.01 * w
        mean[i] = 0.9 * mean[i] + 0.1 * g
        return w - 0.1 * (0.4 * g + 0.6 * mean[i])
      }
    },
    .init(entry: "ftrl", method: FTRL(learningRate: 0.2, beta: 0.5, lasso: 0.3, ridge: 0.1, start: 0.25)) {
      start, gradients, _ in
      var (z, n) = (start.map { _ in 0.0 }, start.map { _ in 0.25 })
      return steps(start, gradients) { w, g, i in
        let sigma = ((n[i] + g[i] * g[i]).squareRoot() - n[i].squareRoot()) / 0.2
        z[i] += g[i] - sigma * w
        n[i] += g[i] * g[i]
        if abs(z[i]) <= 0.3 { return 0 }
        return -(z[i] - (z[i] < 0 ? -0.3 : 0.3)) / ((0.5 + n[i].squareRoot()) / 0.2 + 0.1)
      }
    },
    .init(entry: "adam-mini", method: AdamMini(learningRate: 0.01, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)) {
      start, gradients, rowLength in
      var (mean, square, t) = (start.map { _ in 0.0 }, start.map { _ in 0.0 }, start.map { _ in 0.0 })
      return steps(start, gradients) { w, g, i in
        let row = g[(i / rowLength * rowLength)..<(i / rowLength * rowLength + rowLength)]
        t[i] += 1
        mean[i] = 0.8 * mean[i] + 0.2 * g[i]
        square[i] = 0.9 * square[i] + 0.1 * row.reduce(0) { $0 + $1 * $1 } / Double(rowLength)
        let root = (square[i] / (1 - pow(0.9, t[i]))).squareRoot() + 1e-8
        return w - 0.01 * 0.1 * w - 0.01 * mean[i] / (1 - pow(0.8, t[i])) / root
      }
    },
    .init(entry: "polyak", method: PolyakStep(learningRate: 0.5, leastLoss: 0.1, slack: 0.7)) { track in
      var w = track.parameters.map(\.start)
      return track.gradients.map { g in
        let loss = zip(g.joined(), w.joined()).reduce(0) { $0 + $1.0 * $1.1 }
        let rate = min(0.5, max(0, loss - 0.1) / (0.7 * g.joined().reduce(0) { $0 + $1 * $1 }))
        w = zip(w, g).map { zip($0, $1).map { $0 - rate * $1 } }
        return w
      }
    },
  ]

  static func steps(
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
    let track = row.track ?? GoldenRuns.track
    let reference = track.reference(row.method)
    let compiled = try track.compiled(row.method).states
    for (step, expected) in row.states(track).enumerated() {
      #expect(RecordedFile.error(reference[step], expected) < row.tolerance)
      // Absolute below 1: the spikes take parameters to hundreds and back, with float32's errors of that size.
      #expect(RecordedFile.error(compiled[step], expected, floor: 1) < 1e-4)
    }
  }

  /// With this a method cannot join the table without a trajectory to hold it to.
  @Test func `every method has a golden entry or a definition`() throws {
    let replayed = try GoldenRuns.covered.map { type(of: try GoldenRuns.file.method(of: $0, .float32)) }
    let defined = DefinitionCase.all.map(\.entry)
    for entry in MethodTable.entries where !defined.contains(entry.name) {
      let made = type(of: entry.make(0.1))
      #expect(replayed.contains { $0 == made }, "\(entry.name) has nothing to hold it to")
    }
  }

  @Test func `the cases are of their entries' methods`() throws {
    for row in DefinitionCase.all {
      let entry = try #require(MethodTable.entry(named: row.entry))
      #expect(type(of: entry.make(0.1)) == type(of: row.method))
    }
  }
}

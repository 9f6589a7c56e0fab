import DescentTrain
@testable import DescentCompare
import Foundation

/// Comparisons shaped like real ones: curves fall exponentially towards a floor with a little reproducible noise.
enum ComparisonFixture {
  /// A method to synthesize.
  struct Recipe {
    var method: String
    var title: String
    var family = "adaptive"
    var oneLine = "Scales every step by running statistics of the gradient."
    /// Final accuracy of the mean run.
    var accuracy: Double
    /// Epochs in which the distance to the final values falls to 1/e.
    var pace: Double
    /// Standard deviation between seeds.
    var noise = 0.004
    var secondsPerEpoch = 0.05
    /// Epoch at which the seed at this position diverges.
    var divergence: (seed: Int, epoch: Int)?
  }

  static let recipes: [Recipe] = [
    Recipe(
      method: "sgd", title: "SGD", family: "first order", oneLine: "Steps against the gradient.", accuracy: 0.931,
      pace: 6.5, secondsPerEpoch: 0.031),
    Recipe(
      method: "momentum", title: "SGD with momentum", family: "first order", oneLine: "Averages past gradients.",
      accuracy: 0.966, pace: 3.1, secondsPerEpoch: 0.034),
    Recipe(method: "rmsprop", title: "RMSProp", accuracy: 0.963, pace: 1.9, noise: 0.006),
    Recipe(method: "adam", title: "Adam", accuracy: 0.9745, pace: 2.0),
    Recipe(method: "adamw", title: "AdamW", accuracy: 0.9772, pace: 2.05),
    Recipe(method: "lion", title: "Lion", family: "sign", accuracy: 0.969, pace: 1.6, noise: 0.005),
    Recipe(method: "muon", title: "Muon", family: "matrix", accuracy: 0.9781, pace: 1.2, secondsPerEpoch: 0.083),
    Recipe(
      method: "sophia", title: "Sophia", family: "second order", accuracy: 0.962, pace: 2.4, secondsPerEpoch: 0.071,
      divergence: (seed: 1, epoch: 13)),
    Recipe(
      method: "lbfgs", title: "L-BFGS", family: "quasi-Newton",
      oneLine: "Builds a low-rank inverse Hessian from the last steps & searches along each direction.",
      accuracy: 0.972, pace: 2.6, secondsPerEpoch: 0.058),
  ]

  /// Nine methods, three seeds, thirty epochs: SGD misses the target and one run of Sophia diverges.
  static func digits(
    recipes: [Recipe] = recipes, seeds: [UInt64] = [0, 1, 2], epochs: Int = 30, target: Double? = 0.96
  ) -> Comparison {
    Comparison(
      task: "digits",
      taskDescription: "1,797 grey pictures of handwritten digits, 8 × 8 pixels in 10 classes; 1,437 to train on and "
        + "360 to test on, split by class.",
      network: "64-128-10", loss: "cross-entropy", metric: .testAccuracy, target: target, batch: 64, epochs: epochs,
      seeds: seeds,
      commandLine: "descent compare digits --methods sgd,momentum,rmsprop,adam,adamw,lion,muon,sophia,lbfgs --seeds 3 "
        + "--epochs 30 --target 0.96",
      date: Date(timeIntervalSince1970: 1_780_000_000), machine: "AMD EPYC, 2 cores, 8 GiB, Linux 6.1 x86-64",
      versions: [.init("descent", "0.1.0"), .init("Swift", "6.3.1"), .init("oneDNN", "3.1")],
      methods: recipes.enumerated().map { index, recipe in
        method(recipe, number: index, seeds: seeds, epochs: epochs, target: target)
      })
  }

  private static func method(
    _ recipe: Recipe, number: Int, seeds: [UInt64], epochs: Int, target: Double?
  ) -> MethodResult {
    let isFullBatch = recipe.method == "lbfgs"
    return MethodResult(
      method: recipe.method, title: recipe.title, family: recipe.family, oneLine: recipe.oneLine,
      hyperparameters: [.init("learningRate", "0.001"), .init("beta1", "0.9"), .init("weightDecay", "0.01")],
      batch: isFullBatch ? 1437 : 64,
      runs: seeds.enumerated().map { position, seed in
        run(recipe, number: number, position: position, seed: seed, epochs: epochs, target: target)
      })
  }

  private static func run(
    _ recipe: Recipe, number: Int, position: Int, seed: UInt64, epochs: Int, target: Double?
  ) -> RunRecord {
    var noise = Noise(state: UInt64(number + 1) &* 7919 &+ seed &* 104_729 &+ 17)
    let stepsPerEpoch = recipe.method == "lbfgs" ? 4 : 22
    let level = recipe.accuracy + recipe.noise * noise.next()
    let floor = 0.35 * (1 - recipe.accuracy) * exp(0.15 * noise.next())
    var points: [RunRecord.Point] = []
    for epoch in 0...epochs {
      let left = exp(-Double(epoch) / recipe.pace)
      let slow = exp(-Double(epoch) / (recipe.pace * 5))
      var loss = 2.33 * left + 0.25 * slow * (1 - left) + floor * exp(0.06 * noise.next())
      var metric = level - (level - 0.1) * left - 0.03 * slow * (1 - left) + 0.0012 * noise.next()
      if let end = recipe.divergence, end.seed == position {
        if epoch >= end.epoch { loss = .nan }
        if epoch >= end.epoch - 2 {
          loss *= pow(9, Double(epoch - end.epoch + 3))
          metric *= 0.82
        }
      }
      // Counted in rows of a 360-row test set.
      metric = (min(metric, 1) * 360).rounded() / 360
      let seconds = Double(epoch) * recipe.secondsPerEpoch * (1 + 0.03 * Double(position))
      points.append(
        .init(
          epoch: epoch, step: epoch * stepsPerEpoch, seconds: seconds, trainLoss: loss, testLoss: loss * 1.1,
          metric: loss.isFinite ? metric : .nan))
      if !loss.isFinite { break }
    }
    let last = points[points.count - 1]
    let hit = target.flatMap { target in points.first { $0.metric >= target } }
    return RunRecord(
      seed: seed, points: points, stepsToTarget: hit?.step, secondsToTarget: hit?.seconds, finalLoss: last.trainLoss,
      divergedAtStep: last.trainLoss.isFinite ? nil : last.step - 9, seconds: last.seconds, steps: last.step,
      peakMemoryBytes: 31_000_000 + number * 400_000)
  }

  /// A comparison from final values alone, for checks of the statistics.
  ///
  /// - Parameter finals: for each method its name and the final metric per seed; `nil` for a run that diverged.
  static func finals(
    _ finals: [(String, [Double?])], metric: Metric = .testAccuracy, target: Double? = nil,
    seeds: [UInt64]? = nil, interrupted: Bool = false
  ) -> Comparison {
    let longest = finals.map(\.1.count).max() ?? 0
    return Comparison(
      task: "task", taskDescription: "A task.", network: "2-2", loss: "loss", metric: metric, target: target, batch: 4,
      epochs: 10, seeds: seeds ?? (0..<UInt64(longest)).map { $0 }, commandLine: "descent compare task",
      date: Date(timeIntervalSince1970: 0), machine: "a machine",
      methods: finals.map { name, values in
        MethodResult(
          method: name.lowercased(), title: name, batch: 4,
          runs: values.enumerated().map { seed, value in
            let point = RunRecord.Point(
              epoch: 10, step: 100, seconds: 1, trainLoss: 0.5, testLoss: 0.5, metric: value ?? .nan)
            return RunRecord(
              seed: UInt64(seed), points: [point], finalLoss: value == nil ? .nan : 0.5,
              divergedAtStep: value == nil ? 12 : nil, seconds: 1, steps: 100)
          })
      }, interrupted: interrupted)
  }
}

/// Reproducible noise of about unit variance: the sum of uniform numbers from a linear congruential generator.
private struct Noise {
  var state: UInt64

  mutating func next() -> Double {
    var sum = 0.0
    for _ in 0..<12 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      sum += Double(state >> 11) / Double(1 << 53)
    }
    return sum - 6
  }
}

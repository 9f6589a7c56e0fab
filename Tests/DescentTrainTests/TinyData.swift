import DescentData
import DescentNN
import DescentTrain

/// Small datasets whose every number is known.
enum TinyData {
  /// Numbers: `features[row]` are the features of a row.
  static func values(_ features: [[Float]], _ targets: [Float], name: String = "tiny") -> Dataset {
    let width = features.first?.count ?? 1
    return Dataset(
      name: name, features: features.flatMap { $0 }, featureShape: [width],
      featureNames: (0..<width).map { "x\($0)" }, targets: .values(targets, name: "y"))
  }

  /// Classes named "0", "1" ….
  static func classes(_ features: [[Float]], _ labels: [Int32], count: Int, name: String = "tiny") -> Dataset {
    let width = features.first?.count ?? 1
    return Dataset(
      name: name, features: features.flatMap { $0 }, featureShape: [width],
      featureNames: (0..<width).map { "x\($0)" },
      targets: .classes(labels: labels, names: (0..<count).map(String.init)))
  }

  /// `count` rows of 6 features in −1 ..< 1 with labels 0, 1, 2 in turn: nothing to generalize, everything to memorize.
  static func noise(_ count: Int, seed: UInt64 = 0) -> Dataset {
    var random = SeededGenerator(seed: seed)
    let features = (0..<count).map { _ in (0..<6).map { _ in Float(random.next() >> 40) * 0x1p-23 - 1 } }
    return classes(features, (0..<count).map { Int32($0 % 3) }, count: 3, name: "noise")
  }

  /// y = 2x₀ − 3x₁ + 0.5 for `count` rows.
  static func line(_ count: Int) -> Dataset {
    var random = SeededGenerator(seed: 9)
    let features = (0..<count).map { _ in (0..<2).map { _ in Float(random.next() >> 40) * 0x1p-23 - 1 } }
    return values(features, features.map { 2 * $0[0] - 3 * $0[1] + 0.5 })
  }
}

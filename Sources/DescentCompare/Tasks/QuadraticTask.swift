import DescentRuntime
import DescentData
import DescentGraph
import Foundation

extension ComparisonTask {
  /// ½·xᵀQᵀΛQx with eigenvalues Λ from 10⁻⁴ to 1 in even steps of their logarithm and a random rotation Q, so that no
  /// axis is that of an eigenvector.
  static let quadratic = ComparisonTask(
    name: "quadratic", title: "Ill-conditioned quadratic",
    summary: "½·xᵀAx in 50 dimensions, condition 10⁴, rotated at random, from a random start; exact gradients.",
    metric: .logLoss, target: -2.76, budget: 1000
  ) {
    let size = 50
    let x = Variable(shape: [size], name: "x")
    let rotation = Variable(shape: [size, size], name: "rotation")
    let eigenvalues = Tensor((0..<size).map { Float(pow(10, 4 * (Double($0) / Double(size - 1) - 1))) })
    let loss: @Sendable () -> Tensor = {
      let rotated = (rotation.value * x.value).sum(axes: [1])
      return 0.5 * (eigenvalues * rotated * rotated).sum()
    }
    return Problem(
      parameters: [x],
      load: { seed in
        var random = SeededGenerator(seed: seed, stream: 1)
        let rows = orthonormal(size, &random)
        rotation.assign(Storage(rows.flatMap { $0.map(Float.init) }, shape: rotation.shape))
        x.assign(Storage((0..<size).map { _ in Float(random.nextNormal()) }, shape: x.shape))
      },
      loss: { _ in loss() }, metric: { _ in log10(loss()) })
  }

  /// `size` orthonormal rows, by Gram and Schmidt from normally distributed ones.
  private static func orthonormal(_ size: Int, _ random: inout SeededGenerator) -> [[Double]] {
    var rows: [[Double]] = []
    for _ in 0..<size {
      var row = (0..<size).map { _ in random.nextNormal() }
      // Twice, because one pass leaves rounding errors that grow.
      for _ in 0..<2 {
        for other in rows {
          let overlap = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<size { row[i] -= overlap * other[i] }
        }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows.append(row.map { $0 / length })
    }
    return rows
  }

  /// The decimal logarithm; values below 10⁻³⁰ count as that.
  static func log10(_ value: Tensor) -> Tensor { log(maximum(value, 1e-30)) * (1 / Foundation.log(10)) }
}

extension SeededGenerator {
  /// Uniform in 0..<1.
  mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Normally distributed, by Box and Muller's transform.
  mutating func nextNormal() -> Double {
    let radius = (-2 * Foundation.log(1 - nextUniform())).squareRoot()
    return radius * Foundation.cos(2 * .pi * nextUniform())
  }
}

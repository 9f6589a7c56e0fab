import DescentGraph
import DescentOptim
import Foundation
import Testing

@Suite struct ReduceOnPlateauTests {
  private func scales(_ metrics: [Double], _ plateau: ReduceOnPlateau) -> [Double] {
    var plateau = plateau
    return metrics.map { metric in
      let before = plateau.scale
      #expect(plateau.report(metric) == (plateau.scale != before))
      return plateau.scale
    }
  }

  /// The rates of torch 2.15's ReduceLROnPlateau(factor=0.5, patience=1, cooldown=1, threshold=1e-2, min_lr=0.2) at lr 1.
  @Test func `the rate falls when the metric has not for longer than patience`() {
    let metrics = [5.0, 4, 4, 3.99, 3.99, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    let plateau = ReduceOnPlateau(factor: 0.5, patience: 1, threshold: 1e-2, cooldown: 1, minimumScale: 0.2)
    #expect(scales(metrics, plateau) == Self.torch)
  }
  private static let torch = [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]

  @Test func `higher may be better, and NaN never is`() {
    let plateau = ReduceOnPlateau(factor: 0.5, patience: 0, better: .higher)
    #expect(scales([.nan, 1, 2, 1.5, .nan, 3], plateau) == [0.5, 0.5, 0.5, 0.25, 0.125, 0.125])
  }

  @Test func `saved and read again it goes on as it was`() throws {
    let metrics = [3.0, 2, 2, 2, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5]
    var plateau = ReduceOnPlateau(factor: 0.5, patience: 1, cooldown: 1)
    let whole = scales(metrics, plateau)
    for (i, metric) in metrics.enumerated() {
      _ = plateau.report(metric)
      #expect(plateau.scale == whole[i])
      plateau = try JSONDecoder().decode(ReduceOnPlateau.self, from: JSONEncoder().encode(plateau))
    }
  }
}

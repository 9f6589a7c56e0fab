import DescentRuntime
import DescentTrain
import DescentData
import DescentGraph
import DescentNN
import Foundation

extension ComparisonTask {
  /// Two tables of vectors whose products are to give ratings. A batch meets few of the vectors, and rare ones seldom.
  static let embeddings = ComparisonTask(
    name: "embeddings", title: "Sparse embeddings",
    summary: "Ratings of 200 items by 400 users, both drawn with frequencies 1/rank, from the products of vectors of "
      + "width 8 (4,800 parameters); 6,000 noisy ratings, squared error, batch 64.",
    metric: Metric(name: "testRMSE", title: "test RMSE", higherIsBetter: false, format: .number),
    target: 0.564, budget: 1000
  ) {
    let (users, items, width) = (400, 200, 8)
    let ratings = Ratings(users: users, items: items, rank: 3)
    func part(_ count: Int) -> [Variable] {
      [Variable(shape: [count, 2], dtype: .int32), Variable(shape: [count], dtype: .float32)]
    }
    let (train, validation, test) = (part(6000), part(1000), part(1000))
    let deviation = Initializer.normal(deviation: 0.3)
    let model = [Embedding(users, width, initializer: deviation), Embedding(items, width, initializer: deviation)]
    let table = EmbeddingTables(tables: model)
    let start = StartingValues(table)
    let error: @Sendable (Tensor, Tensor) -> Tensor = { pairs, values in
      let vectors = model.enumerated().map { side, table in
        table(pairs.sliced(axis: 1, side..<(side + 1)).reshaped([pairs.shape[0]]))
      }
      return meanSquaredError((vectors[0] * vectors[1]).sum(axes: [1]), values)
    }
    return Problem(
      parameters: table.trainableVariables, examples: 6000, batch: 64,
      load: { seed in
        var random = SeededGenerator(seed: seed, stream: 4)
        let source = ratings.drawn(&random)
        for part in [train, validation, test] {
          let (pairs, values) = source.sample(part[1].shape[0], &random)
          part[0].assign(Storage(pairs, shape: part[0].shape))
          part[1].assign(Storage(values, shape: part[1].shape))
        }
        try start.load(seed: seed)
      },
      loss: { rows in
        let (pairs, values) = (train[0].value, train[1].value)
        return rows.map { error(pairs.gathering($0), values.gathering($0)) } ?? error(pairs, values)
      },
      metric: { part in
        let data = part == .validation ? validation : test
        return sqrt(error(data[0].value, data[1].value))
      })
  }
}

private struct EmbeddingTables: Module {
  let tables: [Embedding]
}

/// Where made-up ratings come from: products of hidden vectors, some users and items far more frequent than others.
private struct Ratings: Sendable {
  let users, items, rank: Int

  struct Source {
    let sides: [(vectors: [[Double]], cumulative: [Double])]

    /// Pairs `[count, 2]` of a user and an item, and their ratings with noise of deviation 0.2.
    func sample(_ count: Int, _ random: inout SeededGenerator) -> (pairs: [Int32], values: [Float]) {
      var (pairs, values): ([Int32], [Float]) = ([], [])
      for _ in 0..<count {
        var chosen: [Int] = []
        for side in sides {
          let draw = random.nextUniform() * side.cumulative[side.cumulative.count - 1]
          chosen.append(side.cumulative.firstIndex { $0 > draw } ?? side.cumulative.count - 1)
        }
        let product = zip(sides[0].vectors[chosen[0]], sides[1].vectors[chosen[1]]).reduce(0) { $0 + $1.0 * $1.1 }
        pairs += chosen.map(Int32.init)
        values.append(Float(product + 0.2 * random.nextNormal()))
      }
      return (pairs, values)
    }
  }

  func drawn(_ random: inout SeededGenerator) -> Source {
    Source(
      sides: [users, items].map { count in
        let scale = 1 / Double(rank).squareRoot()
        let vectors = (0..<count).map { _ in (0..<rank).map { _ in scale.squareRoot() * random.nextNormal() } }
        var total = 0.0
        let cumulative = (0..<count).map { place in
          total += 1 / Double(place + 1)
          return total
        }
        return (vectors, cumulative)
      })
  }
}

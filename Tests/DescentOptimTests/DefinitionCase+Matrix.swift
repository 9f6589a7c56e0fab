import DescentGraph
import DescentOptim

extension DefinitionCase {
  static let matrix: [DefinitionCase] = [soap, psgd, galore]

  /// Adam's averages and direction, ε outside the root.
  private struct Adam {
    var mean: PlainMatrix?
    var square: PlainMatrix?
    mutating func direction(_ g: PlainMatrix, _ beta1: Double, _ beta2: Double, _ t: Int, epsilon: Double)
      -> PlainMatrix
    {
      mean = beta1 * (mean ?? g.map { _ in 0 }) + (1 - beta1) * g
      square = beta2 * (square ?? g.map { _ in 0 }) + (1 - beta2) * g.map { $0 * $0 }
      let (scale1, scale2) = (1 / (1 - power(beta1, t)), 1 / (1 - power(beta2, t)))
      return mean!.with(square!) { scale1 * $0 / ((scale2 * $1).squareRoot() + epsilon) }
    }
  }

  private static func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { y, _ in y * x } }

  /// The first gradient of a matrix that is not square leaves eigenvalues of 0, of which every library finds other
  /// vectors, and SOAP goes on with them; so this is a square one.
  private static let square: Track? = {
    var track = GoldenRuns.track
    guard let weight = track.parameters.firstIndex(where: { $0.name == "weight" }) else { return nil }
    track.parameters[weight].shape = [4, 4]
    track.parameters[weight].start = Array(track.parameters[weight].start[..<16])
    for step in track.gradients.indices {
      track.gradients[step][weight] = Array(track.gradients[step][weight][..<16])
    }
    return track
  }()

  private static let soap = DefinitionCase(
    entry: "soap",
    method: SOAP(
      learningRate: 0.003, beta1: 0.9, beta2: 0.95, shampooBeta: 0.97, epsilon: 1e-8, weightDecay: 0.01, period: 5),
    track: square
  ) { start, gradients, rowLength in
    let isMatrix = start.count > rowLength
    var w = PlainMatrix(start, columns: rowLength)
    var (mean, square) = (w.map { _ in 0 }, w.map { _ in 0 })
    var sums = (0..<2).map { _ in PlainMatrix.identity(4).map { _ in 0 } }
    var bases: [PlainMatrix] = []
    return gradients.enumerated().map { finished, elements in
      let g = PlainMatrix(elements, columns: rowLength)
      func into(_ x: PlainMatrix) -> PlainMatrix { isMatrix ? bases[0].transposed * x * bases[1] : x }
      if finished > 0 {
        mean = 0.9 * mean + 0.1 * g
        square = 0.95 * square + 0.05 * into(g).map { $0 * $0 }
        let inside = into(mean).with(square) { $0 / ($1.squareRoot() + 1e-8) }
        let outside = isMatrix ? bases[0] * inside * bases[1].transposed : inside
        let rate = 0.003 * (1 - power(0.95, finished)).squareRoot() / (1 - power(0.9, finished))
        w = (1 - 0.003 * 0.01) * (w - rate * outside)
      }
      guard isMatrix else { return w.elements }
      sums = [0.97 * sums[0] + 0.03 * (g * g.transposed), 0.97 * sums[1] + 0.03 * (g.transposed * g)]
      if finished == 0 {
        bases = sums.map { $0.eigen.vectors }
      } else if finished % 5 == 0 {
        for side in 0..<2 {
          let products = sums[side] * bases[side]
          let sizes = (bases[side].transposed * products).rows.enumerated().map { $1[$0] }
          let order = sizes.indices.sorted { sizes[$0] > sizes[$1] }
          bases[side] = products.columns(order).orthonormalized
          square = side == 0 ? PlainMatrix(order.map { square.rows[$0] }) : square.columns(order)
        }
      }
      return w.elements
    }
  }

  private static let psgd = DefinitionCase(
    entry: "psgd-kron",
    method: PSGDKron(
      learningRate: 0.01, momentum: 0.8, preconditionerRate: 0.1, limit: 1.1, weightDecay: 0.1, period: 2),
    tolerance: 1e-10
  ) { start, gradients, rowLength in
    // A vector is a matrix whose second axis has no factor.
    let isMatrix = start.count > rowLength
    let columns = isMatrix ? rowLength : 1
    var w = PlainMatrix(start, columns: columns)
    var mean = w.map { _ in 0 }
    var left = PlainMatrix.identity(w.rows.count)
    var right = PlainMatrix.identity(columns)
    return gradients.enumerated().map { finished, elements in
      mean = 0.8 * mean + 0.2 * PlainMatrix(elements, columns: columns)
      let g = (1 / (1 - power(0.8, finished + 1))) * mean
      if finished % 2 == 0 {
        let shape = isMatrix ? Shape([w.rows.count, columns]) : [start.count]
        let v = PlainMatrix(noise(isMatrix ? "weight" : "bias", finished + 1, shape), columns: columns)
        let a = left * g * right.transposed
        let b = left.inverse.transposed * v * right.inverse
        func fitted(_ q: PlainMatrix, _ a: PlainMatrix, _ b: PlainMatrix) -> PlainMatrix {
          let (of, against) = (a * a.transposed, b * b.transposed)
          let longest = (of + against).rows.max { PlainMatrix([$0]).norm < PlainMatrix([$1]).norm }!
          let once = PlainMatrix([longest]) * (of + against)
          let bound = ((1 / once.norm) * once * (of + against)).norm
          return q - (0.1 / bound) * ((of - against).upperTriangle * q)
        }
        left = fitted(left, a, b)
        if isMatrix { right = fitted(right, a.transposed, b.transposed) }
      }
      let p = left.transposed * left * g * right.transposed * right
      let size = p.norm / Double(start.count).squareRoot()
      w = w - 0.01 * (min(1.1 / size, 1) * p + 0.1 * w)
      return w.elements
    }
  }

  /// What the method draws.
  private static func noise(_ name: String, _ step: Int, _ shape: Shape) -> [Double] {
    let program = Trace.record(arguments: []) { _ in
      [RandomKey(0).folding(in: name).folding(in: step).normal(shape)]
    }
    return Track.interpreter.run(program, arguments: []).results[0].floats
  }

  private static let galore = DefinitionCase(
    entry: "galore",
    method: GaLore(
      learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, scale: 0.5, rank: 2, period: 7)
  ) { start, gradients, rowLength in
    let isMatrix = start.count > rowLength
    var w = PlainMatrix(start, columns: rowLength)
    var adam = Adam()
    var directions = PlainMatrix([])
    return gradients.enumerated().map { finished, elements in
      let g = PlainMatrix(elements, columns: rowLength)
      let kept = (1 - 0.02 * 0.1) * w
      if !isMatrix {
        w = kept - 0.02 * adam.direction(g, 0.8, 0.95, finished + 1, epsilon: 1e-6)
        return w.elements
      }
      // Six rows, four columns: the columns' side is the shorter one.
      if finished % 7 == 0 {
        directions = PlainMatrix(Array((g.transposed * g).eigen.vectors.transposed.rows[..<2]))
      }
      let inside = adam.direction(directions * g.transposed, 0.8, 0.95, finished + 1, epsilon: 1e-6)
      w = kept - 0.02 * 0.5 * (directions.transposed * inside).transposed
      return w.elements
    }
  }
}

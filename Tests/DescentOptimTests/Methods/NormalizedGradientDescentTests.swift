import DescentRuntime
import DescentGraph
import DescentOptim
import Foundation
import Testing

@Suite struct NormalizedGradientDescentTests {
  typealias Scope = NormalizedGradientDescent.Scope

  /// A matrix [3, 4] and a vector [5] with the given gradients for one step, both starting at uneven values.
  private func track(_ matrix: [Double], _ vector: [Double]) -> Track {
    let shapes: [Shape] = [[3, 4], [5]]
    let parameters = zip(["matrix", "vector"], shapes).map { name, shape in
      Track.Parameter(name: name, shape: shape, start: (0..<shape.elementCount).map { 0.1 + 0.37 * Double($0) })
    }
    return Track(parameters: parameters, gradients: [[matrix, vector]])
  }
  private static let matrix = (0..<12).map { Double(($0 * 5) % 7) - 2.5 }
  private static let vector: [Double] = [3, -1, 0.5, 2, -4]

  private func length(_ x: some Sequence<Double>) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// What a step adds to each parameter, in float32 on the engine; parameters start at 0 so that nothing is lost.
  private func steps(_ method: NormalizedGradientDescent, _ matrix: [Double], _ vector: [Double]) throws -> [[Double]] {
    var track = track(matrix, vector)
    for i in track.parameters.indices { track.parameters[i].start = track.parameters[i].start.map { _ in 0 } }
    return try track.compiled(method).states[0]
  }

  @Test(arguments: Scope.allCases)
  func `a gradient of zero leaves every parameter exactly in place`(scope: Scope) throws {
    let track = track([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 5))
    let states = try track.compiled(NormalizedGradientDescent(learningRate: 0.1, scope: scope)).states[0]
    #expect(states == track.parameters.map { $0.start.map { Double(Float($0)) } })
  }

  @Test func `a part whose gradient is zero stays, the others move`() throws {
    var matrix = Self.matrix
    for i in 4..<8 { matrix[i] = 0 }
    let zeros = [Double](repeating: 0, count: 5)
    let rows = try steps(NormalizedGradientDescent(learningRate: 0.1, scope: .row), matrix, zeros)
    #expect(rows[0][4..<8].allSatisfy { $0 == 0 } && rows[0][0..<4].contains { $0 != 0 } && rows[1] == zeros)
    let tensors = try steps(NormalizedGradientDescent(learningRate: 0.1, scope: .tensor), matrix, zeros)
    #expect(tensors[1] == zeros && tensors[0].contains { $0 != 0 })
    let elements = try steps(NormalizedGradientDescent(learningRate: 0.1, scope: .element), matrix, zeros)
    #expect(zip(elements[0], matrix).allSatisfy { ($0 == 0) == ($1 == 0) } && elements[1] == zeros)
  }

  /// Also for gradients whose squares overflow or vanish in float32. ε is left out, since it is meant to win there.
  @Test(arguments: [1, 1e-30, 1e30])
  func `every step has the stated length`(magnitude: Double) throws {
    func run(_ scope: Scope) throws -> [[Double]] {
      let method = NormalizedGradientDescent(learningRate: 0.1, stepLength: 0.5, epsilon: 0, scope: scope)
      return try steps(method, Self.matrix.map { $0 * magnitude }, Self.vector.map { $0 * magnitude })
    }
    func isClose(_ length: Double) -> Bool { (length / 0.05 - 1).magnitude < 1e-6 }

    let whole = try run(.whole)
    #expect(isClose(length(whole.joined())))
    let cosine = -zip(whole.joined(), Self.matrix + Self.vector).reduce(0) { $0 + $1.0 * $1.1 }
    #expect((cosine / (0.05 * length(Self.matrix + Self.vector)) - 1).magnitude < 1e-6, "not down the gradient")

    let tensors = try run(.tensor)
    #expect(tensors.allSatisfy { isClose(length($0)) })

    let rows = try run(.row)
    for row in 0..<3 { #expect(isClose(length(rows[0][row * 4..<row * 4 + 4]))) }
    #expect(isClose(length(rows[1])), "a vector is one row")

    let elements = try run(.element)
    #expect(zip(elements.joined(), Self.matrix + Self.vector).allSatisfy { isClose($0.magnitude) && $0 * $1 < 0 })
  }

  @Test(arguments: Scope.allCases)
  func `epsilon tames gradients below it`(scope: Scope) throws {
    let tiny = NormalizedGradientDescent(learningRate: 0.1, epsilon: 1e-3, scope: scope)
    let moved = try steps(tiny, Self.matrix.map { $0 * 1e-9 }, Self.vector.map { $0 * 1e-9 })
    let expected = [Self.matrix, Self.vector].map { $0.map { -0.1 * $0 * 1e-9 / 1e-3 } }
    for (a, b) in zip(moved, expected) { #expect(relativeError(a, b, scale: 1e-12) < 1e-4) }
  }

  /// A chain of twenty linear layers of one unit, w₁·w₂·…·w₂₀, fitted to 1 from weights of 1.5 and more: its first gradient
  /// is about 10⁸.
  @Test func `steps of bounded length come down an exploding gradient, and no rate of plain descent does`() throws {
    func lastLoss(_ method: some OptimizationMethod) throws -> Double {
      let w = Variable(shape: [20], dtype: .float64, name: "w")
      for i in 0..<20 { w.storage.set(1.5 + 0.01 * Double(i), at: i) }
      let updater = try Updater(method, parameters: [w])
      let step = compile { () -> Tensor in
        var product = w.value.sliced(axis: 0, 0..<1)
        for i in 1..<20 { product = product * w.value.sliced(axis: 0, i..<(i + 1)) }
        let loss = ((product - 1) * (product - 1)).sum()
        updater.minimize(loss)
        return loss
      }
      return try (0..<300).map { _ in try step().scalar() }.last!
    }
    let bounded = NormalizedGradientDescent(learningRate: .exponential(from: 0.1, rate: 0.97), scope: .whole)
    // The steps end at 10⁻⁵ and the loss at about the square of a few of them.
    let last = try lastLoss(bounded)
    #expect(last < 1e-6)
    for exponent in -14...0 {
      let loss = try lastLoss(SGD(learningRate: .constant(pow(10, Double(exponent)))))
      #expect(!(loss < 0.99), "a rate of 1e\(exponent) reaches \(loss)")
    }
  }
}

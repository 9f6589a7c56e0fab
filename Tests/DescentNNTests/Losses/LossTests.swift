import DescentGraph
import DescentNN
import DescentRuntime
import Foundation
import Testing

/// Losses against values computed by hand.
@Suite struct LossTests {
  /// The slope of `loss` with respect to `x`.
  private func gradient(_ loss: Tensor, _ x: Tensor) throws -> [Double] {
    try gradients(of: loss, withRespectTo: [x])[0].values()
  }

  @Test func `mean squared error`() throws {
    let prediction = Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let target = Tensor([1.0, 0, 6, 3.5], shape: [2, 2])
    let loss = meanSquaredError(prediction, target)
    #expect(loss.shape.isScalar)
    // (0 + 4 + 9 + 0.25) / 4; the slope is 2·error/4.
    #expect(try loss.scalar() == 3.3125)
    #expect(try gradient(loss, prediction) == [0, 1, -1.5, 0.25])
  }

  @Test func `Huber below, at and above delta`() throws {
    let delta = 1.5
    // ½e² within δ, δ(|e| − ½δ) beyond; both forms agree at δ.
    let errors = [0, 0.5, -0.5, 1.5, -1.5, 2, -4]
    let expected = [0, 0.125, 0.125, 1.125, 1.125, 1.875, 4.875]
    let slopes = [0, 0.5, -0.5, 1.5, -1.5, 1.5, -1.5]
    for (i, error) in errors.enumerated() {
      let prediction = Tensor([10 + error])
      let loss = huber(prediction, Tensor([10.0]), delta: delta)
      #expect(try loss.scalar() == expected[i])
      #expect(try gradient(loss, prediction) == [slopes[i]])
    }
    let all = huber(Tensor(errors), .zeros([7], dtype: .float64), delta: delta)
    #expect(relativeError([try all.scalar()], [expected.reduce(0, +) / 7]) < 1e-15)
  }

  /// The definition in float64: −log softmax, the sum taken relative to the greatest logit.
  private func crossEntropy(_ logits: [[Double]], _ labels: [Int], smoothing: Double) -> Double {
    let losses = zip(logits, labels).map { row, label in
      let top = row.max()!
      let normalizer = top + Foundation.log(row.reduce(0) { $0 + Foundation.exp($1 - top) })
      let logProbabilities = row.map { $0 - normalizer }
      let even = logProbabilities.reduce(0, +) / Double(row.count)
      return -((1 - smoothing) * logProbabilities[label] + smoothing * even)
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  static let logits: [[[Double]]] = [
    [[0, 0, 0], [1, 2, 3]],
    [[-2, 0.5, 4], [10, -10, 3]],
    [[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4]],
    [[1e4, 9999, -1e4], [0, 1e4, 0]],
  ]

  @Test(arguments: logits, [0, 0.1, 0.5])
  func `cross-entropy is the definition's`(logits: [[Double]], smoothing: Double) throws {
    let labels = logits.indices.map { ($0 + 1) % 3 }
    let expected = crossEntropy(logits, labels, smoothing: smoothing)
    let flat = logits.flatMap { $0 }
    let shape: Shape = [logits.count, 3]
    func loss(_ x: Tensor) -> Tensor {
      DescentNN.crossEntropy(x, labels: Tensor(labels.map(Int32.init)), labelSmoothing: smoothing)
    }
    #expect(relativeError([try loss(Tensor(flat, shape: shape)).scalar()], [expected]) < 1e-12)
    #expect(relativeError([try loss(Tensor(flat.map(Float.init), shape: shape)).scalar()], [expected]) < 1e-6)
  }

  /// The slope is (softmax − target) / rows.
  @Test(arguments: logits, [0, 0.1])
  func `the slope of cross-entropy is softmax less the target`(logits: [[Double]], smoothing: Double) throws {
    let x = Tensor(logits.flatMap { $0 }, shape: [logits.count, 3])
    let labels = logits.indices.map { ($0 + 1) % 3 }
    let found = try gradient(
      DescentNN.crossEntropy(x, labels: Tensor(labels.map(Int64.init)), labelSmoothing: smoothing), x)
    let expected = zip(logits, labels).flatMap { row, label -> [Double] in
      let top = row.max()!
      let powers = row.map { Foundation.exp($0 - top) }
      let sum = powers.reduce(0, +)
      return (0..<3).map {
        (powers[$0] / sum - ($0 == label ? 1 - smoothing : 0) - smoothing / 3) / Double(logits.count)
      }
    }
    #expect(relativeError(found, expected) < 1e-11)
  }

  @Test func `cross-entropy takes any leading axes`() throws {
    let values = (0..<24).map { Double($0 * 7 % 11) / 3 }
    let labels = (0..<6).map { Int32($0 % 4) }
    let flat = DescentNN.crossEntropy(Tensor(values, shape: [6, 4]), labels: Tensor(labels))
    let deep = DescentNN.crossEntropy(Tensor(values, shape: [2, 3, 4]), labels: Tensor(labels, shape: [2, 3]))
    #expect(relativeError([try deep.scalar()], [try flat.scalar()]) < 1e-14)
  }

  /// log(1 + e^x) − t·x, which is |x| for a wrong and 0 for a right certainty.
  @Test func `binary cross-entropy at moderate and extreme logits`() throws {
    func loss(_ x: Double, _ t: Double) throws -> Double { try binaryCrossEntropy(Tensor([x]), Tensor([t])).scalar() }
    #expect(relativeError([try loss(0, 0.3)], [Foundation.log(2)]) < 1e-14)
    for (x, t) in [(1.5, 1.0), (1.5, 0), (-2, 0.25), (8, 0.9)] {
      let p = 1 / (1 + Foundation.exp(-x))
      let expected = -(t * Foundation.log(p) + (1 - t) * Foundation.log(1 - p))
      #expect(relativeError([try loss(x, t)], [expected]) < 1e-11)
    }
    for x in [1e2, 1e4, 1e30] {
      #expect(try loss(x, 0) == x && loss(-x, 1) == x)
      #expect(try loss(x, 1) < 1e-40 && loss(-x, 0) < 1e-40)
    }
    let extremes = Tensor([-1e4, 1e4, -1e4, 1e4] as [Float])
    let targets = Tensor([0, 0, 1, 1] as [Float])
    let found = binaryCrossEntropy(extremes, targets)
    #expect(try found.scalar() == 5000)
    #expect(try gradient(found, extremes) == [0, 0.25, -0.25, 0])
  }

  @Test func `accuracy is the fraction of rows whose greatest logit is the label's`() throws {
    let logits = Tensor([1, 2, 0, 5, 4, 3, -1, -2, -3, 0, 0, 9] as [Float], shape: [4, 3])
    #expect(try accuracy(logits, labels: Tensor([1, 0, 2, 2] as [Int32])).scalar() == 0.75)
    #expect(try accuracy(logits, labels: Tensor([0, 1, 2, 1] as [Int64])).scalar() == 0)
  }

  static let logitsOfThree = Tensor([0, 1, 2, 0, 1, 2] as [Float], shape: [2, 3])

  @Test func `ignored examples count in nothing`() throws {
    let x = Self.logitsOfThree
    let expected = crossEntropy([[0, 1, 2]], [1], smoothing: 0)
    for ignored in [-100, -1, 2, 7] {
      let loss = DescentNN.crossEntropy(x, labels: Tensor([1, Int32(ignored)]), ignoreIndex: ignored)
      #expect(relativeError([try loss.scalar()], [expected]) < 1e-6)
      #expect(try gradient(loss, x)[3...] == [0, 0, 0])
      #expect(try accuracy(x, labels: Tensor([1, Int32(ignored)]), ignoreIndex: ignored).scalar() == 0)
    }
    let all = Tensor([-1, -1] as [Int64])
    #expect(try DescentNN.crossEntropy(x, labels: all, ignoreIndex: -1).scalar().isNaN)
    let smoothed = DescentNN.crossEntropy(
      x, labels: Tensor([1, -1] as [Int32]), labelSmoothing: 0.1, ignoreIndex: -1)
    #expect(relativeError([try smoothed.scalar()], [crossEntropy([[0, 1, 2]], [1], smoothing: 0.1)]) < 1e-6)
  }

  /// Every way in which labels come into a compiled function, each with a label too many.
  @Test func `labels that are no class are an error where they are data`() throws {
    let x = Self.logitsOfThree
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "nothing was thrown"
      } catch { return "\(error)" }
    }
    let wrong = "crossEntropy: label 3 at position 1 is outside 0..<3; number the classes from 0"
    let step = compile { (x: Tensor, y: Tensor) in DescentNN.crossEntropy(x, labels: y) }
    for labels in [Tensor([2, 3] as [Int32]), Tensor([2, 3] as [Int64]), Tensor([2, 3] as [UInt8])] {
      #expect(message { _ = try step(x, labels) }.contains(wrong), "argument \(labels.dtype)")
      let closed = compile { (x: Tensor) in DescentNN.crossEntropy(x, labels: labels) }
      #expect(message { _ = try closed(x) }.contains(wrong), "constant \(labels.dtype)")
    }
    #expect(message { _ = try step(x, Tensor([-1, 0] as [Int32])) }.contains("label -1 at position 0"))
    #expect(try step(x, Tensor([2, 0] as [Int32])).scalar().isFinite)

    // Through ops that only move them, and by the row numbers that a source gives.
    let moved = compile { (x: Tensor, y: Tensor) in
      DescentNN.crossEntropy(x, labels: y.reshaped([2]).cast(to: .int64).reversed(axes: [0]))
    }
    #expect(message { _ = try moved(x, Tensor([2, 3] as [Int32], shape: [2, 1])) }.contains("label 3 at position 1"))
    let all = Tensor([0, 1, 2, 3] as [Int32])
    let gathered = compile { (x: Tensor, rows: Tensor) in
      DescentNN.crossEntropy(x, labels: all.gathering(rows))
    }
    #expect(message { _ = try gathered(x, Tensor([0, 1] as [Int32])) }.contains("label 3 at position 3"))
    let counted = compile { (x: Tensor, y: Tensor) in accuracy(x, labels: y) }
    #expect(message { _ = try counted(x, Tensor([2, 3] as [Int32])) }.contains("accuracy: label 3 at position 1"))
    // A part of something may lie beside what is no label.
    let table = Tensor([1, 77, 2, 88] as [Int32], shape: [2, 2])
    #expect(try step(x, table.sliced(axis: 1, 0..<1).reshaped([2])).scalar().isFinite)
  }

  @Test func `a computed label that is no class makes the loss NaN, and its row's gradient`() throws {
    let step = compile { (x: Tensor, y: Tensor) in DescentNN.crossEntropy(x, labels: y + 1) }
    #expect(try step(Self.logitsOfThree, Tensor([1, 2] as [Int32])).scalar().isNaN)
    #expect(try step(Self.logitsOfThree, Tensor([1, 1] as [Int32])).scalar().isFinite)
  }
}

import DescentGraph
import Testing

@Suite struct RandomKeyTests {
  @Test func `the same key gives the same numbers`() {
    #expect(integers(RandomKey(42).words([64])) == integers(RandomKey(42).words([64])))
    #expect(integers(RandomKey(42).words([64])) != integers(RandomKey(43).words([64])))
    #expect(integers(RandomKey(42).words([64])) == integers(RandomKey(42).words([8, 8])))
    // Any element on its own: a longer draw begins with the shorter one.
    #expect(integers(RandomKey(42).words([17])) == Array(integers(RandomKey(42).words([64]))[..<17]))
    #expect(
      integers(RandomKey(9).words([5], dtype: .int64)) == Array(integers(RandomKey(9).words([8], dtype: .int64))[..<5]))
  }

  @Test func `folding depends on the key, the number and the name`() {
    let key = RandomKey(1)
    let derived = [
      key.folding(in: 0), key.folding(in: 1), key.folding(in: "dropout"), key.folding(in: "noise"),
      RandomKey(2).folding(in: 0), key.folding(in: 0).folding(in: 0), key.folding(in: Int.max),
    ].map { integers($0.bits)[0] }
    #expect(Set(derived).count == derived.count)
    #expect(integers(key.folding(in: "dropout").bits) == integers(key.folding(in: "dropout").bits))
    #expect(integers(key.folding(in: 3).bits) == integers(key.folding(in: Tensor([Int32(3)], shape: [])).bits))
    #expect(integers(key.split(3)[2].bits) == integers(key.folding(in: 2).bits))
  }

  @Test(arguments: [0, 3, -1, Int.max, Int.min])
  func `a known key is folded to what the graph folds it to`(number: Int) {
    let key = RandomKey(-7)
    let known = key.folding(in: number).bits
    #expect(known.node.inputs.isEmpty)
    #expect(integers(known) == integers(key.folding(in: Tensor([Int64(number)], shape: [])).bits))
  }

  /// Correlations of n independent pairs have deviation 1/sqrt(n); the bound is four of them.
  @Test func `split keys are independent of each other and of their parent`() {
    let n = 4096
    let parent = RandomKey(11)
    let draws = ([parent] + parent.split(3)).map { evaluated($0.uniform([n])).map { $0 - 0.5 } }
    for i in draws.indices {
      for j in draws.indices where i < j {
        let correlation = 12 * zip(draws[i], draws[j]).map { $0 * $1 }.reduce(0, +) / Double(n)
        #expect(correlation.magnitude < 4 / Double(n).squareRoot(), "\(i) and \(j): \(correlation)")
      }
    }
  }

  @Test(arguments: [DType.float32, .float64])
  func `uniform numbers fill their range evenly`(dtype: DType) {
    let n = 8192
    let unit = evaluated(RandomKey(5).uniform([n], dtype: dtype))
    #expect(unit.allSatisfy { $0 >= 0 && $0 < 1 })
    // Whole multiples of 2^-24 (2^-53), as the doc comment says.
    let scale = dtype == .float64 ? 0x1p53 : 0x1p24
    #expect(unit.allSatisfy { ($0 * scale).rounded() == $0 * scale })
    let mean = unit.reduce(0, +) / Double(n)
    let variance = unit.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(n)
    // Deviations of the two estimates: sqrt(1/12n) and sqrt(1/180n).
    #expect((mean - 0.5).magnitude < 4 / (12 * Double(n)).squareRoot())
    #expect((variance - 1.0 / 12).magnitude < 4 / (180 * Double(n)).squareRoot())
    var cells = [Int](repeating: 0, count: 16)
    for x in unit { cells[Int(x * 16)] += 1 }
    let expected = Double(n) / 16
    let chiSquare = cells.map { (Double($0) - expected) * (Double($0) - expected) / expected }.reduce(0, +)
    // 15 degrees of freedom: above 40 once in 2000 seeds, and this seed is fixed.
    #expect(chiSquare < 40)

    let moved = evaluated(RandomKey(5).uniform([n], from: -3, to: 5, dtype: dtype))
    #expect(zip(unit, moved).allSatisfy { ((-3 + 8 * $0) - $1).magnitude < 1e-12 })
  }

  @Test(arguments: [DType.float32, .float64])
  func `normal numbers have the moments of a normal distribution`(dtype: DType) {
    let n = 16384
    let x = evaluated(RandomKey(8).normal([n], dtype: dtype))
    func moment(_ power: Int) -> Double {
      x.map { x in (0..<power).reduce(1) { y, _ in y * x } }.reduce(0, +) / Double(n)
    }
    // The k-th sample moment has variance (m(2k) - m(k)²)/n: 1, 2, 15 and 96 for k = 1 ... 4.
    let root = Double(n).squareRoot()
    #expect(moment(1).magnitude < 4 / root)
    #expect((moment(2) - 1).magnitude < 4 * 2.0.squareRoot() / root)
    #expect(moment(3).magnitude < 4 * 15.0.squareRoot() / root)
    #expect((moment(4) - 3).magnitude < 4 * 96.0.squareRoot() / root)
    #expect(x.allSatisfy { $0.isFinite })

    let moved = evaluated(RandomKey(8).normal([n], mean: 2, deviation: 0.5, dtype: dtype))
    #expect(zip(x, moved).allSatisfy { (2 + 0.5 * $0 - $1).magnitude < 1e-6 })
  }

  @Test func `bernoulli draws true with its probability`() {
    let n = 8192
    for probability in [0.0, 0.25, 1.0] {
      let share = Double(integers(RandomKey(3).bernoulli(Tensor(probability), [n])).reduce(0, +)) / Double(n)
      #expect((share - probability).magnitude <= 4 * (probability * (1 - probability) / Double(n)).squareRoot())
    }
  }
}

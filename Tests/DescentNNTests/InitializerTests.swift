import DescentGraph
import DescentNN
import Testing

@Suite struct InitializerTests {
  /// An initializer with the moments its documentation states.
  struct Case: Sendable, CustomTestStringConvertible {
    let initializer: Initializer
    let variance: Double
    let isUniform: Bool
    var testDescription: String { "\(initializer)" }
    init(_ initializer: Initializer, variance: Double, isUniform: Bool) {
      self.initializer = initializer
      self.variance = variance
      self.isUniform = isUniform
    }

    static let all: [Case] = [
      .init(.uniform(bound: 0.3), variance: 0.03, isUniform: true),
      .init(.normal(deviation: 0.2), variance: 0.04, isUniform: false),
      .init(.heNormal(fanIn: 50), variance: 0.04, isUniform: false),
      .init(.heUniform(fanIn: 50), variance: 0.04, isUniform: true),
      .init(.xavierNormal(fanIn: 50, fanOut: 150), variance: 0.01, isUniform: false),
      .init(.xavierUniform(fanIn: 50, fanOut: 150), variance: 0.01, isUniform: true),
      .init(.leCunNormal(fanIn: 50), variance: 0.02, isUniform: false),
      .init(.leCunUniform(fanIn: 50), variance: 0.02, isUniform: true),
    ]
  }
  private static let count = 40_000

  /// Bounds are 5 standard deviations of each estimate: of the mean √(σ²/n), of the variance σ²·√((κ − 1)/n) with the
  /// kurtosis κ, 3 for a normal and 9/5 for a uniform distribution.
  @Test(arguments: Case.all, [DType.float32, .float64])
  func `mean and variance are as stated`(row: Case, dtype: DType) throws {
    let n = Double(Self.count)
    let values = try row.initializer.sample([200, 200], dtype: dtype, key: RandomKey(42)).values()
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(mean.magnitude < 5 * (row.variance / n).squareRoot())
    let kurtosis = row.isUniform ? 1.8 : 3
    #expect((variance / row.variance - 1).magnitude < 5 * ((kurtosis - 1) / n).squareRoot())
  }

  /// A uniform draw fills ±b with b² = 3σ²; of a normal one 68.27 % lie within one deviation and some beyond 3.5.
  @Test(arguments: Case.all)
  func `the distribution has the stated form`(row: Case) throws {
    let deviation = row.variance.squareRoot()
    let values = try row.initializer.sample([200, 200], key: RandomKey(1)).values()
    let greatest = try #require(values.map(\.magnitude).max())
    let within = Double(values.count { $0.magnitude < deviation }) / Double(Self.count)
    if row.isUniform {
      let bound = deviation * 3.0.squareRoot()
      #expect(greatest <= bound * 1.000_001 && greatest > bound * 0.999)
      #expect((within - 1 / 3.0.squareRoot()).magnitude < 0.0125)
    } else {
      #expect(greatest > 3.5 * deviation && greatest < 6 * deviation)
      #expect((within - 0.6827).magnitude < 0.0125)
    }
    #expect(Set(values).count > Self.count * 9 / 10, "draws repeat")
  }

  @Test func `constants are constant`() throws {
    #expect(try Initializer.zeros.sample([2, 2], key: RandomKey(0)).values() == [0, 0, 0, 0])
    #expect(try Initializer.ones.sample([3], key: RandomKey(0)).values() == [1, 1, 1])
    #expect(try Initializer.constant(-2.5).sample([2], key: RandomKey(0)).values() == [-2.5, -2.5])
  }
}

import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

/// Modifiers for which not every step counts.
@Suite struct StepCountingTests {
  /// Rates that fall with the step, so that a step too many or too few shows.
  private static func method(_ entry: MethodEntry) -> any OptimizationMethod {
    entry.make(.exponential(from: 0.05, rate: 0.8))
  }

  /// The same 12 gradients, each cut into three that have it as their mean.
  private static let whole = Track.waves([3, 4], steps: 12)
  private static let pieces: Track = {
    var track = whole
    track.gradients = whole.gradients.flatMap { step in
      [-1.0, 0.5, 0.5].map { shift in [step[0].enumerated().map { $1 + shift * Double($0 % 3) }] }
    }
    return track
  }()

  @Test(arguments: MethodTable.entries.filter { !$0.needsLoss })
  func `micro-batches together are one step with their mean gradient`(entry: MethodEntry) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      // Elements at the edge of a jump (sign) would turn by a rounding.
      let whole = try Self.whole.compiled(method, .float64).states
      let pieces = try Self.pieces.compiled(method.accumulating(steps: 3), .float64).states
      for step in 0..<12 {
        #expect(relativeError(pieces[3 * step + 2][0], whole[step][0], scale: 0.1) < 1e-9)
        let before = step == 0 ? Self.whole.parameters[0].start : whole[step - 1][0]
        for micro in [0, 1] { #expect(relativeError(pieces[3 * step + micro][0], before, scale: 0.1) < 1e-9) }
      }
    }
    try check(Self.method(entry))
  }

  @Test(arguments: MethodTable.entries)
  func `a step that is not finite changes nothing but its count`(entry: MethodEntry) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      var broken = Self.whole
      for (place, bad) in [(0, Double.nan), (3, .infinity), (4, -.infinity), (9, .nan)] {
        var gradient = broken.gradients[place][0]
        gradient[5] = bad
        broken.gradients.insert([gradient], at: place)
      }
      let sound = try Self.whole.compiled(method.skippingNonFinite()).states
      var skipped: [Int?] = []
      let run = try broken.compiled(method.skippingNonFinite()) { updater, _ in skipped.append(updater.skippedSteps) }
      let good = broken.gradients.indices.filter { !broken.gradients[$0][0].contains { !$0.isFinite } }
      #expect(good.count == 12 && good.map { run.states[$0] } == sound && run.traceCount == 1)
      #expect(skipped == [0, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4])
      // A multiplication and an addition may be fused in one and not in the other.
      let plain = try Self.whole.compiled(method).states
      #expect(zip(plain, sound).allSatisfy { relativeError($0[0], $1[0], scale: 0.1) < 1e-6 })
    }
    try check(Self.method(entry))
  }

  /// Matrix products that every step of a small network makes, whatever conditions hold.
  private func products(_ method: some OptimizationMethod) throws -> Int {
    let weights = ["w", "v"].map { Variable(shape: [32, 32], name: $0) }
    let updater = try Updater(method, parameters: weights)
    let step = compile { x in
      let hidden = tanh(matmul(x[0], weights[0].value))
      let output = matmul(hidden, weights[1].value)
      updater.minimize((output * output).sum())
      return []
    }
    return try step.plan(shapes: [[32, 32]], dtypes: [.float32]).matrixProductCount
  }

  @Test func `what is not due in every step makes no products in every step`() throws {
    let plain = try products(SGD())
    #expect(plain == 5)
    #expect(try products(Sophia()) == plain)
    #expect(try products(Muon()) > plain && products(Muon().accumulating(steps: 4)) == plain)
    #expect(try products(Shampoo(period: 5).accumulating(steps: 4)) == plain)
  }

  @Test func `a method that skips nothing has no count`() throws {
    let parameters = [Variable(shape: [2])]
    #expect(try Updater(AdamW(), parameters: parameters).skippedSteps == nil)
    #expect(try Updater(AdamW().skippingNonFinite().clipped(value: 1), parameters: parameters).skippedSteps == 0)
  }

  @Test func `a sharpness-aware step inside accumulation stops the program and says why`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Track.waves([2], steps: 1).reference(SGD().sharpnessAware().accumulating(steps: 2))
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("SharpnessAware") && message.contains("accumulation"), "\(message)")
  }
}

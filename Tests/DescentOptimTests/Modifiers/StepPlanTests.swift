import DescentGraph
import DescentOptim
import DescentRuntime
import Testing

/// What a method leaves alone, no modifier around it moves; decay happens once in each step that is taken, at the rate of
/// the group that a parameter is in.
@Suite struct StepPlanTests {
  /// One parameter of one element, 1 at first, for each name; after a step with each of the gradients.
  private func values<M: OptimizationMethod>(_ method: M, _ names: [String], gradients: [Double]) throws -> [Double] {
    let variables = names.map { Variable(Storage([Float(1)], shape: [1]), name: $0) }
    let updater = try Updater(method, parameters: variables)
    let step = compile { (g: [Tensor]) -> [Tensor] in
      updater.apply(names.map { _ in g[0] })
      return []
    }
    for gradient in gradients { _ = try step([Tensor([Float(gradient)])]) }
    return variables.map { $0.elements[0] }
  }

  @Test func `decay around what leaves parameters alone`() throws {
    let sgd = SGD(learningRate: 0.1)
    #expect(
      try values(sgd.frozen("enc.*").weightDecay(1), ["enc.weight", "head.weight"], gradients: [0]) == [
        1, Double(Float(0.9)),
      ])
    let four = [Double](repeating: 0, count: 4)
    #expect(try values(sgd.accumulating(steps: 4).weightDecay(1), ["w"], gradients: four) == [Double(Float(0.9))])
    #expect(try values(sgd.weightDecay(1).accumulating(steps: 4), ["w"], gradients: four) == [Double(Float(0.9))])
    #expect(try values(sgd.accumulating(steps: 5).weightDecay(1), ["w"], gradients: four) == [1])
    #expect(try values(sgd.skippingNonFinite().weightDecay(1), ["w"], gradients: [.nan, .infinity]) == [1])
    #expect(
      try values(
        sgd.group("head.*") { $0.learningRate = 0.5 }.weightDecay(1), ["head.weight", "body.weight"], gradients: [0])
        == [0.5, Double(Float(0.9))])
    #expect(
      try values(sgd.layerwiseDecay(0.5).weightDecay(1), ["layers.0.weight", "layers.1.weight"], gradients: [0])
        == [Double(Float(0.95)), Double(Float(0.9))])
    // Whatever stands between.
    let averaged = sgd.frozen("enc.*").averaged(.ema(0.5)).lookahead(every: 2)
    let deep = averaged.clipped(globalNorm: 1).skippingNonFinite().quantizedState().cautious().weightDecay(1)
    #expect(try values(deep, ["enc.weight", "head.weight"], gradients: [0, .nan])[0] == 1)
  }

  static let rows = ModifierCase.all
  private static let gradients: [[Float]] = (0..<7).map { (step: Int) -> [Float] in
    (0..<16).map { (i: Int) -> Float in Float((step * 31 + i * 17) % 23) / 11 - 1 }
  }

  /// The values and the evaluation point of two parameters, `frozen.w` and `w`, after seven steps.
  private func run(_ method: any OptimizationMethod) throws -> (frozen: [[Double]], trained: [Double]) {
    let start = (0..<16).map { Float($0) / 7 - 1.1 }
    let variables = ["frozen.w", "w"].map { Variable(Storage(start, shape: [4, 4]), name: $0) }
    let updater = try Updater(method, parameters: variables)
    let step = compile { (g: [Tensor]) -> [Tensor] in
      let losses = variables.map { ($0.value * g[0]).sum() }
      updater.minimize(losses[0] + losses[1])
      return []
    }
    for gradient in Self.gradients { _ = try step([Tensor(gradient, shape: [4, 4])]) }
    let trained = variables.map(\.elements)
    let evaluated = try updater.withEvaluationPoint { variables.map(\.elements) }
    return ([trained[0], evaluated[0]], evaluated[1])
  }

  /// The run with two modifiers around a method; nil where they cannot be, or where one has no parameter left.
  private func run(
    _ method: any OptimizationMethod, in inner: ModifierCase, in outer: ModifierCase
  ) throws -> (frozen: [[Double]], trained: [Double])? {
    do {
      let inside = try method.modified(by: inner.kind, inner.arguments)
      return try run(inside.modified(by: outer.kind, outer.arguments))
    } catch is ModifierError {
      return nil
    } catch is NamePatternError {
      return nil
    }
  }
  /// Those that do more than change gradients.
  static let moving = rows.filter {
    [.weightDecay, .lookahead, .ema, .swa, .cautious, .accumulate, .skipNonFinite].contains($0.kind)
  }

  @Test(arguments: moving) func `a frozen parameter stays`(outer: ModifierCase) throws {
    let start = (0..<16).map { Double(Float($0) / 7 - 1.1) }
    var count = 0
    for inner in Self.rows {
      guard let found = try run(AdamW(learningRate: 0.05).frozen("frozen.*"), in: inner, in: outer) else { continue }
      #expect(found.frozen == [start, start], "\(inner.kind) in \(outer.kind)")
      #expect(found.trained != start || inner.kind == .frozen, "\(inner.kind) in \(outer.kind)")
      count += 1
    }
    #expect(count > 12)
  }

  /// An accumulation that is never complete moves nothing, whatever is around it.
  @Test(arguments: moving) func `steps that are not taken move nothing`(outer: ModifierCase) throws {
    let start = (0..<16).map { Double(Float($0) / 7 - 1.1) }
    var count = 0
    for inner in Self.rows where inner.kind != .sam {
      guard let found = try run(AdamW(learningRate: 0.05).accumulating(steps: 100), in: inner, in: outer) else {
        continue
      }
      #expect(found.trained == start && found.frozen == [start, start], "\(inner.kind) in \(outer.kind)")
      count += 1
    }
    #expect(count > 12)
  }

  /// An average, and slow weights, see steps that are taken, on either side of what takes them.
  @Test func `averages and accumulation commute`() throws {
    let base = AdamW(learningRate: 0.05)
    let pairs: [(any OptimizationMethod, any OptimizationMethod)] = [
      (base.averaged(.ema(0.7)).accumulating(steps: 3), base.accumulating(steps: 3).averaged(.ema(0.7))),
      (base.averaged(.swa(from: 2)).accumulating(steps: 2), base.accumulating(steps: 2).averaged(.swa(from: 2))),
      (base.lookahead(every: 2).accumulating(steps: 3), base.accumulating(steps: 3).lookahead(every: 2)),
      (base.weightDecay(0.1).accumulating(steps: 3), base.accumulating(steps: 3).weightDecay(0.1)),
      (base.averaged(.ema(0.7)).skippingNonFinite(), base.skippingNonFinite().averaged(.ema(0.7))),
      (base.lookahead(every: 2).skippingNonFinite(), base.skippingNonFinite().lookahead(every: 2)),
    ]
    for (a, b) in pairs {
      let (a, b) = (try run(a), try run(b))
      #expect(a.trained == b.trained && a.frozen == b.frozen)
    }
  }
}

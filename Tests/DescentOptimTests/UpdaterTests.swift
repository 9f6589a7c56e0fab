import Descent
import DescentGraph
import Testing

@Suite struct UpdaterTests {
  @Test func `an updater needs parameters, each once and under a name of its own`() throws {
    #expect(throws: UpdaterError.noParameters) { try Updater(SGD(), parameters: []) }
    let a = Variable(shape: [2], name: "weight")
    #expect(throws: UpdaterError.repeatedVariable(name: "weight")) { try Updater(SGD(), parameters: [a, a]) }
    let b = Variable(shape: [2], name: "weight")
    #expect(throws: UpdaterError.repeatedName("weight")) { try Updater(SGD(), parameters: [a, b]) }
    // Variables that nobody has named are told apart by their place.
    let updater = try Updater(Momentum(), parameters: [Variable(shape: [2]), Variable(shape: [3])])
    #expect(updater.state.map(\.name) == ["parameter0.velocity", "parameter1.velocity"])
  }

  @Test func `a parameter that an updater trains cannot be frozen behind its back`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Linear(3, 2)
      let updater = try Updater(SGD(), parameters: model.trainableVariables)
      model.freeze { $0 == "weight" }
      withExtendedLifetime(updater) {}
    }
    let message1 = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message1.contains("weight[2, 3] is trained by an updater"))

    // Before there is one, and after it is gone, it can; and so can what it does not train.
    let model = Linear(3, 2)
    model.freeze { $0 == "bias" }
    var updater: Updater<SGD>? = try Updater(SGD(), parameters: model.trainableVariables)
    model.unfreeze { $0 == "bias" }
    #expect(updater?.parameters.count == 1)
    updater = nil
    model.freeze()
    #expect(model.trainableVariables.isEmpty)
  }

  @Test func `a method of unknown type steps as its own type does, bit for bit`() throws {
    func weights(_ train: (Linear, Tensor) throws -> Void) throws -> [Float] {
      let model = Linear(4, 3)
      try model.initialize(seed: 2)
      try train(model, try RandomKey(3).normal([5, 4]).evaluated())
      return model.weight.variable.snapshot().scalars()
    }
    func run(_ updater: Updater<some OptimizationMethod>, _ model: Linear, _ x: Tensor) throws {
      let step = compile { (x: Tensor) in
        let loss = (model(x) * model(x)).mean()
        updater.minimize(loss)
        return loss
      }
      for _ in 0..<4 { _ = try step(x) }
    }
    let method = AdamW(learningRate: .constant(0.1).scaled(by: 0.5)).lookahead(every: 2).clipped(globalNorm: 0.5)
    let known = try weights { try run(Updater(method, parameters: $0.trainableVariables), $0, $1) }
    let list: [any OptimizationMethod] = [method]
    let unknown = try weights { try run(Updater(list[0], parameters: $0.trainableVariables), $0, $1) }
    #expect(known == unknown)
    // Its learning rate can be changed between steps, as that of a known type.
    let changed = try weights { model, x in
      let updater = try Updater(list[0], parameters: model.trainableVariables)
      updater.method.learningRate = 0
      let before: [Float] = model.weight.variable.snapshot().scalars()
      try run(updater, model, x)
      #expect(model.weight.variable.snapshot().scalars() == before)
    }
    #expect(changed != known)
  }

  @Test func `a loss that depends on none of the parameters is refused`() async throws {
    // Computed before another updater has written them.
    let second = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Linear(3, 2)
      let first = try Updater(SGD(), parameters: model.trainableVariables)
      let second = try Updater(SGD(), parameters: model.trainableVariables)
      _ = Trace.record(arguments: [(name: "x", shape: [4, 3], dtype: .float32)]) {
        let (a, b) = (model($0[0]).sum(), (model($0[0]) * 2).sum())
        first.minimize(a)
        second.minimize(b)
        return [b]
      }
    }
    #expect(
      String(decoding: try #require(second).standardErrorContent, as: UTF8.self)
        .contains("the loss depends on none of the updater's 2 parameters (weight, bias)"))
    // Of values read outside of the function.
    let outside = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Linear(3, 2)
      let updater = try Updater(SGD(), parameters: model.trainableVariables)
      let loss = model(.ones([1, 3])).sum()
      _ = Trace.record(arguments: []) { _ in
        updater.minimize(loss)
        return [loss]
      }
    }
    #expect(
      String(decoding: try #require(outside).standardErrorContent, as: UTF8.self).contains(
        "computed outside of this function"))
  }

  @Test func `a norm over tensors of several dtypes, some of them empty`() throws {
    let tensors: [Tensor] = [
      Tensor([Float(3), 0]), .zeros([0, 4]), Tensor([Float(4)]).cast(to: .bfloat16), Tensor([12.0]),
    ]
    #expect(try globalNorm(tensors).scalar() == 13)
    #expect(globalNorm(tensors).dtype == .float64 && globalNorm([tensors[0]]).dtype == .float32)
    #expect(try globalNorm([.zeros([0])]).scalar() == 0 && Tensor.zeros([0, 4]).norm().scalar() == 0)
    #expect(Tensor.zeros([0, 4]).norm(axes: [1], keepingAxes: true).shape == [0, 1])

    // Clipped by it, each gradient keeps its dtype: the norm is 5, the limit 1, the rate 1.
    let (wide, half) = (
      Variable(filled: 3, shape: [1], name: "wide"), Variable(filled: 4, shape: [1], dtype: .bfloat16)
    )
    let none = Variable(shape: [0, 4], name: "none")
    let updater = try Updater(
      SGD(learningRate: 1).clipped(globalNorm: 1), parameters: [wide, half, none])
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    _ = try step([Tensor([Float(3)]), Tensor([Float(4)]).cast(to: .bfloat16), .zeros([0, 4])])
    #expect(abs(wide.storage.double(at: 0) - 2.4) < 1e-6 && abs(half.storage.double(at: 0) - 3.2) < 0.02)
  }
}

/// What a training step refuses because it would train something else than was meant.
@Suite struct TrainingModeTests {
  private static func train(_ model: some UnaryModule, _ forward: (Tensor) -> Tensor) throws {
    let updater = try Updater(SGD(learningRate: 0.1), parameters: model.trainableVariables)
    _ = Trace.record(arguments: [(name: "x", shape: [4, 6], dtype: .float32)]) {
      let loss = forward($0[0]).sum()
      updater.minimize(loss)
      return [loss]
    }
  }

  @Test func `dropout and batch normalization outside training mode are refused in a step`() async throws {
    let dropout = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Sequential(Linear(6, 3), Dropout(0.5), Linear(3, 2))
      try TrainingModeTests.train(model) { model($0) }
    }
    let message2 = String(decoding: try #require(dropout).standardErrorContent, as: UTF8.self)
    #expect(
      message2.contains(
        "Dropout(0.5) ran for evaluation in a training step; run the forward pass in Forward.training(key:)"))
    let norm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = Sequential(Linear(6, 3), BatchNorm(3), Linear(3, 2))
      try TrainingModeTests.train(model) { checkpoint($0) { model($0) } }
    }
    let message3 = String(decoding: try #require(norm).standardErrorContent, as: UTF8.self)
    #expect(message3.contains("BatchNorm(3) ran for evaluation"))
  }

  @Test func `in training mode, on purpose, or without effect they are not`() throws {
    let model = Sequential(Linear(6, 3), BatchNorm(3), Dropout(0.5), Linear(3, 2))
    try Self.train(model) { x in Forward.training(key: RandomKey(0)) { model(x) } }
    try Self.train(model) { x in Forward.evaluation { model(x) } }
    let plain = Sequential(Linear(6, 3), Dropout(0))
    try Self.train(plain) { plain($0) }
    // A frozen part in a step that trains.
    let (body, head) = (Sequential(Linear(6, 4), BatchNorm(4)), Sequential(Dropout(0.1), Linear(4, 2)))
    _ = body.trainableVariables
    try Self.train(head) { x in
      Forward.training(key: RandomKey(0)) { head(Forward.evaluation { body(x) }) }
    }
    #expect(!Forward.isTraining)
  }

  @Test func `a parameter that nobody can find is refused in a step`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Hidden: UnaryModule {
        let head = Linear(6, 2)
        let body: @Sendable (Tensor) -> Tensor
        init() {
          let inside = Linear(6, 6, bias: false)
          body = { inside($0) }
        }
        func callAsFunction(_ x: Tensor) -> Tensor { head(body(x)) }
      }
      let model = Hidden()
      try TrainingModeTests.train(model) { model($0) }
    }
    let message4 = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message4.contains("a parameter f32[6, 6] takes part in this step, but no module has been asked for it"))
  }

  @Test func `hyper-parameters that cannot be are named`() {
    let w = Variable(shape: [2], name: "w")
    func message<M: OptimizationMethod>(_ method: M) -> String {
      do {
        _ = try Updater(method, parameters: [w])
        return "none"
      } catch { return "\(error)" }
    }
    #expect(message(SGD(learningRate: -0.1)) == "learningRate starts at -0.1; it must be at least 0")
    #expect(
      message(AnyMethod(SGD(learningRate: .constant(.nan)))) == "learningRate starts at nan; it must be at least 0")
    #expect(message(AdamW(beta1: 1)) == "beta1 starts at 1.0; it must be at least 0 and below 1")
    #expect(
      message(AdamW(weightDecay: -1).clipped(globalNorm: 1)) == "weightDecay starts at -1.0; it must be at least 0")
    #expect(message(SGD(learningRate: 0)) == "none")
  }
}

import DescentRuntime
import DescentCPU
import DescentGraph
import DescentOptim
import Testing

extension MethodEntry: CustomTestStringConvertible {
  public var testDescription: String { name }
}

/// What holds for every method of the table.
@Suite struct MethodTableTests {
  @Test func `names are unique and every entry says what it does`() {
    let entries = MethodTable.entries
    #expect(Set(entries.map(\.name)).count == entries.count)
    #expect(Set(entries.map(\.title)).count == entries.count)
    for entry in entries {
      #expect(entry.name == entry.name.lowercased() && !entry.summary.isEmpty && entry.learningRate > 0)
      #expect(!entry.formula.isEmpty && !entry.paper.isEmpty && !entry.use.isEmpty)
      #expect(MethodTable.entry(named: entry.name.uppercased())?.name == entry.name)
    }
    #expect(MethodTable.standardComparison.allSatisfy { MethodTable.entry(named: $0) != nil })
    #expect(MethodTable.entry(named: "no such method") == nil)
  }

  @Test(arguments: MethodTable.entries)
  func `an entry's method has the learning rate it is given`(entry: MethodEntry) {
    let rate = Schedule.exponential(from: 0.5, rate: 0.9)
    #expect(entry.make(rate).learningRate.value(at: 7) == rate.value(at: 7))
  }

  /// A least-squares step of `method` on two tensors, run `count` times.
  ///
  /// - Returns: the losses and how often the step was traced.
  private static func fit<Method: OptimizationMethod>(_ method: Method, steps: Int) throws -> (
    [Double], traceCount: Int
  ) {
    let w = Variable(Storage((0..<12).map { Float($0) / 10 - 0.5 }, shape: [4, 3]), name: "w")
    let b = Variable(shape: [4], name: "b")
    let updater = try Updater(method, parameters: [w, b])
    let step = compile { (arguments: [Tensor]) in
      let error = matmul(arguments[0], w.value.transposed) + b.value - arguments[1]
      let loss = (error * error).mean()
      updater.minimize(loss)
      return [loss]
    }
    let x = Tensor((0..<15).map { Float(($0 * 7) % 5) / 5 - 0.4 }, shape: [5, 3])
    let y = Tensor((0..<20).map { Float(($0 * 3) % 7) / 7 }, shape: [5, 4])
    let losses = try (0..<steps).map { _ in try step([x, y])[0].scalar() }
    return (losses, step.traceCount)
  }

  @Test(arguments: MethodTable.entries)
  func `the loss falls and the step is traced once`(entry: MethodEntry) throws {
    let (losses, traceCount) = try Self.fit(entry.make(.constant(min(entry.learningRate, 0.2))), steps: 30)
    #expect(traceCount == 1)
    #expect(try #require(losses.last) < losses[0])
  }

  /// The compiler counts for the whole process, so this runs in one of its own.
  @Test func `a second step does not compile again`() async {
    await #expect(processExitsWith: .success) {
      for entry in MethodTable.entries {
        let w = Variable(Storage([Float](repeating: 1, count: 6), shape: [2, 3]), name: "w")
        try Self.checkCounters(entry.make(0.1), w)
      }
    }
  }

  /// Traps when a step after the first asks the compiler for anything.
  private static func checkCounters<Method: OptimizationMethod>(_ method: Method, _ w: Variable) throws {
    let updater = try Updater(method, parameters: [w])
    let step = compile { () -> Tensor in
      let loss = (w.value * w.value).sum()
      updater.minimize(loss)
      return loss
    }
    let compiler = try KernelCompiler.shared()
    func requests() -> Int {
      let counters = compiler.counters
      return counters.compiled + counters.loadedFromDisk + counters.reusedInMemory
    }
    let before = requests()
    _ = try step()
    let first = requests()
    require(first > before, "\(method): the first step asked for no kernel, so the counters say nothing")
    updater.method.learningRate = 0.01
    for _ in 0..<3 { _ = try step() }
    require(requests() == first, "\(method): a later step asked the compiler for \(requests() - first) kernels")
  }

  /// Pixels that are always black and units that never fire: Adafactor's and CAME's product of factors was less than any
  /// float32 there, and the step 0/0.
  @Test(arguments: MethodTable.entries.filter { !$0.needsLoss })
  func `a row and a column of zeros in the gradient leave everything finite`(entry: MethodEntry) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      func gradient(_ i: Int, _ step: Int) -> Double {
        i / 6 == 2 || i % 6 == 3 ? 0 : Double((i * 7 + step) % 11) / 4 - 1.2
      }
      let gradients: [[[Double]]] = (0..<4).map { step in [(0..<30).map { gradient($0, step) }] }
      let start: [Double] = (0..<30).map { 0.1 + 0.02 * Double($0) }
      let track = Track(parameters: [.init(name: "w", shape: [5, 6], start: start)], gradients: gradients)
      for states in try track.compiled(method).states {
        let w: [Double] = states[0]
        #expect(w.allSatisfy { $0.isFinite }, "\(w)")
      }
    }
    try check(entry.make(.constant(entry.learningRate)))
  }

  /// All others take a step from a gradient alone: `UpdateTimingTests`, `StepCountingTests`.
  @Test(arguments: MethodTable.entries.filter(\.needsLoss).map(\.name))
  func `a method that needs the loss says so where there is none`(name: String) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [name = name as String] in
      try Self.stepWithoutLoss(MethodTable.entry(named: name)!.make(0.1))
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("needs the loss: use minimize(_:)"), "\(message)")
  }

  private static func stepWithoutLoss<Method: OptimizationMethod>(_ method: Method) throws {
    let updater = try Updater(method, parameters: [Variable(shape: [6], name: "w")])
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    _ = try step([.zeros([6])])
  }

  private static func stateNames<Method: OptimizationMethod>(_ method: Method, _ names: [String]) throws -> [String] {
    try Updater(method, parameters: names.map { Variable(shape: [2, 3], name: $0) }).state.map(\.name)
  }

  @Test(arguments: MethodTable.entries)
  func `the state has unique names under its parameters' names`(entry: MethodEntry) throws {
    let parameters = ["layers.0.weight", "layers.0.bias", "layers.1.weight"]
    let names = try Self.stateNames(entry.make(0.1), parameters)
    #expect(Set(names).count == names.count)
    // What a method remembers once comes last.
    let own = names.prefix { !$0.hasPrefix("optimizer.") }
    #expect(names.dropFirst(own.count).allSatisfy { $0.hasPrefix("optimizer.") })
    #expect(own.count % parameters.count == 0)
    let slots = own.count / parameters.count
    for (i, name) in own.enumerated() {
      #expect(name.hasPrefix(parameters[i / slots] + ".") && name != parameters[i / slots] + ".", "\(name)")
    }
  }

  @Test func `slots are named by their properties`() throws {
    #expect(try Self.stateNames(AdamW(), ["w"]) == ["w.mean", "w.meanSquare"])
    #expect(try Self.stateNames(Momentum(), ["w"]) == ["w.velocity"])
    #expect(try Self.stateNames(SGD(), ["w"]).isEmpty)
    #expect(try Self.stateNames(SM3(), ["w"]) == ["w.mean", "w.slices.0", "w.slices.1"])
    #expect(
      try Self.stateNames(DoG(), ["v", "w"]) == ["v.start", "w.start", "optimizer.farthest", "optimizer.squareSum"])
  }
}

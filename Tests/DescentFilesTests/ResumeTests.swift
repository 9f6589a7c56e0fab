import Descent
import Foundation
import TestSupport
import Testing

/// A model and its updater, saved by one process and loaded by another, train on bit for bit: for every method and modifier.
@Suite struct ResumeTests {
  struct Case: Sendable {
    let name: String
    let method: any OptimizationMethod
  }

  /// Each method alone, and AdamW in each modifier, with each of its words.
  static func cases() throws -> [Case] {
    let methods = MethodTable.entries.map { Case(name: $0.name, method: $0.make(.constant($0.learningRate))) }
    let modified = try ModifierTable.entries.flatMap { entry in
      try (entry.words.isEmpty ? [""] : entry.words).map { word in
        var arguments = entry.standard
        arguments.word = word
        if entry.patternUse == .required { arguments.pattern = "*.bias" }
        let method = try AdamW(learningRate: 1e-2).modified(by: entry.kind, arguments)
        return Case(name: "adamw with \(entry.name) \(word)", method: method)
      }
    }
    return methods + modified
  }

  struct Network: UnaryModule {
    let layers = Sequential(Linear(64, 64), Activation.tanh, Dropout(0.2), Linear(64, 3))
    func callAsFunction(_ x: Tensor) -> Tensor { layers(x) }
  }

  /// A network and its updater at work on drawn data.
  struct Run {
    let model = Network()
    let updater: Updater<AnyMethod>
    let step: CompiledFunction

    init(_ example: Case) throws {
      try model.initialize(seed: 11)
      let (model, updater) = (model, try Updater(example.method, parameters: model.trainableVariables))
      self.updater = updater
      step = compile { (batch: [Tensor]) in
        let loss = Forward.training(key: RandomKey(7).folding(in: updater.stepCount.value)) {
          crossEntropy(model(batch[0]), labels: batch[1])
        }
        updater.minimize(loss)
        return [loss]
      }
    }

    func train(_ steps: Range<Int>) throws {
      for number in steps {
        let x = try RandomKey(1000 + number).normal([16, 64]).evaluated()
        _ = try step([x, Tensor((0..<16).map { Int32(($0 * 7 + number) % 3) })])
      }
    }

    /// Every bit of the parameters and the state.
    var bits: [String: [UInt8]] {
      let all = model.parameters.map { ($0.name, $0.parameter.variable) } + updater.state.map { ($0.name, $0.variable) }
      return Dictionary(
        uniqueKeysWithValues: all.map { name, variable in
          let storage = variable.snapshot()
          return (name, Array(UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount)))
        })
    }
  }

  static let folderKey = "DESCENT_TEST_RESUME"

  @Test func `every method and modifier goes on bit for bit in another process`() async throws {
    let folder = try TemporaryFolder()
    setenv(Self.folderKey, folder.url.path, 1)
    await #expect(processExitsWith: .success) {
      let folder = try #require(ProcessInfo.processInfo.environment[ResumeTests.folderKey])
      for (number, example) in try ResumeTests.cases().enumerated() {
        let run = try Run(example)
        try run.train(0..<5)
        try run.model.save(to: "\(folder)/\(number).model")
        try run.updater.save(to: "\(folder)/\(number).updater")
      }
    }
    let cases = try Self.cases()
    #expect(cases.count > 70)
    for (number, example) in cases.enumerated() {
      let whole = try Run(example)
      try whole.train(0..<8)
      let resumed = try Run(example)
      try resumed.model.load(from: folder.path("\(number).model"))
      try resumed.updater.restore(from: folder.path("\(number).updater"))
      #expect(resumed.updater.stepCount.snapshot().integer(at: 0) == 5, "\(example.name)")
      try resumed.train(5..<8)
      #expect(resumed.bits == whole.bits, "\(example.name)")
    }
  }

  @Test func `the state of another method is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("updater")
    let model = Linear(3, 2)
    try model.initialize(seed: 0)
    func updater(_ method: any OptimizationMethod, of model: Linear = model) throws -> Updater<AnyMethod> {
      try Updater(method, parameters: model.trainableVariables)
    }
    try Updater(AdamW(), parameters: model.trainableVariables).save(to: path)
    // The type may be known or not.
    try updater(AdamW()).restore(from: path)
    #expect(throws: UpdaterFileError.otherMethod(file: path, found: "AdamW", expected: "Adam")) {
      try updater(Adam()).restore(from: path)
    }
    #expect(throws: UpdaterFileError.otherMethod(file: path, found: "AdamW", expected: "Lookahead<AdamW>")) {
      try updater(AdamW().lookahead()).restore(from: path)
    }
    let wider = Linear(4, 2)
    let error = #expect(throws: TensorMismatch.self) { try updater(AdamW(), of: wider).restore(from: path) }
    #expect(error?.problems.contains("'weight.mean' has the shape [2, 3] instead of [2, 4]") == true)
    try model.save(to: path)
    #expect(throws: UpdaterFileError.notAnUpdater(file: path)) { try updater(AdamW()).restore(from: path) }
  }
}

import Descent
import TestSupport
import Testing

private struct Network: UnaryModule {
  let hidden: Linear
  let norm: BatchNorm
  let output: Linear
  init(hidden width: Int = 5, bias: Bool = true) {
    hidden = Linear(3, width)
    norm = BatchNorm(width)
    output = Linear(width, 2, bias: bias)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { output(norm(hidden(x))) }
}

@Suite struct ModuleFileTests {
  private func values(_ model: some Module) -> [String: [Float]] {
    Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.parameter.variable.snapshot().scalars()) })
  }

  @Test func `what was saved is loaded, state of layers and metadata too`() throws {
    let folder = try TemporaryFolder()
    let model = Network()
    try model.initialize(seed: 4)
    model.norm.runningMean.variable.assign(Storage([Float](repeating: 0.25, count: 5), shape: [5]))
    try model.save(to: folder.path("model.safetensors"), metadata: ["note": "mine"])
    let other = Network()
    let metadata = try other.load(from: folder.path("model.safetensors"))
    #expect(values(other) == values(model))
    #expect(metadata["note"] == "mine" && metadata["descent"] == Release.version)
    #expect(other.trainableVariables.map(\.name).first == "hidden.weight")
  }

  @Test func `everything that does not fit is said at once, and nothing is changed`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.safetensors")
    let narrow = Network(hidden: 4)
    try narrow.initialize(seed: 0)
    try narrow.save(to: path)
    let model = Network(bias: false)
    try model.initialize(seed: 1)
    let before = values(model)
    let error = #expect(throws: TensorMismatch.self) { try model.load(from: path) }
    #expect(
      error?.problems == [
        "'hidden.weight' has the shape [4, 3] instead of [5, 3]", "'hidden.bias' has the shape [4] instead of [5]",
        "'norm.weight' has the shape [4] instead of [5]", "'norm.bias' has the shape [4] instead of [5]",
        "'norm.runningMean' has the shape [4] instead of [5]",
        "'norm.runningVariance' has the shape [4] instead of [5]",
        "'output.weight' has the shape [2, 4] instead of [2, 5]", "'output.bias' is not part of it",
      ])
    #expect(error?.description.contains(path) == true)
    #expect(values(model) == before)

    try Linear(3, 2).save(to: path)
    let missing = #expect(throws: TensorMismatch.self) { try model.load(from: path) }
    #expect(missing?.problems.contains("'hidden.weight' is missing") == true)
    #expect(missing?.problems.contains("'weight' is not part of it") == true)
  }

  @Test func `elements of another type are refused`() throws {
    let folder = try TemporaryFolder()
    struct One: Module {
      let weight: Parameter
    }
    try One(weight: Parameter([2], .ones, dtype: .float64)).save(to: folder.path("a"))
    let error = #expect(throws: TensorMismatch.self) {
      try One(weight: Parameter([2], .ones)).load(from: folder.path("a"))
    }
    #expect(error?.problems == ["'weight' has elements of type f64 instead of f32"])
  }

  @Test func `two tensors of one name are an error and no file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("two.safetensors")
    let all = (Linear(2, 2).parameters + Linear(2, 2).parameters).map { ($0.name, $0.parameter.variable.storage) }
    #expect(throws: SafeTensorsError.repeatedName(file: path, tensor: "weight")) {
      try SafeTensors(tensors: all).write(to: path)
    }
    #expect(try folder.names.isEmpty)
  }
}

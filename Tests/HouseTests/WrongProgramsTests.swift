import Foundation
import TestSupport
import Testing

/// Programs that a new user writes wrong: each ends with one sentence that names the thing.
@Suite struct WrongProgramsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// Words that the sentence has.
    let says: [String]
    let code: String
    var testDescription: String { name }

    init(_ name: String, says: [String], _ code: String) { (self.name, self.says, self.code) = (name, says, code) }
  }

  static let cases = [
    Case("wrong input features", says: ["[2, 3]", "4"], "print(try Linear(4, 2)(.ones([2, 3])).scalar())"),
    Case(
      "wrong features in a deep model", says: ["[2, 3]", "64"],
      "print(try Sequential.perceptron([64, 8, 2])(.ones([2, 3])).scalar())"),
    Case(
      "labels as floats", says: ["crossEntropy", "f32[2]", "cast"],
      "print(try crossEntropy(.ones([2, 3]), labels: .ones([2])).scalar())"),
    Case(
      "label out of range", says: ["crossEntropy", "7", "0..<3"],
      "print(try crossEntropy(.ones([2, 3]), labels: Tensor([0, 7] as [Int32])).scalar())"),
    Case(
      "labels of another shape", says: ["crossEntropy", "[3]", "[2, 3]"],
      "print(try crossEntropy(.ones([2, 3]), labels: Tensor([0, 1, 2] as [Int32])).scalar())"),
    Case(
      "index out of range", says: ["Embedding", "9", "0..<4"],
      "print(try Embedding(4, 2)(Tensor([9] as [Int32])).scalar())"),
    Case("broadcasting", says: ["[2, 3]", "[4]"], "print(try (Tensor.ones([2, 3]) + Tensor.ones([4])).scalar())"),
    Case(
      "other dtype", says: ["f32[2]", "i32[2]", "cast"],
      "print(try (Tensor.ones([2]) + Tensor([1, 2] as [Int32])).scalar())"),
    Case(
      "product of other shapes", says: ["[2, 3]", "[4, 5]"],
      "print(try matmul(.ones([2, 3]), .ones([4, 5])).scalar())"),
    Case("wrong axis", says: ["2", "[2, 3]"], "print(try Tensor.ones([2, 3]).sum(axes: [2]).scalar())"),
    Case("reshape to another count", says: ["[2, 3]", "[4]"], "print(try Tensor.ones([2, 3]).reshaped([4]).scalar())"),
    Case("scalar of a vector", says: ["scalar", "[3]"], "print(try Tensor.ones([3]).scalar())"),
    Case(
      "scalars of another dtype", says: ["f32", "Int32", "cast"], "print(try Tensor.ones([3]).scalars(as: Int32.self))"),
    Case("mean of integers", says: ["mean", "i32[2]", "cast"], "print(try Tensor([1, 2] as [Int32]).mean().scalar())"),
    Case("count of elements", says: ["3", "[2, 2]"], "print(Tensor([1, 2, 3] as [Float], shape: [2, 2]).shape)"),
    Case(
      "variable of another shape", says: ["[2]", "[3]"],
      "Variable(filled: 0, shape: [2], name: \"w\").assign(Storage([1, 2, 3] as [Float], shape: [3]))"),
    Case("updater without parameters", says: ["parameter"], "_ = try Updater(AdamW(), parameters: [])"),
    Case(
      "same variable twice", says: ["'w'", "twice"],
      "let w = Variable(filled: 0, shape: [2], name: \"w\")\n_ = try Updater(AdamW(), parameters: [w, w])"),
    Case(
      "duplicate names", says: ["'w'", "name"],
      """
      let (a, b) = (Variable(filled: 0, shape: [2], name: "w"), Variable(filled: 0, shape: [2], name: "w"))
      _ = try Updater(AdamW(), parameters: [a, b])
      """),
    Case(
      "loss without parameters", says: ["minimize", "none of", "(w)"],
      """
      let updater = try Updater(AdamW(), parameters: [Variable(filled: 0, shape: [2], name: "w")])
      let step = compile { (x: Tensor) in
        let loss = x.sum()
        updater.minimize(loss)
        return loss
      }
      print(try step(.ones([2])).scalar())
      """),
    Case(
      "loss that is no scalar", says: ["scalar", "[2]"],
      """
      let w = Variable(filled: 0, shape: [2], name: "w")
      let updater = try Updater(AdamW(), parameters: [w])
      let step = compile { (x: Tensor) in
        updater.minimize(w.value * x)
        return x
      }
      _ = try step(.ones([2]))
      """),
    Case(
      "dropout without a mode", says: ["Forward.training"],
      """
      let model = Sequential.perceptron([2, 2, 1], dropout: 0.5)
      let updater = try Updater(AdamW(), parameters: model.trainableVariables)
      let step = compile { (x: Tensor) in
        let loss = model(x).sum()
        updater.minimize(loss)
        return loss
      }
      _ = try step(.ones([2, 2]))
      """),
    Case("file that is missing", says: ["gone.safetensors"], "try Linear(1, 1).load(from: \"gone.safetensors\")"),
    Case(
      "file that is no safetensors", says: ["bad.safetensors"],
      """
      try "hello, this is text".write(toFile: "bad.safetensors", atomically: true, encoding: .utf8)
      try Linear(1, 1).load(from: "bad.safetensors")
      """),
    Case(
      "model of another shape", says: ["m.safetensors", "'weight'", "[3, 2]", "[4, 2]"],
      """
      try Linear(2, 3).save(to: "m.safetensors")
      try Linear(2, 4).load(from: "m.safetensors")
      """),
    Case(
      "state of another method", says: ["u.safetensors", "AdamW", "Momentum"],
      """
      let model = Linear(2, 3)
      try Updater(AdamW(), parameters: model.trainableVariables).save(to: "u.safetensors")
      try Updater(Momentum(), parameters: model.trainableVariables).restore(from: "u.safetensors")
      """),
    Case("batch without a field", says: ["'y'", "'x'"], "print(Batch([\"x\": .ones([2])])[\"y\"].shape)"),
    Case("batch of 0", says: ["batch", "0"], "print(Digits.load().source(batch: 0).position)"),
    Case("unknown device", says: ["tpu", "cpu"], "_ = try Device.named(\"tpu\")"),
    Case("table that is missing", says: ["gone.csv"], "_ = try TableTask.load(csv: \"gone.csv\", target: \"y\")"),
    Case(
      "column that is missing", says: ["price", "a"],
      """
      try "a,b\\n1,2\\n3,4\\n".write(toFile: "t.csv", atomically: true, encoding: .utf8)
      _ = try TableTask.load(csv: "t.csv", target: "price")
      """),
    Case(
      "pattern that matches nothing", says: ["head.*"],
      "_ = try Updater(AdamW().frozen(\"head.*\"), parameters: Linear(2, 3).trainableVariables)"),
    Case(
      "no examples", says: ["nothing"],
      """
      let data = Dataset(
        name: "nothing", features: [], featureShape: [1], featureNames: ["x"], targets: .values([], name: "y"))
      _ = try Trainer(Sequential.perceptron([1, 1]), optimizer: AdamW(), on: data)
      """),
    Case("dropout rate", says: ["1.5"], "print(Dropout(1.5))"),
    Case(
      "labelSmoothing", says: ["labelSmoothing", "1"],
      "print(crossEntropy(.ones([1, 2]), labels: Tensor([0] as [Int32]), labelSmoothing: 1).shape)"),
  ]

  static let program = """
    import Descent
    import Foundation
    let name = CommandLine.arguments[1]
    do {
      switch name {
    \(cases.map { "case \"\($0.name)\":\n\($0.code)" }.joined(separator: "\n"))
      default: exit(0)
      }
    } catch {
      FileHandle.standardError.write(Data("\\(error)\\n".utf8))
      exit(1)
    }
    """

  @Test func `every wrong program ends with a sentence that names the thing`() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "main.swift")
    try Data(Self.program.utf8).write(to: file)
    let built = try SwiftCompiler().build(file, to: "program", in: folder)
    try #require(built.exitCode == 0, "\(built.text)")
    let program = folder.url.appending(path: "program")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for wrong in Self.cases {
        group.addTask {
          let run = try SwiftCompiler.run(program, [wrong.name])
          let isSaid = run.text.split(separator: "\n").contains { line in wrong.says.allSatisfy { line.contains($0) } }
          #expect(run.exitCode != 0 && isSaid, "\(wrong.name): no line with \(wrong.says) in\n\(run.text)")
        }
      }
      try await group.waitForAll()
    }
  }
}

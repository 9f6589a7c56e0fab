import DescentRecorded
import DescentGraph
import DescentOptim
import Foundation
import Testing

/// What a file of recorded runs may hold, and how errors say what it must not.
@Suite struct RecordedFileTests {
  /// A document of one run with one parameter and two steps; the parts are JSON.
  private func document(
    shapes: String = #"{"w": [2]}"#, start: String = #"{"w": [1, 2]}"#,
    gradients: String = #"[{"w": [0.5, -1]}, {"w": [1, 1]}]"#, source: String = "torch.optim.SGD 2.0",
    settings: String = #"{"lr": 0.5}"#, trajectory: String = #"{"2": {"w": [0.25, 2]}}"#
  ) throws -> RecordedFile {
    let text = """
      {"shapes": \(shapes), "init": \(start), "gradients": \(gradients), "steps": 2, "kept": [2],
       "optimizers": [{"name": "run", "source": "\(source)", "hyperparameters": \(settings), "trajectory": \(trajectory)}]}
      """
    return try RecordedFile(Data(text.utf8), file: "runs.json")
  }

  private func message<Result>(_ body: () throws -> Result) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func settings(_ source: String, _ settings: String) -> String {
    message {
      let file = try document(source: source, settings: settings)
      return try file.method(of: file.runs[0], .float32)
    }
  }

  @Test func `a run is replayed with its hyper-parameters`() throws {
    let file = try document()
    guard case .replayed(let float64, let float32, _) = try file.check(file.runs[0]).outcome else {
      Issue.record("not replayed")
      return
    }
    #expect(float64 < 1e-15 && float32 < 1e-6)
    let other = try document(settings: #"{"lr": 0.4}"#)
    #expect(try other.error(other.runs[0], .float64) > 0.1)
  }

  @Test func `a recorded NaN or a wrong number is no agreement`() {
    #expect(RecordedFile.error([[.nan]], [[1]]) == .infinity)
    #expect(RecordedFile.error([[1]], [[1, 2]]) == .infinity)
    #expect(RecordedFile.error([[1.5, 0.001]], [[1, 0]]) == 0.5)
  }

  @Test func `errors name the place in the document`() {
    #expect(message { try document(start: #"{"w": [1]}"#) }.contains("runs.json: init.w: 1 numbers, where shape [2]"))
    #expect(message { try document(start: #"{"v": [1, 2]}"#) }.contains("init.v: shapes has no such parameter"))
    #expect(message { try document(shapes: #"{"w": [2], "v": [1]}"#) }.contains("init: 'v' is missing"))
    #expect(message { try document(shapes: #"{"w": [0]}"#) }.contains("shapes.w: 0 is no extent"))
    #expect(message { try document(gradients: #"[{"w": [1, 1]}, {"w": [1, "x"]}]"#) }.contains("gradients[1].w[1]"))
    #expect(message { try document(gradients: "[]") }.contains("gradients: no steps"))
    #expect(message { try document(trajectory: #"{"3": {"w": [1, 1]}}"#) }.contains("'3' is no step from 1 to 2"))
    #expect(message { try document(trajectory: #"{"2": {"w": [1]}}"#) }.contains("optimizers[0].trajectory.2.w"))
    #expect(message { try RecordedFile(Data("{".utf8), file: "f.json") }.contains("f.json: the document: not JSON"))
    #expect(message { try RecordedFile(Data("{}".utf8), file: "runs.json") }.contains("' is missing"))
    #expect(message { try RecordedFile(path: "/nowhere/runs.json") }.contains("/nowhere/runs.json: cannot be read"))
  }

  @Test func `hyper-parameters that are unknown, missing or not supported are named`() {
    #expect(settings("torch.optim.SGD 2.0", #"{"lr": 0.1, "momentun": 0.9}"#).contains("no hyper-parameter 'momentun'"))
    #expect(settings("optax.lion 0.2", "{}").contains("optax.lion needs the hyper-parameter 'learning_rate'"))
    #expect(settings("torch.optim.Adam 2.0", #"{"betas": 0.9}"#).contains("betas of torch.optim.Adam is 0.9"))
    #expect(settings("torch.optim.Adam 2.0", #"{"betas": [0.9]}"#).contains("a list of 2 numbers"))
    #expect(settings("torch.optim.Adam 2.0", #"{"maximize": true}"#).contains("maximize = true of torch.optim.Adam"))
    #expect(settings("torch.optim.Other 2.0", "{}").contains("no method here is 'torch.optim.Other'"))
    #expect(settings("torch.optim.Adam", #"{"maximize": 0, "foreach": true, "amsgrad": 0}"#) == "no error")
  }

  /// Which method a class is may hang on its settings.
  @Test(arguments: [
    (#"{"momentum": 0.9}"#, "Momentum"), (#"{"momentum": 0.9, "dampening": 0.5}"#, "DampenedMomentum"),
    (#"{"momentum": 0.9, "nesterov": true}"#, "Nesterov"), ("{}", "GradientDescent"),
  ])
  func `a class of PyTorch's becomes the method that its settings ask for`(settings: String, name: String) throws {
    let file = try document(settings: settings)
    #expect("\(type(of: try file.method(of: file.runs[0], .float32)))" == name)
  }
}

import DescentGraph
import DescentOptim
import Foundation
import Testing

@testable import DescentCompare

@Suite struct ProblemRunTests {
  @Test func `gradient evaluations are counted`() throws {
    let problem = ToyTask.problem(examples: 64, batch: 8)
    func count(_ method: any OptimizationMethod, isFullBatch: Bool = false) throws -> Double {
      try ProblemRun.make(problem, method, isFullBatch: isFullBatch).evaluationsPerStep
    }
    #expect(try count(SGD(learningRate: 0.1)) == 1)
    #expect(try count(SGD(learningRate: 0.1).sharpnessAware()) == 2)
    #expect(try count(SGD(learningRate: 0.1), isFullBatch: true) == 8)
    #expect(try count(SGD(learningRate: 0.1).sharpnessAware(), isFullBatch: true) == 16)
    #expect(try ProblemRun.make(ToyTask.problem(), SGD(learningRate: 0.1), isFullBatch: true).evaluationsPerStep == 1)
  }

  /// Gradient descent that evaluates again at every turn of a loop.
  private struct Looping: OptimizationMethod {
    var learningRate: Schedule
    func update(_ parameters: [ParameterStep<NoState>], at step: Step<Self>) -> [Tensor] {
      scan(over: [Tensor([1.0, 2, 3])], from: parameters.map(\.value)) { values, _ in
        let gradients = step.evaluate(at: values).gradients
        return (zip(values, gradients).map { $0 - step.learningRate * $1 }, [])
      }.carries
    }
  }

  /// ½x² three times at rate ½: x/8 each step.
  @Test func `evaluations in loops and in some steps only are counted as often as they run`() throws {
    func make(_ method: any OptimizationMethod) throws -> ProblemRun {
      try ProblemRun.make(ToyTask.problem(), method, isFullBatch: false)
    }
    let looping = try make(Looping(learningRate: 0.5))
    #expect(looping.evaluationsPerStep == 4)
    try looping.start(Looping(learningRate: 0.5), seed: 0)
    #expect(try (0..<3).map { _ in try looping.advance() } == [0.5, 0.5 / 64, 0.5 / 4096])
    // The Hessian times a vector counts as two, in every tenth step.
    #expect(abs(try make(Sophia()).evaluationsPerStep - 1.2) < 1e-12)
    #expect(abs(try make(Sophia(interval: 4).sharpnessAware()).evaluationsPerStep - 2.5) < 1e-12)
    let method = Sophia(learningRate: 0.01)
    let result = try make(method).run(
      method, seed: 0, budget: 60, metric: ToyTask.metric, target: nil, on: .test)
    let run = try #require(result)
    #expect(run.steps == 50 && run.gradientEvaluations == 60)
  }

  /// Gradient descent that would be evaluated at twice its parameters.
  private struct Doubled: Optimizer {
    var learningRate: Schedule
    func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
      w - step.learningRate * g
    }
    func evaluationPoint(_ parameters: [ParameterStep<NoState>], at step: Step<Self>) -> [Tensor]? {
      parameters.map { 2 * $0.value }
    }
  }

  /// On ½x² from 1 with rate ½: 1, ½, ¼, ⅛.
  @Test func `the metric is taken where the method would have it`() throws {
    let run = try ProblemRun.make(ToyTask.problem(), Doubled(learningRate: 0.5), isFullBatch: false)
    try run.start(Doubled(learningRate: 0.5), seed: 0)
    #expect(try run.measure(.test) == 2)
    #expect(try (0..<3).map { _ in try run.advance() } == [0.5, 0.125, 0.03125])
    #expect(try run.measure(.test) == 0.25)
  }

  @Test func `a run stays within its budget and notes where it was`() throws {
    let task = ToyTask.task(target: 0.1, budget: 80)
    let run = try ProblemRun.make(try task.make(), SGD(learningRate: 0.1), isFullBatch: false)
    let result = try #require(
      try run.run(SGD(learningRate: 0.1), seed: 0, budget: 80, metric: task.metric, target: 0.1, on: .test))
    #expect(result.steps == 80 && result.gradientEvaluations == 80)
    #expect(result.points.first?.step == 0 && result.points.last?.step == 80)
    // 0.9ᵗ ≤ 0.1 from t = 22 on; measured next at the 17th of 40 places, 80·(17/40)^1.5 = 22.2.
    #expect(result.evaluationsToTarget == 22 && result.stepsToTarget == 22)
    #expect(try #require(result.cpuSeconds) >= 0 && result.seconds > 0)
    let costly = SGD(learningRate: 0.1).sharpnessAware(radius: 1e-9)
    let double = try ProblemRun.make(try task.make(), costly, isFullBatch: false)
    let other = try #require(
      try double.run(costly, seed: 0, budget: 80, metric: task.metric, target: nil, on: .test))
    #expect(other.steps == 40 && other.gradientEvaluations == 80 && other.evaluationsToTarget == nil)
  }

  @Test func `a run that diverges says where and has no final metric`() throws {
    let task = ToyTask.task(target: 0.1, budget: 400)
    let method = SGD(learningRate: 1e6)
    let run = try ProblemRun.make(try task.make(), method, isFullBatch: false)
    let result = try #require(
      try run.run(method, seed: 0, budget: 400, metric: task.metric, target: 0.1, on: .test))
    #expect(result.divergedAtStep != nil && result.finalMetric == nil && result.evaluationsToTarget == nil)
  }
}

import DescentGraph
import DescentOptim
import Testing

/// What a user writes: a method with a momentum of its own, in ten lines.
private struct SignMomentum: Optimizer {
  var learningRate: Schedule = 1e-3
  struct State: OptimizerState {
    @Slot var average: Tensor
    init(like w: Tensor) { average = .zeros(like: w) }
  }
  func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.average = 0.9 * s.average + 0.1 * g
    return w - step.learningRate * sign(s.average)
  }
}

@Suite struct UserOptimizerTests {
  @Test func `a method written here plans to as many kernels as AdamW`() throws {
    let track = Track.waves([40, 25], steps: 3)
    let mine = try track.compiled(SignMomentum())
    let builtIn = try track.compiled(AdamW())
    #expect(mine.kernelCount == builtIn.kernelCount)
    #expect(mine.kernelCount > 0)
  }

  @Test func `it computes what it says`() throws {
    let track = Track.waves([5], steps: 6)
    let states = try track.compiled(SignMomentum(learningRate: 0.25)).states
    var w = track.parameters[0].start
    var average = [Double](repeating: 0, count: 5)
    for (step, gradient) in track.gradients.enumerated() {
      for i in w.indices {
        average[i] = 0.9 * average[i] + 0.1 * gradient[0][i]
        w[i] -= average[i] > 0 ? 0.25 : -0.25
      }
      #expect(relativeError(states[step][0], w, scale: 0.1) < 1e-5)
    }
  }
}

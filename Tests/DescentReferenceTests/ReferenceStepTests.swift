import DescentRuntime
import DescentReference
import DescentGraph
import Synchronization
import Testing

@Suite struct ReferenceStepTests {
  typealias Value = Interpreter<Double>.Value

  /// Momentum on ½·‖w - x‖², whose trajectory is a recurrence one can write down.
  @Test func `a training step keeps its state in Double`() {
    let w = Variable(Storage([Float(1), -2], shape: [2]), name: "w")
    let velocity = Variable(shape: [2], name: "velocity")
    let rate = Mutex(0.1)
    let program = Trace.record(arguments: [("x", [2], .float32)]) { x in
      let difference = w.value - x[0]
      let loss = 0.5 * (difference * difference).sum()
      let gradient = gradients(of: loss, withRespectTo: [w.value])[0]
      velocity.value = 0.5 * velocity.value + gradient
      let learningRate = Trace.current!.feed("rate", key: "rate") { rate.withLock { $0 } }
      w.value = w.value - learningRate * velocity.value
      return [loss]
    }
    let step = ReferenceStep<Double>(program)
    let x = [0.3, 0.7]
    var (expected, v) = ([1.0, -2.0], [0.0, 0.0])
    for number in 0..<20 {
      let r = 0.1 / Double(number + 1)
      rate.withLock { $0 = r }
      let loss = step.step([Value(floats: x, shape: [2])])[0].floats[0]
      #expect((loss - 0.5 * zip(expected, x).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)).magnitude < 1e-14)
      for i in 0..<2 {
        v[i] = 0.5 * v[i] + (expected[i] - x[i])
        expected[i] -= r * v[i]
      }
    }
    #expect(zip(step.value(of: w).floats, expected).allSatisfy { ($0 - $1).magnitude < 1e-14 })
    #expect(zip(step.value(of: velocity).floats, v).allSatisfy { ($0 - $1).magnitude < 1e-14 })
    // Nothing was written to the variable itself, and a float32 could not have held the state.
    #expect(w.storage.scalars(as: Float.self) == [1, -2])
    #expect(step.value(of: w).floats.contains { Double(Float($0)) != $0 })
  }

  @Test func `updates see the values from before the step`() {
    let (a, b) = (Variable(Storage([Float(1)], shape: [1])), Variable(Storage([Float(2)], shape: [1])))
    let program = Trace.record(arguments: []) { _ in
      (a.value, b.value) = (b.value, a.value)
      return [a.value]
    }
    let step = ReferenceStep<Float>(program)
    #expect(step.step()[0].floats == [2])
    #expect(step.value(of: a).floats == [2] && step.value(of: b).floats == [1])
    step.step()
    #expect(step.value(of: a).floats == [1])
  }
}

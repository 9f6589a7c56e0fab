import DescentRuntime
import DescentGraph
import Testing

@Suite struct VerifierTests {
  @Test func `a traced program passes`() {
    let weight = Variable(shape: [3], name: "weight")
    let program = Trace.record(arguments: [("x", [2, 3], .float32)]) { x in
      let rate = Trace.current!.feed("rate", key: "rate") { 0.1 }
      weight.value = weight.value - rate * x[0].mean(axes: [0])
      return [x[0] * weight.value]
    }
    Verifier.verify(program)
    #expect(program.updates.count == 1 && program.feeds.count == 1 && program.reads.count == 1)
  }

  @Test func `a tensor that escaped from its function is caught`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var escaped: Tensor?
      _ = Trace.record(arguments: [("hidden", [2], .float32)]) { x in
        escaped = x[0] * 2
        return x
      }
      let other = Trace.record(arguments: [("y", [2], .float32)]) { [$0[0] + escaped!] }
      Verifier.verify(other)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("hidden") && message.contains("escaped"))
  }

  @Test func `an update of another type is caught`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weight = Variable(shape: [2], name: "weight")
      var program = Trace.record(arguments: []) { _ in
        weight.value = weight.value * 2
        return []
      }
      program.updates[0].value = Tensor.zeros([5]).node
      Verifier.verify(program)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("weight") && message.contains("f32[2]") && message.contains("f32[5]"))
  }
}

import DescentRuntime
import DescentReference
import DescentGraph
import Testing

/// What becomes of closures that are traced into graphs of their own.
@Suite struct SubgraphTests {
  private func body(_ tensor: Tensor) -> Subgraph? {
    switch Application.of(tensor.node)?.application.kind {
    case .call(let graph): graph
    case .scan(let scan): scan.body
    case nil: nil
    }
  }

  @Test func `what does not depend on the step is computed once, outside`() throws {
    let program = traced([([4, 2], .float32), ([2, 2], .float32)]) { x in
      let (carries, _) = scan(over: [x[0]], from: [Tensor.zeros([2])]) { c, e in
        ([matmul(c[0].reshaped([1, 2]), exp(x[1]).transposed).reshaped([2]) + e[0] * 2], [])
      }
      return carries
    }
    let loop = program.results[0]
    // exp(x1) is captured; its transposition, which moves nothing, and constants are inside.
    #expect(loop.inputs.count == 3 && loop.inputs[2].op == .unary(.exp))
    let inner = try #require(body(Tensor(loop)))
    #expect(inner.parameters.map(\.shape) == [[2], [2], [2, 2]])
    #expect(Node.topologicalOrder(of: inner.results).contains { $0.op == .transpose([1, 0]) })
    Verifier.verify(program)
  }

  @Test func `a checkpoint keeps everything inside that its closure computes`() throws {
    let program = traced([([3], .float32)]) { x in
      let outside = exp(x[0])
      return [checkpoint { sin(outside) * exp(outside) }]
    }
    let call = program.results[0]
    #expect(call.inputs.map(\.op) == [.unary(.exp)])
    #expect(try #require(body(Tensor(call))).results[0].inputs.map(\.op) == [.unary(.sin), .unary(.exp)])
    // Before anything else, calls are written out.
    #expect(!Simplifier.simplify(program).printed().contains("call"))
  }

  @Test func `a variable that a checkpoint writes is updated once, and read as written from then on`() throws {
    let counter = Variable(shape: [], name: "counter")
    let program = traced([([3], .float32)]) { x in
      let y = checkpoint { () -> Tensor in
        counter.value = counter.value + 1
        counter.value = counter.value + 1
        return exp(x[0]) * counter.value
      }
      return [y * counter.value] + gradients(of: y.sum(), withRespectTo: x)
    }
    #expect(program.reads.count == 1 && program.updates.count == 1)
    let outcome = Interpreter<Double>().run(
      program, arguments: [.init(floats: [0, 0, 0], shape: [3])])
    #expect(outcome.results.map(\.floats) == [[4, 4, 4], [2, 2, 2]])
    #expect(try #require(outcome.variables[ObjectIdentifier(counter)]).floats == [2])
  }

  @Test func `a gradient does not share what it computes again`() {
    let program = traced([([3], .float32)]) { x in
      let y = checkpoint { sin(exp(x[0])) }
      return [y] + gradients(of: y.sum(), withRespectTo: x)
    }
    let text = Simplifier.simplify(program).printed()
    #expect(text.components("exp(") == 2 && text.components("barrier(") == 1)
    let chained = traced([([3], .float32)]) { x in
      let y = checkpoint { sin(exp(x[0])) }
      return gradients(of: (y * y).sum(), withRespectTo: x)
    }
    let late = Simplifier.simplify(chained).printed()
    #expect(late.components("exp(") == 2 && late.components("barrier(") == 1)
  }

  enum Mistake: String, CaseIterable, Codable, Sendable {
    case writesVariable, changesCarry, lacksCarry, noSequence, lengths

    var fragments: [String] {
      switch self {
      case .writesVariable: ["counter", "written in the body", "outside"]
      case .changesCarry: ["scan", "f32[2]", "f32[3, 2]"]
      case .lacksCarry: ["scan", "carries"]
      case .noSequence: ["scan", "sequences"]
      case .lengths: ["scan", "[4, 2]", "[3, 2]"]
      }
    }
    func make() {
      let counter = Variable(shape: [], name: "counter")
      _ = traced([([4, 2], .float32), ([3, 2], .float32), ([2], .float32)]) { x in
        switch self {
        case .writesVariable:
          scan(over: [x[0]], from: []) { _, e in
            counter.value = counter.value + 1
            return ([], e)
          }.outputs
        case .changesCarry: scan(over: [x[0]], from: [x[2]]) { c, _ in ([c[0] + x[1]], []) }.carries
        case .lacksCarry: scan(over: [x[0]], from: [x[2]]) { _, e in ([], e) }.outputs
        case .noSequence: scan(over: [], from: [x[2]]) { c, _ in (c, []) }.carries
        case .lengths: scan(over: [x[0], x[1]], from: []) { _, e in ([], e) }.outputs
        }
      }
    }
  }

  @Test(arguments: Mistake.allCases)
  func `mistakes are named`(_ mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      mistake.make()
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    for fragment in mistake.fragments { #expect(message.contains(fragment), "\(message)") }
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}

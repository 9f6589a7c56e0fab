import DescentGraph
import TestSupport
import Testing

@Suite struct SimplifierConformanceTests {
  @Test func `simplifying random programs does not change their results`() {
    let engine = RandomGraphTests.engine()
    var smaller = 0
    for seed in 1000..<1120 {
      let graph = RandomGraph(seed: UInt64(seed))
      let program = graph.program()
      let simplified = Simplifier.simplify(program)
      Verifier.verify(simplified)
      let count = Node.topologicalOrder(of: simplified.roots).count
      if count < Node.topologicalOrder(of: program.roots).count { smaller += 1 }
      // Once is enough: what is simple stays as it is.
      #expect(Node.topologicalOrder(of: Simplifier.simplify(simplified).roots).count == count, "\(graph)")
      let outcome = Agreement.check(program, graph.arguments()) { _, arguments in engine(simplified, arguments) }
      if let text = outcome.disagreement { Issue.record("seed \(seed): \(text)\n\(graph)\n\(simplified.printed())") }
    }
    #expect(smaller > 60)
  }
}

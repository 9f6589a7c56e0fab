import TestSupport
import Testing

@testable import DescentCPU

@Suite struct DependencyGraphTests {
  @Test(arguments: 0..<20) func `it knows who waits for whom while edges come and go`(seed: Int) {
    var random = SplitMix(UInt64(seed))
    var graph = DependencyGraph()
    var edges: [Set<Int>] = []
    func waits(_ start: Int, _ goal: Int) -> Bool {
      start == goal || edges[start].contains { waits($0, goal) }
    }
    for work in 0..<40 {
      let dependencies = Set((0..<2).map { _ in Int.random(in: 0...work, using: &random) }.filter { $0 < work })
      graph.append(waitingFor: dependencies)
      edges.append(dependencies)
      // Against the order in which they came, too, where that makes no circle.
      for _ in 0..<3 {
        let (a, b) = (Int.random(in: 0...work, using: &random), Int.random(in: 0...work, using: &random))
        guard a != b, !waits(b, a) else { continue }
        #expect(graph.insert(b, of: a) == edges[a].insert(b).inserted)
      }
      if let (a, b) = edges.indices.filter({ !edges[$0].isEmpty }).first.map({ ($0, edges[$0].first!) }), work % 5 == 0
      {
        graph.remove(b, of: a)
        edges[a].remove(b)
      }
    }
    #expect(graph.dependencies == edges)
    for a in edges.indices {
      for b in edges.indices { #expect(graph.waits(a, for: b) == waits(a, b), "\(a) and \(b)") }
    }
  }
}

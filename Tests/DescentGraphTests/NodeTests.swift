import DescentGraph
import Testing

@Suite struct NodeTests {
  @Test func `a chain of a million nodes is released`() {
    var total = Tensor(filled: 0, shape: [])
    let term = Tensor([Float(1)], shape: [])
    for _ in 0..<1_000_000 { total = total + term }
    #expect(Node.topologicalOrder(of: [total.node]).count == 1_000_002)
    weak let first = total.node.inputs[0]
    total = term
    #expect(first == nil)
  }

  @Test func `what somebody else holds stays whole`() {
    let x = Tensor([Float(2)], shape: [])
    var kept: Tensor?
    do {
      var chain = x
      for i in 0..<10_000 {
        chain = chain + x
        if i == 5_000 { kept = chain }
      }
      // Two branches over one chain: the first one released must leave it to the second.
      _ = (chain * chain) + kept!
    }
    #expect(Node.topologicalOrder(of: [kept!.node]).count == 5_002)
    #expect(kept!.node.inputs.count == 2)
  }
}

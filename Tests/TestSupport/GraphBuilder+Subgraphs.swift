import DescentGraph

extension GraphBuilder {
  mutating func subgraph(_ kind: OpKind, _ x: Slot, _ y: Slot) -> Slot { fatalError("skeleton") }
}

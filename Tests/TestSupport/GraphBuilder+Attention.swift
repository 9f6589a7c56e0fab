import DescentGraph

extension GraphBuilder {
  mutating func attention(_ kind: OpKind, _ x: Slot, _ y: Slot) -> Slot { fatalError("skeleton") }
}

import DescentGraph

extension GraphBuilder {
  mutating func sequence(_ kind: OpKind, _ x: Slot) -> Slot { fatalError("skeleton") }
}

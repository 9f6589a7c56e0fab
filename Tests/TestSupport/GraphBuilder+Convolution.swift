import DescentGraph

extension GraphBuilder {
  mutating func convolution(_ kind: OpKind, _ x: Slot, _ y: Slot) -> Slot { fatalError("skeleton") }
}

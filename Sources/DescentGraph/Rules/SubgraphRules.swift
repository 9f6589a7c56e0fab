enum SubgraphRules {
  static func type(call graph: Subgraph, _ result: Int, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func type(_ scan: Scan, _ result: Int, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func gradients(call graph: Subgraph, _ result: Int, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    fatalError("skeleton")
  }
  static func gradients(_ scan: Scan, _ result: Int, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    fatalError("skeleton")
  }
}

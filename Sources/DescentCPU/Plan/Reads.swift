import DescentGraph

/// What a kernel reads, and where.
struct Reads {
  private(set) var all: [(node: Node, address: Affine, isComputed: Bool)] = []
  let nodes: Set<Node>

  init(_ kernel: LoopKernel) {
    for value in kernel.values {
      switch value {
      case .load(let buffer, let address): all.append((kernel.buffers[buffer], address, false))
      case .gather(let buffer, let address, _, _, _): all.append((kernel.buffers[buffer], address, true))
      case .constant, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: break
      }
    }
    nodes = Set(all.map(\.node))
  }
}

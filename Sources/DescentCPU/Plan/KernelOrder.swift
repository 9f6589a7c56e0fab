import DescentGraph
import DescentRuntime

/// The order of a plan's kernels, and where their results lie.
///
/// A kernel runs as soon as it can when it frees more memory than it takes: an optimizer's update follows its gradient
/// at once, and the gradient's memory is used again.
struct KernelOrder {
  enum Place: Equatable {
    case argument(Int)
    case feed(Int)
    case variable(Int)
    case constant
    case result(Int)
    case arena
  }

  let partition: Partition
  /// The partition's groups as kernels, in running order.
  private(set) var steps: [Step] = []
  /// For each step the partition's group behind it.
  private(set) var groupOrder: [Int] = []
  private(set) var places: [Node: Place] = [:]
  /// Variables that cannot be written in place: copied from their new value when everything has run.
  private(set) var lateCopies: [(value: Node, variable: Int)] = []

  struct Step {
    var work: Work
    var reads: Set<Node>
    var writes: Set<Node>
    enum Work {
      case loop(LoopKernel)
      case matrix(MatrixUnit)
      case scatter(ScatterUnit)
      case opaque(any OpaqueUnit)
    }
  }

  init(_ partition: Partition) {
    self.partition = partition
    let kernels = partition.kernels()
    var dependencies = partition.dependencies
    placeInputs()
    placeRoots(kernels, &dependencies)
    for node in kernels.flatMap(\.writes) where places[node] == nil { places[node] = .arena }
    for node in partition.buffered.nodes {
      if case .constant(.data) = node.op { places[node] = .constant }
    }
    groupOrder = order(kernels, dependencies.dependencies)
    steps = groupOrder.map { kernels[$0] }
  }

  private mutating func placeInputs() {
    let program = partition.program
    for (i, node) in program.arguments.enumerated() { places[node] = .argument(i) }
    for (i, feed) in program.feeds.enumerated() { places[feed.input] = .feed(i) }
    for (i, read) in program.reads.enumerated() { places[read.input] = .variable(i) }
  }

  // MARK: In place

  private mutating func placeRoots(_ kernels: [Step], _ dependencies: inout DependencyGraph) {
    let program = partition.program
    let positions = Dictionary(
      uniqueKeysWithValues: program.reads.enumerated().map { (ObjectIdentifier($1.variable), $0) })
    var (readers, writers): ([Node: [Int]], [Node: [Int]]) = ([:], [:])
    for (index, kernel) in kernels.enumerated() {
      for node in kernel.reads { readers[node, default: []].append(index) }
      for node in kernel.writes { writers[node, default: []].append(index) }
    }
    for update in program.updates {
      let value = partition.buffered.owner(of: update.value)!
      let variable = positions[ObjectIdentifier(update.variable)]!
      let old = program.reads[variable].input
      if Self.placeOver(old, value, readers[old] ?? [], writers[value] ?? [], kernels, &dependencies) {
        places[value] = .variable(variable)
      } else {
        lateCopies.append((value, variable))
      }
    }
    for (i, result) in program.results.enumerated() {
      let owner = partition.buffered.owner(of: result)!
      if places[owner] == nil { places[owner] = .result(i) }
    }
  }

  /// Whether `value` can be written over `old`: then the kernels that write the new value wait for those that read the old
  /// one.
  private static func placeOver(
    _ old: Node, _ value: Node, _ readers: [Int], _ writers: [Int], _ kernels: [Step],
    _ dependencies: inout DependencyGraph
  ) -> Bool {
    var added: [(reader: Int, writer: Int)] = []
    // Taken back where it turns out that it cannot.
    defer { for (reader, writer) in added { dependencies.remove(reader, of: writer) } }
    for reader in readers {
      for writer in writers {
        if reader == writer {
          guard case .loop(let loop) = kernels[reader].work, loop.canOverwrite(old, with: value) else { return false }
        } else {
          if dependencies.waits(reader, for: writer) { return false }
          if dependencies.insert(reader, of: writer) { added.append((reader, writer)) }
        }
      }
    }
    added = []
    return true
  }

  // MARK: Order

  private func order(_ kernels: [Step], _ edges: [Set<Int>]) -> [Int] {
    var waiting = edges.map(\.count)
    var dependents = [[Int]](repeating: [], count: kernels.count)
    for (index, dependencies) in edges.enumerated() {
      for dependency in dependencies { dependents[dependency].append(index) }
    }
    var readersLeft: [Node: Int] = [:]
    for kernel in kernels { for node in kernel.reads { readersLeft[node, default: 0] += 1 } }
    var allocated: Set<Node> = []

    func bytes(_ node: Node) -> Int {
      places[node] == .arena ? node.shape.elementCount * node.dtype.byteCount : 0
    }
    /// How much memory in use grows when `index` runs.
    func growth(_ index: Int) -> Int {
      let taken = kernels[index].writes.reduce(0) { $0 + (allocated.contains($1) ? 0 : bytes($1)) }
      let freed = kernels[index].reads.reduce(0) { $0 + (readersLeft[$1] == 1 ? bytes($1) : 0) }
      return taken - freed
    }

    var result: [Int] = []
    func run(_ index: Int) {
      result.append(index)
      allocated.formUnion(kernels[index].writes)
      for node in kernels[index].reads { readersLeft[node]! -= 1 }
    }
    // What waits for nothing (a fill, a copy of a constant) runs just before the first kernel that wants it.
    var free = Set(kernels.indices.filter { edges[$0].isEmpty && !dependents[$0].isEmpty })
    for index in free { for next in dependents[index] { waiting[next] -= 1 } }
    var ready = kernels.indices.filter { waiting[$0] == 0 && !free.contains($0) }
    while let best = ready.min(by: { (growth($0), $0) < (growth($1), $1) }) {
      ready.removeAll { $0 == best }
      for index in edges[best].intersection(free).sorted() { run(index) }
      free.subtract(edges[best])
      run(best)
      for next in dependents[best] {
        waiting[next] -= 1
        if waiting[next] == 0 { ready.append(next) }
      }
    }
    require(result.count == kernels.count, "the schedule has a cycle")
    return result
  }
}

extension Partition {
  /// Each group as a kernel. What nobody outside the kernel reads is not stored.
  func kernels() -> [KernelOrder.Step] {
    var readElsewhere = Set(program.roots.map { buffered.owner(of: $0)! })
    for group in groups {
      let own: Set<Node> = if case .loop(let loop) = group.work { loop.members } else { [] }
      readElsewhere.formUnion(group.reads.subtracting(own))
    }
    return groups.map { group in
      switch group.work {
      case .matrix(let unit): .init(work: .matrix(unit), reads: Set(unit.operands), writes: [unit.result])
      case .scatter(let unit): .init(work: .scatter(unit), reads: Set(unit.operands), writes: [unit.node])
      case .opaque(let unit): .init(work: .opaque(unit), reads: Set(unit.operands), writes: Set(unit.results))
      case .loop(let loop):
        lowered(loop, storing: readElsewhere)
      }
    }
  }

  private func lowered(_ loop: LoopGroup, storing stored: Set<Node>) -> KernelOrder.Step {
    var builder = KernelBuilder(domain: loop.domain, members: loop.members, buffered: buffered)
    for (node, target, region) in loop.parts where region != nil || stored.contains(node) {
      guard let map = loop.domain.canonicalMap(of: node) ?? Self.map(of: node, over: loop.domain) else {
        fatalError("\(node.op.name)\(node.shape) has no place in loops over \(loop.domain.extents)")
      }
      var places = map
      if let region {
        for axis in places.axes.indices {
          places.axes[axis] = places.axes[axis] * region.strides[axis]
          places.axes[axis].offset += region.offsets[axis]
        }
      }
      let address = places.linear(in: target.shape.extents, dimensions: loop.domain.extents.count)
      do {
        try builder.store(node, at: map, to: target, address: address)
      } catch {
        fatalError("\(error.node.op.name)\(error.node.shape) should have had a buffer")
      }
    }
    var kernel = builder.kernel
    let writes = Set(kernel.stores.map { kernel.buffers[$0.buffer] })
    let reads = Reads(kernel).nodes
    kernel.takeFactorsOutOfSums()
    kernel.collapse()
    return .init(work: .loop(kernel), reads: reads, writes: writes)
  }
}

extension LoopKernel {
  /// Whether the memory of `old` may also be that of `new`: the kernel reads each element of `old` only where and before
  /// it writes the same element of `new`.
  func canOverwrite(_ old: Node, with new: Node) -> Bool {
    guard old.dtype.byteCount == new.dtype.byteCount, old.shape.elementCount == new.shape.elementCount,
      let store = stores.first(where: { buffers[$0.buffer] === new }),
      stores.count(where: { buffers[$0.buffer] === new }) == 1
    else { return false }
    /// The values that are computed from `old` in the same pass.
    var isFromOld: [Bool] = []
    for (id, value) in values.enumerated() {
      var isRead = false
      switch value {
      case .load(let buffer, let address):
        isRead = buffers[buffer] === old
        if isRead && address != store.address { return false }
      case .gather(let buffer, _, _, _, _): if buffers[buffer] === old { return false }
      case .constant, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: break
      }
      isFromOld.append(isRead || operands(of: id).contains { isFromOld[$0] && !isReduction($0) })
    }
    // What is stored inside the loops over reduced dimensions must not be needed by a later pass over them.
    guard isInLoop(store) else { return true }
    let passes = passes()
    let reductions = values.indices.filter { isReduction($0) && isFromOld[$0] }.map { passes[$0] - 1 }
    let stored = stores.filter { isInLoop($0) && isFromOld[$0.value] }.map { passes[$0.value] }
    let last = (reductions + stored).max() ?? 0
    return passes[store.value] >= last
  }
}

import DescentGraph

/// Fits a plan into a memory limit: values that wait long for their later users are dropped and computed again.
///
/// As long as the arena is too large, look at the step at which most memory is in use. Among the values that are stored
/// there but not used, choose those that are cheapest to compute again, by work per byte, from what is there anyway when
/// they are needed; element-wise chains and sums before matrix products. Their later users get a copy of their
/// computation, behind a barrier so that it runs late, and everything is planned again. When nothing more is to be had
/// from the plan itself and the fullest step is a loop, its body is treated the same way.
struct Recompute {
  private let plan: Plan
  /// Copies made before; they are not copied again.
  private let copies: Set<Node>
  /// For each stored node the first step that writes it, and the last that reads or writes it.
  private var first: [Node: Int] = [:]
  private var last: [Node: Int] = [:]
  /// For each stored node the last step that writes to it: parts of a concatenation come one by one.
  private var complete: [Node: Int] = [:]
  /// For each node that a kernel computes, the first step that does.
  private var position: [Node: Int] = [:]
  private let fullest: (step: Int, byteCount: Int)

  private var buffered: Set<Node> { plan.schedule.partition.buffered.nodes }

  /// - Throws: `EngineError.memoryLimit` when nothing is left that could be computed again.
  static func fit(_ plan: Plan, into limit: Int) throws(EngineError) -> Plan {
    let best = reduced(plan, to: limit)
    guard best.arenaByteCount <= limit else {
      throw .memoryLimit(limit: limit, reached: best.arenaByteCount, largest: Recompute(best, copies: []).largest())
    }
    return best
  }

  /// A plan within the limit, or as near to it as it gets.
  static func reduced(_ plan: Plan, to limit: Int) -> Plan {
    var best = plan
    var current = plan
    var copies: Set<Node> = []
    // What one copy frees another may take again: give up when several rounds bring nothing.
    var fruitless = 0
    while best.arenaByteCount > limit {
      let recompute = Recompute(current, copies: copies)
      if fruitless < 8, let next = recompute.improved(limit, &copies) {
        current = next
        fruitless += 1
      } else if let next = Recompute(best, copies: copies).withSmallerLoop(limit) {
        current = next
      } else {
        return best
      }
      if current.arenaByteCount < best.arenaByteCount {
        best = current
        fruitless = 0
      }
    }
    return best
  }

  /// The plan in which the loop that is the fullest step saves in its body what the plan takes too much; nil where that
  /// step is no loop, or its body cannot.
  private func withSmallerLoop(_ limit: Int) -> Plan? {
    guard fullest.step < plan.schedule.steps.count,
      case .opaque(let unit) = plan.schedule.steps[fullest.step].work, let loop = unit as? ScanUnit
    else { return nil }
    var limits = plan.bodyLimits
    limits[loop.scan.body] = max(loop.body.arenaByteCount - (plan.arenaByteCount - limit), 0)
    let smaller = Plan(legal: plan.program, precision: plan.precision, orders: plan.orders, bodyLimits: limits)
    return smaller.arenaByteCount < plan.arenaByteCount ? smaller : nil
  }

  private init(_ plan: Plan, copies: Set<Node>) {
    self.plan = plan
    self.copies = copies
    for (step, kernel) in plan.schedule.steps.enumerated() {
      for node in kernel.reads.union(kernel.writes) {
        first[node] = first[node] ?? step
        last[node] = step
      }
      for node in kernel.writes { complete[node] = step }
      for node in plan.schedule.computed(in: step) where position[node] == nil { position[node] = step }
    }
    for copy in plan.schedule.lateCopies { last[copy.value] = plan.schedule.steps.count }

    // A chain of values in one place is one slot each with the same life.
    struct Place: Hashable {
      let offset: Int
      let first: Int
      let last: Int
    }
    var inUse = [Int](repeating: 0, count: plan.schedule.steps.count + 1)
    var seen: Set<Place> = []
    for slot in plan.memory.slots
    where seen.insert(Place(offset: slot.offset, first: slot.firstUse, last: slot.lastUse)).inserted {
      for step in slot.firstUse...slot.lastUse { inUse[step] += slot.byteCount }
    }
    let step = inUse.indices.max { (inUse[$0], -$0) < (inUse[$1], -$1) }!
    fullest = (step, inUse[step])
  }

  // MARK: Choosing

  /// A value to compute again for its users after the fullest step.
  private struct Choice {
    let node: Node
    /// The stored nodes that are computed again with it.
    let again: Set<Node>
    /// What is read for that, and must stay.
    let leaves: Set<Node>
    /// What it waits for.
    let token: Node
    let needsProducts: Bool
    let work: Int
    let byteCount: Int
  }

  private func improved(_ limit: Int, _ copies: inout Set<Node>) -> Plan? {
    let step = fullest.step
    let kernels = plan.schedule.steps
    guard step < kernels.count else { return nil }
    let idle = Node.topologicalOrder(of: plan.program.roots).filter { node in
      plan.schedule.places[node] == .arena && first[node].map { $0 < step } == true && last[node]! > step
        && last[node]! < kernels.count && !kernels[step].reads.contains(node) && !copies.contains(node)
    }
    var chosen: [Choice] = []
    var dropped: Set<Node> = []
    var needed: Set<Node> = []
    var inUse = fullest.byteCount
    repeat {
      let candidates = idle.filter { !dropped.contains($0) && !needed.contains($0) }.compactMap {
        choice($0, besides: dropped)
      }
      // Of equals, `min` takes the first.
      let best = candidates.min {
        ($0.needsProducts ? 1 : 0, Double($0.work) / Double($0.byteCount))
          < ($1.needsProducts ? 1 : 0, Double($1.work) / Double($1.byteCount))
      }
      // Products are a last resort: first see how far the cheap ones get.
      guard let best, chosen.isEmpty || !best.needsProducts else { break }
      chosen.append(best)
      dropped.insert(best.node)
      needed.formUnion(best.leaves)
      inUse -= best.byteCount
    } while inUse > limit
    return chosen.isEmpty ? nil : rewritten(chosen, &copies)
  }

  /// How `node` would be computed again, or nil when it cannot be.
  private func choice(_ node: Node, besides dropped: Set<Node>) -> Choice? {
    let kernels = plan.schedule.steps
    let late = kernels.indices.filter { $0 > fullest.step && kernels[$0].reads.contains(node) }
    guard let use = late.first,
      late.allSatisfy({ plan.schedule.computed(in: $0).allSatisfy { position[$0]! > fullest.step } }),
      let token = token(before: use, besides: node)
    else { return nil }

    var again: Set<Node> = [node]
    var leaves: Set<Node> = []
    var seen: Set<Node> = [node]
    var work = 0
    var needsProducts = false
    var stack = [node]
    while let next = stack.popLast() {
      switch Self.effort(next) {
      case .none: return nil
      case .some(let (own, isProduct)):
        work += own
        needsProducts = needsProducts || isProduct
      }
      for input in Self.read(by: next) where seen.insert(input).inserted {
        if !buffered.contains(input) {
          stack.append(input)
        } else if plan.schedule.places[input] != .arena
          || (last[input].map { $0 >= use } ?? false) && !dropped.contains(input)
        {
          leaves.insert(input)
        } else {
          guard again.count < 8 else { return nil }
          again.insert(input)
          stack.append(input)
        }
      }
    }
    let byteCount = node.shape.elementCount * node.dtype.byteCount
    return Choice(
      node: node, again: again, leaves: leaves, token: token, needsProducts: needsProducts, work: work,
      byteCount: max(byteCount, 1))
  }

  /// The latest value that is known before step `use` but not before the fullest step, best one that `use` reads anyway.
  private func token(before use: Int, besides node: Node) -> Node? {
    let step = fullest.step
    let isTimely = { (other: Node) in
      other !== node && plan.schedule.places[other] != nil && (first[other] ?? -1) >= step && first[other]! < use
        && position[other] != nil && complete[other].map { $0 < use } == true
    }
    let order = { (a: Node, b: Node) in
      (first[a]!, a.shape.elementCount) < (first[b]!, b.shape.elementCount)
    }
    // Sets have no order of their own; ties between equals are broken by the position in the graph.
    let known = Node.topologicalOrder(of: plan.program.roots).filter(isTimely)
    return known.filter(plan.schedule.steps[use].reads.contains).max(by: order) ?? known.max(by: order)
  }

  /// The operations it takes to compute `node` from its inputs, and whether they are a product's; nil for what is never
  /// done twice.
  private static func effort(_ node: Node) -> (work: Int, isProduct: Bool)? {
    let count = node.shape.elementCount
    switch node.op {
    case .constant, .iota, .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient, .windows, .barrier:
      return (0, false)
    case .binary, .compare, .select, .cast, .bitcast, .pad, .concatenate, .gather: return (count, false)
    case .unary, .randomBits: return (4 * count, false)
    case .reduce, .argmax, .cumulativeSum: return (node.inputs[0].shape.elementCount, false)
    case .dot(let axes):
      return (2 * count * axes.lhsContracting.reduce(1) { $0 * node.inputs[0].shape[$1] }, true)
    case .convolution, .attention:
      // Rough, but the same for all of a kind.
      return (2 * count * (node.inputs[1].shape.elementCount / max(node.inputs[1].shape[0], 1)), true)
    case .input, .convolutionInputGradient, .convolutionKernelGradient, .attentionGradient, .foldWindows, .scatterAdd,
      .argsort, .factorization, .triangularSolve, .call, .scan:
      return nil
    }
  }

  /// The inputs whose values `node` is computed from; what a barrier only waits for is none.
  private static func read(by node: Node) -> [Node] { node.op == .barrier ? [node.inputs[0]] : node.inputs }

  // MARK: Rewriting

  /// The plan of the program in which the choices' later users read copies.
  private func rewritten(_ choices: [Choice], _ copies: inout Set<Node>) -> Plan {
    let chosen = Dictionary(uniqueKeysWithValues: choices.map { ($0.node, $0) })
    // Nodes as steps up to the fullest one see them, and as later ones do. Stored nodes have one form only.
    var early: [Node: Node] = [:]
    var late: [Node: Node] = [:]
    var made: Set<Node> = []

    func rebuilt(_ node: Node, _ inputs: [Node]) -> Node {
      inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
    }
    /// `choice`'s value once more.
    func copy(_ choice: Choice) -> Node {
      let token = early[choice.token]!
      var copied: [Node: Node] = [:]
      for node in Node.topologicalOrder(of: [choice.node]) {
        if node.inputs.isEmpty && !buffered.contains(node) {
          copied[node] = node
        } else if choice.leaves.contains(node) {
          copied[node] = Node(.barrier, [early[node]!, token], shape: node.shape, dtype: node.dtype)
        } else if Self.read(by: node).allSatisfy({ copied[$0] != nil }),
          !buffered.contains(node) || choice.again.contains(node)
        {
          // The copy waits at its leaves; other barriers on the way have done their work.
          if node.op == .barrier {
            copied[node] = copied[node.inputs[0]]!
            continue
          }
          let new = Node(node.op, node.inputs.map { copied[$0]! }, shape: node.shape, dtype: node.dtype)
          copied[node] = new
          made.insert(new)
        }
      }
      return copied[choice.node]!
    }

    // Tokens and leaves are stored before the copies' users are: a topological order by steps would do, and following
    // inputs on demand is one.
    let steps = fullest.step
    func isLate(_ node: Node) -> Bool { (position[node] ?? -1) > steps }
    var stack: [(node: Node, isLate: Bool)] = plan.program.roots.map { ($0, false) }
    while let (node, wantsLate) = stack.last {
      if (wantsLate ? late : early)[node] != nil {
        stack.removeLast()
        continue
      }
      let isStored = buffered.contains(node)
      if wantsLate, let choice = chosen[node] {
        let open = ([choice.token] + choice.leaves.sorted { first[$0] ?? -1 < first[$1] ?? -1 }).filter {
          early[$0] == nil
        }
        if open.isEmpty { late[node] = copy(choice) } else { stack += open.map { ($0, false) } }
        continue
      }
      if isStored && wantsLate {
        if let known = early[node] { late[node] = known } else { stack.append((node, false)) }
        continue
      }
      let forInputs = isStored ? isLate(node) : wantsLate
      // What a barrier waits for is the value itself, not a copy, which may come later.
      let wanted = node.inputs.enumerated().map { ($1, forInputs && !(node.op == .barrier && $0 > 0)) }
      let open = wanted.filter { ($1 ? late : early)[$0] == nil }
      if open.isEmpty {
        let new = rebuilt(node, wanted.map { ($1 ? late : early)[$0]! })
        if wantsLate { late[node] = new } else { early[node] = new }
      } else {
        stack += open.map { ($0, $1) }
      }
    }
    copies = Set(copies.flatMap { [early[$0], late[$0]].compactMap { $0 } }).union(made)
    let program = plan.program.mapRoots { $0.map { early[$0]! } }
    return Plan(legal: program, precision: plan.precision, orders: plan.orders, bodyLimits: plan.bodyLimits)
  }

  /// The largest buffers in use at the fullest step, for people to read.
  private func largest() -> [String] {
    let names = BufferNames(plan)
    return plan.memory.slots.filter { $0.firstUse <= fullest.step && fullest.step <= $0.lastUse }
      .sorted { ($1.byteCount, $0.offset, $0.firstUse) < ($0.byteCount, $1.offset, $1.firstUse) }.prefix(3)
      .map { "\(names.name(of: $0.node)) \($0.node.dtype)\($0.node.shape), \($0.byteCount) bytes" }
  }
}

extension KernelOrder {
  /// The nodes that step `step` computes, whether it stores them or not.
  func computed(in step: Int) -> [Node] {
    switch partition.groups[groupOrder[step]].work {
    case .loop(let loop): loop.parts.map(\.target)
    case .matrix(let unit): [unit.result]
    case .scatter(let unit): [unit.node]
    case .opaque(let unit): unit.results
    }
  }
}

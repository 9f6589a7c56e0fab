import DescentGraph
import DescentRuntime

/// One piece of work before fusion.
enum Unit {
  /// `node` is computed by loops and stored: as its own buffer, or as a region of `target`'s.
  case loop(node: Node, target: Node, region: Region?)
  case matrix(MatrixUnit)
  case scatter(ScatterUnit)
  case opaque(any OpaqueUnit)

  /// Where a part lies in the tensor it is written to: `offset + stride · index` on each axis.
  struct Region {
    var offsets: [Int]
    var strides: [Int]
  }

  /// The nodes whose buffers the unit writes.
  var targets: [Node] {
    switch self {
    case .loop(_, let target, _): [target]
    case .matrix(let unit): [unit.result]
    case .scatter(let unit): [unit.node]
    case .opaque(let unit): unit.results
    }
  }
}

/// Splits a program into units, and joins units into kernels.
///
/// Fusion rules. Loops over the same points join when one reads what the other computes at the same point, or when both
/// read the same tensor. Reductions over one set of axes join the loops over those points; what is computed from
/// their results joins as their epilogue. A kernel never waits for something that waits for the kernel.
struct Partition {
  let program: Program
  private(set) var buffered: BufferedNodes
  private(set) var groups: [Group] = []
  /// Which groups wait for the results of which.
  private(set) var dependencies = DependencyGraph()
  private let order: [Node]
  private let uses: Uses
  /// For each dot product whose bias and activation run inside the matrix product: the node they end in.
  private let epilogues: [Node: MatrixEpilogue]
  private var writers: [Node: [Int]] = [:]
  private var readers: [Node: Set<Int>] = [:]
  /// Of the convolutions in loops' bodies, which are planned here.
  private let precision: Precision
  private let bodyLimits: [Subgraph: Int]
  /// The bodies of loops, planned.
  private var bodies: [Subgraph: Plan] = [:]
  private let hasBarriers: Bool

  struct Group {
    var work: Work
    /// Nodes whose memory the group reads.
    var reads: Set<Node> = []
    enum Work {
      case loop(LoopGroup)
      case matrix(MatrixUnit)
      case scatter(ScatterUnit)
      case opaque(any OpaqueUnit)
    }
  }

  struct LoopGroup {
    var domain: KernelDomain
    var parts: [(node: Node, target: Node, region: Unit.Region?)]
    var members: Set<Node>
    var regionTargets: Set<Node>
    /// Values that its parts would have as kernels of their own.
    var size: Int
  }
  /// Kernels do not join to larger ones: what LLVM needs for them grows faster than they do.
  private static let largestKernel = 2000

  init(_ program: Program, precision: Precision, bodyLimits: [Subgraph: Int] = [:]) {
    self.program = program
    self.precision = precision
    self.bodyLimits = bodyLimits
    order = Node.topologicalOrder(of: program.roots)
    uses = Uses(order: order, roots: program.roots)
    hasBarriers = order.contains { if case .barrier = $0.op { true } else { false } }
    epilogues = MatrixEpilogue.find(in: order, uses: uses)
      .merging(MatrixEpilogue.findAfterConvolutions(in: order, uses: uses)) { dot, _ in dot }
    buffered = BufferChoice(order: order, roots: program.roots, uses: uses, epilogues: epilogues).buffered
    // Buffers that only lowering finds out about are added until all units can be lowered.
    while true {
      var missing: [Node] = []
      let units = makeUnits(missing: &missing)
      if missing.isEmpty { group(units, missing: &missing) }
      if missing.isEmpty { return }
      let bases = missing.map(Self.withoutReshapes).filter { !buffered.nodes.contains($0) }
      require(!bases.isEmpty, "planning \(missing[0].op.name)\(missing[0].shape) makes no progress")
      for base in bases { buffered.insert(base) }
    }
  }

  static func withoutReshapes(_ node: Node) -> Node {
    var node = node
    while case .reshape = node.op { node = node.inputs[0] }
    return node
  }

  // MARK: Units

  /// What is to be done, in order; and what has to be stored before that can be said.
  private mutating func makeUnits(missing: inout [Node]) -> [Unit] {
    let dots = Dictionary(uniqueKeysWithValues: epilogues.map { ($1.result, $0) })
    var units: [Unit] = []
    var loops: Set<Application> = []
    for node in order where buffered.nodes.contains(node) {
      do {
        try appendUnits(of: node, dots, &loops, to: &units)
      } catch {
        missing.append(error.node)
      }
    }
    return units
  }

  private mutating func appendUnits(
    of node: Node, _ dots: [Node: Node], _ loops: inout Set<Application>, to units: inout [Unit]
  ) throws(KernelBuilder.NeedsBuffer) {
    switch node.op {
    case .constant(.data), .input: break
    case .dot: units.append(.matrix(try MatrixUnit(dot: node, epilogue: nil, buffered: buffered)))
    case .scatterAdd(let axis):
      let unit = try ScatterUnit(node, axis: axis, buffered: buffered)
      let whole = Unit.Region(offsets: node.shape.map { _ in 0 }, strides: node.shape.map { _ in 1 })
      if !unit.fillsZeros { units.append(.loop(node: node.inputs[0], target: node, region: whole)) }
      units.append(.scatter(unit))
    case .concatenate(let axis):
      var start = 0
      for input in node.inputs {
        var offsets = node.shape.map { _ in 0 }
        offsets[axis] = start
        units.append(
          .loop(node: input, target: node, region: .init(offsets: offsets, strides: offsets.map { _ in 1 })))
        start += input.shape[axis]
      }
    case .pad(let low, _, let interior):
      let fill = Tensor(node.inputs[1]).broadcast(to: node.shape).node
      let whole = Unit.Region(offsets: low.map { _ in 0 }, strides: low.map { _ in 1 })
      units.append(.loop(node: fill, target: node, region: whole))
      units.append(
        .loop(node: node.inputs[0], target: node, region: .init(offsets: low, strides: interior.map { $0 + 1 })))
    case .constant(.splat), .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
      .reduce,
      .argmax, .reshape, .transpose, .broadcast, .slice, .reverse, .gather, .windows, .barrier:
      if let convolution = dots[node], convolution.convolution != nil {
        let epilogue = epilogues[convolution]
        units.append(.opaque(try ConvolutionUnit(convolution, epilogue: epilogue, buffered: buffered)))
      } else if let dot = dots[node] {
        units.append(.matrix(try MatrixUnit(dot: dot, epilogue: epilogues[dot], buffered: buffered)))
      } else {
        units.append(.loop(node: node, target: node, region: nil))
      }
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient:
      units.append(.opaque(try ConvolutionUnit(node, epilogue: nil, buffered: buffered)))
    case .foldWindows: fatalError("\(node.op.name) has no unit")
    case .argsort(let axis, let descending):
      units.append(.opaque(try SortUnit(node, axis: axis, descending: descending, buffered: buffered)))
    case .cumulativeSum(let axis): units.append(.opaque(try CumulativeSumUnit(node, axis: axis, buffered: buffered)))
    case .attention(let a), .attentionGradient(let a):
      units.append(.opaque(try AttentionUnit(node, a, buffered: buffered)))
    case .factorization, .triangularSolve: units.append(.opaque(try LinearAlgebraUnit(node, buffered: buffered)))
    case .call: fatalError("a call is inlined before")
    case .scan(let scan, _):
      // All results of a loop come from one unit, which stands where the first of them does.
      let application = Application.of(node)!.application
      if loops.insert(application).inserted {
        let results = order.filter { Application.of($0)?.application == application }
        let body = bodies[scan.body] ?? planned(scan.body)
        bodies[scan.body] = body
        units.append(.opaque(try ScanUnit(scan, body, application.inputs, results, buffered: buffered)))
      }
    }
  }

  private func planned(_ body: Subgraph) -> Plan {
    let plan = Plan(body.program, precision: precision)
    return bodyLimits[body].map { Recompute.reduced(plan, to: $0) } ?? plan
  }

  // MARK: Fusion

  private mutating func group(_ units: [Unit], missing: inout [Node]) {
    groups = []
    dependencies = DependencyGraph()
    writers = [:]
    readers = [:]
    for unit in units {
      switch unit {
      case .loop(let node, let target, let region):
        do {
          try placeLoop(node, target, region)
        } catch {
          missing.append(error.node)
        }
      case .matrix(let matrix): place(.matrix(matrix), reads: Set(matrix.operands), targets: unit.targets)
      case .scatter(let scatter): place(.scatter(scatter), reads: Set(scatter.operands), targets: unit.targets)
      case .opaque(let opaque): place(.opaque(opaque), reads: Set(opaque.operands), targets: unit.targets)
      }
    }
  }

  private mutating func place(_ work: Group.Work, reads: Set<Node>, targets: [Node], awaits: Set<Node>? = nil) {
    // Writing after an earlier writer of the same tensor (a fill, a copy) is a dependency too.
    let awaits = awaits ?? awaited(behind: targets.flatMap(\.inputs))
    dependencies.append(waitingFor: Set((Array(reads.union(awaits)) + targets).flatMap { writers[$0] ?? [] }))
    groups.append(Group(work: work, reads: reads))
    for target in targets { writers[target, default: []].append(groups.count - 1) }
    for node in reads { readers[node, default: []].insert(groups.count - 1) }
  }

  private mutating func placeLoop(
    _ node: Node, _ target: Node, _ region: Unit.Region?
  ) throws(KernelBuilder.NeedsBuffer) {
    let isRegion = region != nil
    let domain = isRegion ? KernelDomain(shape: node.shape, reduced: []) : KernelDomain(of: node)
    var alone = KernelBuilder(domain: domain, members: isRegion ? [] : [node], buffered: buffered)
    guard let map = domain.canonicalMap(of: node) ?? Self.map(of: node, over: domain) else {
      fatalError("\(node.op.name)\(node.shape) has no place in its own loops")
    }
    _ = try alone.value(of: node, at: map)
    let reads = Reads(alone.kernel)
    let awaits = awaited(behind: isRegion && !buffered.nodes.contains(node) ? [node] : isRegion ? [] : node.inputs)

    for index in candidates(reads, domain) {
      guard case .loop(var loop) = groups[index].work,
        loop.size + alone.kernel.values.count <= Self.largestKernel,
        let merged = merge(reads, domain, target, awaits, into: index, loop)
      else {
        continue
      }
      loop.domain = merged
      loop.size += alone.kernel.values.count
      loop.parts.append((node, target, region))
      if isRegion { loop.regionTargets.insert(target) } else { loop.members.insert(node) }
      groups[index].work = .loop(loop)
      groups[index].reads.formUnion(reads.nodes)
      for writer in reads.nodes.union(awaits).flatMap({ writers[$0] ?? [] }) + (writers[target] ?? []) {
        dependencies.insert(writer, of: index)
      }
      writers[target, default: []].append(index)
      for node in reads.nodes { readers[node, default: []].insert(index) }
      return
    }
    let loop = LoopGroup(
      domain: domain, parts: [(node, target, region)], members: isRegion ? [] : [node],
      regionTargets: isRegion ? [target] : [], size: alone.kernel.values.count)
    place(.loop(loop), reads: reads.nodes, targets: [target], awaits: awaits)
  }

  /// A part of a larger tensor is computed over its own shape, whatever its op.
  static func map(of node: Node, over domain: KernelDomain) -> IndexMap? {
    .identity(
      shape: node.shape.extents, dimensions: Array(domain.extents.indices), of: domain.extents.count)
  }

  /// Kernels worth joining: producers first, then those that read the same tensor (scalars do not count) in loops over
  /// the same points; latest first.
  private func candidates(_ reads: Reads, _ domain: KernelDomain) -> [Int] {
    var producers: Set<Int> = []
    var siblings: Set<Int> = []
    for node in reads.nodes {
      for index in writers[node] ?? [] {
        if case .loop(let loop) = groups[index].work, loop.members.contains(node) { producers.insert(index) }
      }
      guard node.shape.elementCount > 1 else { continue }
      for index in readers[node] ?? [] {
        if case .loop(let loop) = groups[index].work, loop.domain.extents == domain.extents { siblings.insert(index) }
      }
    }
    return producers.sorted(by: >) + siblings.subtracting(producers).sorted(by: >)
  }

  /// The domain of the joint kernel, or nil when the unit must stay out of it.
  private func merge(
    _ reads: Reads, _ domain: KernelDomain, _ target: Node, _ awaits: Set<Node>, into index: Int, _ loop: LoopGroup
  ) -> KernelDomain? {
    var merged = loop.domain
    /// The unit's dimensions within the kernel's.
    var dimensions = Array(domain.extents.indices)
    if domain.extents == merged.extents {
      if domain.hasReductions {
        guard !merged.hasReductions || merged.isReduced == domain.isReduced else { return nil }
        merged.isReduced = domain.isReduced
        // What was an epilogue before must not become a loop value now.
        guard loop.parts.allSatisfy({ $0.region != nil || merged.canonicalMap(of: $0.node) != nil }) else { return nil }
      }
    } else if !domain.hasReductions && merged.hasReductions && domain.extents == merged.outer {
      guard !loop.members.isDisjoint(with: reads.nodes) else { return nil }
      dimensions = merged.extents.indices.filter { !merged.isReduced[$0] }
    } else {
      return nil
    }
    if writers[target]?.contains(index) == true || groups[index].reads.count + reads.nodes.count > 40 { return nil }

    for read in reads.all {
      if loop.regionTargets.contains(read.node) { return nil }
      guard loop.members.contains(read.node) else { continue }
      guard !read.isComputed, let map = merged.canonicalMap(of: read.node) else { return nil }
      var address = Affine.constant(read.address.offset, dimensions: merged.extents.count)
      for (from, to) in dimensions.enumerated() { address.coefficients[to] = read.address.coefficients[from] }
      if map.linear(in: read.node.shape.extents, dimensions: merged.extents.count) != address { return nil }
    }
    // Nothing the unit waits for may wait for the kernel.
    let others = Set(reads.nodes.union(awaits).flatMap { writers[$0] ?? [] } + (writers[target] ?? []))
      .subtracting([index])
    return others.contains(where: { dependencies.waits($0, for: index) }) ? nil : merged
  }

  /// The stored values that a unit has to wait for, beside those it reads: what barriers name between `nodes` and the
  /// memory that they are computed from.
  private func awaited(behind nodes: [Node]) -> Set<Node> {
    guard hasBarriers else { return [] }
    var found: Set<Node> = []
    var (read, waitedFor): (Set<Node>, Set<Node>) = ([], [])
    var stack = nodes.map { (node: $0, isAwaited: false) }
    while let (node, isAwaited) = stack.popLast() {
      if buffered.nodes.contains(node) {
        if isAwaited { found.insert(node) }
        continue
      }
      guard isAwaited ? waitedFor.insert(node).inserted : read.insert(node).inserted else { continue }
      for (i, input) in node.inputs.enumerated() {
        stack.append((input, isAwaited || (node.op == .barrier && i > 0)))
      }
    }
    return found
  }
}

import DescentGraph

/// A loop over the leading axis: its body is planned once and runs for every step.
///
/// Nothing is copied that a kernel can read or write where it lies: the kernels' argument tables are pointed at each
/// step's elements, outputs and carries. A carry changes between two places, starts as the loop's input and ends as its
/// result. Only what a unit that is no loop kernel and no product reads or writes goes through a place that stays.
struct ScanUnit: OpaqueUnit {
  let scan: Scan
  let body: Plan
  let length: Int
  let operands: [Node]
  let results: [Node]
  /// The buffer behind each of the loop's inputs.
  let inputs: [Node]
  /// The node of each of the loop's results; nil where nobody uses it.
  let outputs: [Node?]
  /// Working memory: the body's intermediate results, two places for each carry, and `staged` elements.
  let scratch: Node
  let carryOffsets: [(first: Int, second: Int)]
  /// Where an output goes that nobody uses.
  let discardedOffsets: [Int: Int]
  /// Where the body's arguments and results that must not move between steps lie in the working memory.
  let stagedOffsets: [Node: Int]

  init(
    _ scan: Scan, _ body: Plan, _ inputs: [Node], _ nodes: [Node], buffered: BufferedNodes
  ) throws(KernelBuilder.NeedsBuffer) {
    var owners: [Node] = []
    for input in inputs {
      guard let owner = buffered.owner(of: input) else { throw .init(node: input) }
      owners.append(owner)
    }
    self.scan = scan
    self.body = body
    self.inputs = owners
    length = scan.length(inputs)
    var seen: Set<Node> = []
    operands = owners.filter { seen.insert($0).inserted }
    var outputs = [Node?](repeating: nil, count: scan.body.results.count)
    for node in nodes { outputs[Application.of(node)!.result] = node }
    self.outputs = outputs

    var offset = Self.aligned(body.arenaByteCount)
    func place(_ node: Node) -> Int {
      defer { offset += Self.aligned(Self.byteCount(node)) }
      return offset
    }
    carryOffsets = scan.body.parameters[..<scan.carryCount].map { (place($0), place($0)) }
    var discarded: [Int: Int] = [:]
    for i in outputs.indices.dropFirst(scan.carryCount) where outputs[i] == nil {
      discarded[i] = place(scan.body.results[i])
    }
    discardedOffsets = discarded
    let moving = Self.moving(scan, body)
    var staged: [Node: Int] = [:]
    for step in body.schedule.steps {
      guard case .opaque(let unit) = step.work else { continue }
      for node in unit.operands + unit.results where moving.contains(node) && staged[node] == nil {
        staged[node] = place(node)
      }
    }
    stagedOffsets = staged
    scratch = Tensor.zeros([max(offset, 1)], dtype: .uint8).node
    results = nodes + [scratch]
  }

  /// The nodes of the body's plan that lie elsewhere in each step: carries, elements and outputs.
  private static func moving(_ scan: Scan, _ body: Plan) -> Set<Node> {
    let arguments = body.program.arguments[..<(scan.carryCount + scan.sequenceCount)]
    return Set(arguments).union(body.program.results.indices.map { body.node(ofResult: $0) })
  }

  static func byteCount(_ node: Node) -> Int { node.shape.elementCount * node.dtype.byteCount }
  private static func aligned(_ bytes: Int) -> Int {
    (bytes + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
  }

  func title(names: (Node) -> String) -> String {
    let written = outputs.compactMap { $0.map(names) }.joined(separator: ", ")
    let steps = body.printedSteps.split(separator: "\n").map { "   " + $0 }
    let head =
      "loop of \(length) steps\(scan.isReversed ? ", last first" : "")\(scan.isMasked ? ", masked" : "") → \(written)"
    return ([head] + steps).joined(separator: "\n")
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine { try ScanRoutine(self, binder) }
}

extension Plan {
  /// The node whose buffer is result `i`; each result has its own.
  func node(ofResult i: Int) -> Node {
    let owner = schedule.partition.buffered.owner(of: program.results[i])!
    require(schedule.places[owner] == .result(i), "result \(i) of a loop's body shares its memory")
    return owner
  }
}

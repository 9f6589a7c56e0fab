import DescentGraph

/// Offsets of a plan's intermediate buffers within one arena.
///
/// Each buffer lives from its first writer to its last reader. Buffers are placed largest first, each at the lowest
/// offset where it overlaps no buffer that lives at the same time. A result takes over the memory of an operand that
/// dies in its kernel when the kernel reads each element only before writing the same one.
struct MemoryPlan {
  struct Slot {
    let node: Node
    var offset: Int
    let byteCount: Int
    let firstUse: Int
    let lastUse: Int
  }
  private(set) var slots: [Slot] = []
  private(set) var byteCount = 0
  /// The bytes in use at the fullest step: no placement can need less.
  private(set) var lowerBound = 0
  static let alignment = 64

  init(_ schedule: KernelOrder) {
    var first: [Node: Int] = [:]
    var last: [Node: Int] = [:]
    for (position, step) in schedule.steps.enumerated() {
      for node in step.reads.union(step.writes) where schedule.places[node] == .arena {
        first[node] = first[node] ?? position
        last[node] = position
      }
    }
    for copy in schedule.lateCopies where first[copy.value] != nil { last[copy.value] = schedule.steps.count }

    // A takes over B's memory: their lives become one.
    var heir: [Node: Node] = [:]
    for (position, step) in schedule.steps.enumerated() {
      func takeOver(_ candidates: [Node], by new: Node, if canOverwrite: (Node) -> Bool) {
        guard step.writes.contains(new), first[new] == position else { return }
        let dying = candidates.first { old in
          old !== new && last[old] == position && heir[old] == nil && !step.writes.contains(old) && canOverwrite(old)
        }
        if let dying { heir[dying] = new }
      }
      switch step.work {
      case .loop(let kernel):
        for new in kernel.buffers {
          takeOver(kernel.buffers, by: new) { kernel.canOverwrite($0, with: new) }
        }
      case .opaque(let unit):
        let new = unit.results[0]
        if let old = unit.overwritten { takeOver([old], by: new) { $0.byteCount == new.byteCount } }
      case .matrix, .scatter: break
      }
    }

    // Follow each chain of heirs: one slot for all of them.
    let heirs = Set(heir.values)
    var chains: [[Node]] = []
    for start in first.keys where !heirs.contains(start) {
      var chain = [start]
      while let next = heir[chain[chain.count - 1]] { chain.append(next) }
      chains.append(chain)
    }
    func size(_ node: Node) -> Int {
      let bytes = max(node.shape.elementCount * node.dtype.byteCount, 1)
      return (bytes + Self.alignment - 1) / Self.alignment * Self.alignment
    }
    let lives = chains.map { chain in
      (chain: chain, size: size(chain[0]), first: first[chain[0]]!, last: last[chain[chain.count - 1]]!)
    }
    .sorted { ($1.size, $0.first, $0.last) < ($0.size, $1.first, $1.last) }

    /// What is placed already, by offset.
    var placed: [(offset: Int, end: Int, first: Int, last: Int)] = []
    for life in lives {
      var offset = 0
      for other in placed where other.first <= life.last && life.first <= other.last {
        if offset + life.size <= other.offset { break }
        offset = max(offset, other.end)
      }
      let position = placed.firstIndex { $0.offset > offset } ?? placed.count
      placed.insert((offset, offset + life.size, life.first, life.last), at: position)
      for node in life.chain {
        slots.append(Slot(node: node, offset: offset, byteCount: life.size, firstUse: life.first, lastUse: life.last))
      }
      byteCount = max(byteCount, offset + life.size)
    }
    lowerBound = Self.greatestSum(lives.map { ($0.size, $0.first, $0.last) }, steps: schedule.steps.count)
  }

  /// The most bytes that live at one step.
  private static func greatestSum(_ lives: [(size: Int, first: Int, last: Int)], steps: Int) -> Int {
    var changes = [Int](repeating: 0, count: steps + 2)
    for life in lives {
      changes[life.first] += life.size
      changes[life.last + 1] -= life.size
    }
    var (sum, greatest) = (0, 0)
    for change in changes[..<steps] {
      sum += change
      greatest = max(greatest, sum)
    }
    return greatest
  }
}

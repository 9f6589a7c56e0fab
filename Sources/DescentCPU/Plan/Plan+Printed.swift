import DescentGraph
import DescentRuntime

/// A plan as text for people to read.
extension Plan {
  /// The simplified graph, one node a line.
  package var printedGraph: String { program.printed() }

  /// The kernels in running order: what each reads, computes and writes.
  package var printedSteps: String {
    let names = BufferNames(self)
    var lines: [String] = []
    for (position, step) in schedule.steps.enumerated() {
      lines.append("\(position + 1). \(Self.title(of: step, names.name))")
      if case .loop(let kernel) = step.work {
        lines += kernel.printed { names.name(of: $0) }.split(separator: "\n").map { "   " + $0 }
      }
    }
    for copy in schedule.lateCopies {
      lines.append("then copy \(names.name(of: copy.value)) to \(program.reads[copy.variable].variable.name)")
    }
    return lines.joined(separator: "\n")
  }

  /// One line on what a step is.
  static func title(of step: KernelOrder.Step, _ name: (Node) -> String) -> String {
    let written = step.writes.map(name).sorted().joined(separator: ", ")
    switch step.work {
    case .loop: return "loop → \(written)"
    case .matrix(let unit):
      let a = name(unit.a.node) + (unit.a.columns == 1 ? "" : "ᵀ")
      let b = name(unit.b.node) + (unit.b.columns == 1 ? "" : "ᵀ")
      let bias = unit.bias.map { " + \(name($0.node))" } ?? ""
      let end = unit.activation.map { ", \($0.rawValue)" } ?? ""
      let batch = unit.batch == 1 ? "" : "\(unit.batch) × "
      return "product → \(written) = \(a) · \(b)\(bias)\(end)   [\(batch)\(unit.m)×\(unit.k) · \(unit.k)×\(unit.n)]"
    case .scatter(let unit):
      return "scatter-add → \(written) at \(name(unit.indices)) += \(name(unit.updates))"
    case .opaque(let unit): return unit.title(names: name)
    }
  }

  /// Where intermediate results lie in the arena, and when.
  package var printedMemory: String {
    let names = BufferNames(self)
    var lines = [
      "arena \(Self.bytes(memory.byteCount)); at least \(Self.bytes(memory.lowerBound)) are in use at the fullest step"
    ]
    let variables = program.reads.reduce(0) { $0 + $1.buffer.byteCount }
    lines.append("variables (parameters, optimizer state), updated in place: \(Self.bytes(variables))")
    lines.append("     offset      bytes  steps   buffer")
    for slot in memory.slots.sorted(by: { ($0.firstUse, $0.offset) < ($1.firstUse, $1.offset) }) {
      let life = "\(slot.firstUse + 1)–\(min(slot.lastUse + 1, schedule.steps.count))"
      lines.append(
        Self.padded(slot.offset, 11) + Self.padded(slot.byteCount, 11) + "  "
          + life.padding(to: 8) + names.name(of: slot.node))
    }
    return lines.joined(separator: "\n")
  }

  /// What every distinct kernel is compiled from: LLVM IR, or the machine's assembly.
  ///
  /// - Throws: `EngineError` when LLVM is missing.
  package func printedKernels(assembly: Bool = false) throws(EngineError) -> String {
    let compiler = try KernelCompiler.shared()
    var steps: [String: [Int]] = [:]
    var order: [String] = []
    for (position, step) in schedule.steps.enumerated() {
      let texts: [String]
      switch step.work {
      case .loop(let kernel):
        if kernel.isEmpty { continue }
        texts = [KernelEmitter.emit(kernel, vectorByteCount: compiler.vectorByteCount).ir]
      case .scatter(let unit): texts = [ScatterEmitter.emit(unit, vectorByteCount: compiler.vectorByteCount).ir]
      case .matrix(let unit):
        let code = ProductEmitter.emit(unit.descriptor, vectorByteCount: compiler.vectorByteCount)
        texts = [code.packing?.ir, code.transposing, code.product.ir].compactMap { $0 }
      case .opaque: continue
      }
      for ir in texts {
        if steps[ir] == nil { order.append(ir) }
        steps[ir, default: []].append(position + 1)
      }
    }
    var parts: [String] = []
    for ir in order {
      let users = steps[ir]!.map(String.init).joined(separator: ", ")
      let text = assembly ? try compiler.emittedAssembly(symbol: "kernel", ir: ir) : ir
      parts.append("; kernel of step \(users)\n\(text)")
    }
    return parts.joined(separator: "\n")
  }

  private static func bytes(_ count: Int) -> String {
    switch count {
    case ..<10_000: "\(count) B"
    case ..<10_000_000: "\(count / 1000) kB"
    default: "\(count / 1_000_000) MB"
    }
  }
  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}

/// Names for a plan's buffers: inputs keep theirs, the others are numbered after what made them.
struct BufferNames {
  private var names: [Node: String] = [:]

  init(_ plan: Plan) {
    let program = plan.program
    var taken: [String: Int] = [:]
    func add(_ node: Node, _ name: String) {
      taken[name, default: 0] += 1
      names[node] = taken[name] == 1 ? name : "\(name)#\(taken[name]!)"
    }
    for node in program.arguments + program.feeds.map(\.input) + program.reads.map(\.input) {
      if case .input(let id) = node.op { add(node, id.name) }
    }
    for node in Node.topologicalOrder(of: program.roots) where plan.schedule.places[node] != nil && names[node] == nil {
      switch plan.schedule.places[node] {
      case .variable(let i): names[node] = program.reads[i].variable.name + "'"
      case .result(let i): names[node] = "result\(i)"
      default: add(node, node.op.name)
      }
    }
  }

  func name(of node: Node) -> String { names[node] ?? node.op.name }
}

import DescentReference
import DescentGraph
import TestSupport
import Testing

/// The generator makes valid, tame, varied programs, and the comparison catches wrong engines and no right ones.
@Suite struct RandomGraphTests {
  typealias Value = Interpreter<Double>.Value

  /// An engine of a kind: the reference with each node's elements rounded to its dtype and, maybe, a mistake in an op.
  static func engine(
    mistake: (@Sendable (Node, Value) -> Value)? = nil
  ) -> @Sendable (Program, [Storage]) -> [Storage] {
    let interpreter = Interpreter<Double> { node, value in
      let value = mistake?(node, value) ?? value
      guard case .floats(let floats) = value.elements else { return value }
      return Value(floats: floats.map { node.dtype.rounding($0) }, shape: value.shape, dtype: value.dtype)
    }
    return { program, arguments in
      interpreter.run(program, arguments: arguments.map { Value($0) }).results.map { $0.storage() }
    }
  }

  /// The first case that shows the mistake, and what shrinking leaves of it.
  static func counterexample(_ mistake: @escaping @Sendable (Node, Value) -> Value) -> RandomGraph? {
    let engine = engine(mistake: mistake)
    func fails(_ graph: RandomGraph) -> Bool {
      Agreement.check(graph.program(), graph.arguments(), engine: engine).disagreement != nil
    }
    return (0..<100).lazy.map { RandomGraph(seed: UInt64($0)) }.first(where: fails)?.shrink(while: fails)
  }

  @Test func `a case is its seed`() {
    #expect(RandomGraph(seed: 5).description == RandomGraph(seed: 5).description)
    #expect(RandomGraph(seed: 5).description != RandomGraph(seed: 6).description)
  }

  @Test func `programs are valid, small and cover every op`() {
    var kinds = Set<OpKind>()
    var ranks = Set<Int>()
    var empty = 0
    for seed in 0..<400 {
      let graph = RandomGraph(seed: UInt64(seed))
      let program = graph.program()
      Verifier.verify(program)
      kinds.formUnion(program.opKinds)
      for node in Node.topologicalOrder(of: program.roots) {
        ranks.insert(node.shape.rank)
        if node.shape.elementCount == 0 { empty += 1 }
        #expect(node.shape.elementCount <= 2 * RandomGraph.elementLimit, "seed \(seed): \(node.op.name) \(node.shape)")
      }
      #expect(!program.results.isEmpty)
    }
    #expect(OpKind.all.filter { !kinds.contains($0) } == [])
    #expect(ranks.isSuperset(of: 0...4))
    #expect(empty > 0)
  }

  @Test func `an engine that rounds every node agrees, and few cases are unstable`() {
    var unstable = 0
    let seeds = 0..<150
    for seed in seeds {
      let graph = RandomGraph(seed: UInt64(seed))
      switch Agreement.check(graph.program(), graph.arguments(), engine: Self.engine()) {
      case .agrees: break
      case .unstable: unstable += 1
      case .disagrees(let text): Issue.record("seed \(seed): \(text)\n\(graph)")
      }
    }
    #expect(unstable * 10 < seeds.count, "\(unstable) of \(seeds.count) cases are unstable")
  }

  /// Mistakes as code generators make them, each in one op.
  enum Mistake: String, CaseIterable {
    case inaccurateTanh, slightlyInaccurateExp, lastSumLost, integerSumOffByOne, maximumMissesAnElement
    case reversedTransposeOfRankThree, rotatedGather

    var kind: OpKind {
      switch self {
      case .inaccurateTanh: .unary(.tanh)
      case .slightlyInaccurateExp: .unary(.exp)
      case .lastSumLost: .reduce(.sum)
      case .integerSumOffByOne: .binary(.add)
      case .maximumMissesAnElement: .reduce(.maximum)
      case .reversedTransposeOfRankThree: .transpose
      case .rotatedGather: .gather
      }
    }

    @Sendable func apply(_ node: Node, _ value: Value) -> Value {
      if OpKind(node.op) != kind { return value }
      switch value.elements {
      case .floats(let x):
        return Value(floats: changed(x, node), shape: value.shape, dtype: value.dtype)
      case .integers(var x):
        if self == .integerSumOffByOne && !x.isEmpty { x[x.count - 1] = value.dtype.wrapping(x[x.count - 1] + 1) }
        return Value(integers: x, shape: value.shape, dtype: value.dtype)
      }
    }

    private func changed(_ x: [Double], _ node: Node) -> [Double] {
      if x.count < 2 { return x }
      return switch self {
      case .inaccurateTanh: x.map { $0 * 1.0002 }
      case .slightlyInaccurateExp: x.map { $0 * 1.00003 }
      case .lastSumLost: node.inputs[0].shape.rank > 1 ? x.dropLast() + [0] : x
      case .maximumMissesAnElement: [x[0] - 1] + x.dropFirst()
      case .reversedTransposeOfRankThree: node.shape.rank == 3 ? x.reversed() : x
      case .rotatedGather: x.dropFirst() + [x[0]]
      case .integerSumOffByOne: x
      }
    }
  }

  @Test(arguments: Mistake.allCases)
  func `a wrong engine is caught and its case shrinks`(mistake: Mistake) throws {
    let found = try #require(Self.counterexample(mistake.apply))
    let program = found.program()
    let computed = Node.topologicalOrder(of: program.roots).filter { ![.input, .constant].contains(OpKind($0.op)) }
    let elements = program.arguments.map(\.shape.elementCount).reduce(0, +)
    #expect(program.opKinds.contains(mistake.kind))
    // The longest step is a well-conditioned matrix, of eleven nodes.
    #expect(found.steps.count <= 2 && computed.count <= 12 && elements <= 12, "\(found)")
  }

  @Test func `a case that nothing simpler fails like stays as it is`() {
    let graph = RandomGraph(seed: 3)
    #expect(graph.shrink { _ in false }.description == graph.description)
  }
}

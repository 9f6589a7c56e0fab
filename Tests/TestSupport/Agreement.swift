import DescentReference
import DescentGraph

/// Compares what an engine makes of a program with what the reference interpreter makes of it.
///
/// The truth is a reference run in `Double`. How far float32 arithmetic may stray from it depends on the program, so
/// the reference is run again with float32's errors, and those runs say how sensitive each result is:
///
/// - once in `Float`;
/// - four times in `Double` with every float moved by up to 2⁻²² of itself (two units in the last place of a float32),
///   in two random patterns and their opposites. A single `Float` run can be right by luck, above all where a result has
///   one element or large terms cancel. Whole numbers that no approximated function gave stay as they are, and so does
///   what is only moved or chosen: they are exact in every engine;
/// - for programs with bfloat16 or float16, once with every such node rounded and once with none.
///
/// A float32 result may differ from the truth by at most 8 times the largest error of these runs over the tensor, plus
/// 32 units in the last place of the tensor's largest magnitude. A float64 result that depends on no narrower float may
/// differ by 2⁻²⁹ of that. NaN and infinities must agree exactly, and so must integers and bools.
///
/// Comparisons, floor, casts to integers and the like turn the smallest error into a whole step. A program in which any
/// of the runs decides differently anywhere, or becomes non-finite elsewhere, is `unstable`: it says nothing about the
/// engine.
///
/// Where a program rounds to bfloat16 or float16, the tolerance is as wide as that rounding, so an engine that leaves a
/// rounding out is not found here.
package enum Agreement: Sendable {
  case agrees
  /// The engine's result is no matter of judgement: it is wrong. The text says where and by how much.
  case disagrees(String)
  /// The program has no answer to compare with.
  case unstable(String)

  package var disagreement: String? { if case .disagrees(let text) = self { text } else { nil } }
  package var isUnstable: Bool { if case .unstable = self { true } else { false } }

  /// Runs `program` on `arguments` in the reference and in `engine`. An error that `engine` throws is a disagreement.
  package static func check(
    _ program: Program, _ arguments: [Storage], engine: (Program, [Storage]) throws -> [Storage]
  ) -> Agreement {
    let expectation = Expectation(program, arguments)
    if let reason = expectation.instability { return .unstable(reason) }
    do {
      return expectation.judge(try engine(program, arguments))
    } catch {
      return .disagrees("the engine threw \(error)")
    }
  }
}

/// The true results of a program and how far an engine may be from them.
struct Expectation {
  /// One result: the true value and the largest allowed error of an element.
  struct Result {
    let truth: Interpreter<Double>.Value
    let tolerance: Double
  }
  private(set) var results: [Result] = []
  private(set) var instability: String?

  init(_ program: Program, _ arguments: [Storage]) {
    let order = Node.topologicalOrder(of: program.results)
    let truth = Self.values(Interpreter<Double>(), program, arguments, order)
    var runs = [Self.values(Interpreter<Float>(), program, arguments, order).map(Self.widened)]
    for (seed, largest) in [(1, 0x1p-22), (1, -0x1p-22), (2, 0x1p-22), (2, -0x1p-22)] {
      runs.append(Self.values(Self.noisy(order, UInt64(seed), largest), program, arguments, order))
    }
    if order.contains(where: { $0.dtype == .bfloat16 || $0.dtype == .float16 }) {
      runs.append(
        Self.values(Interpreter<Float>(halfPrecision: .roundedEverywhere), program, arguments, order).map(Self.widened))
      runs.append(Self.values(Interpreter<Double>(halfPrecision: .exact), program, arguments, order))
    }
    let place = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
    for (index, node) in order.enumerated() {
      if Self.comparesNeighbours(node, node.inputs.map { truth[place[$0]!] }) {
        instability = "\(node.op.name) \(node.shape) compares floats that differ by rounding errors"
        return
      }
      for run in runs where Self.decidesDifferently(node, truth[index], run[index]) {
        instability = "\(node.op.name) \(node.dtype)\(node.shape) decides by rounding errors"
        return
      }
    }

    let narrow = Self.dependsOnNarrowFloats(order)
    for node in program.results {
      let index = place[node]!
      let value = truth[index]
      guard node.dtype.isFloat else {
        results.append(Result(truth: value, tolerance: 0))
        continue
      }
      let error = runs.map { Self.largestError(value.floats, $0[index].floats) }.max()!
      let magnitude = value.floats.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
      let tolerance = 8 * error + 32 * Double(Float.ulpOfOne) * magnitude
      results.append(Result(truth: value, tolerance: narrow.contains(node) ? tolerance : tolerance * 0x1p-29))
    }
  }

  /// The value of every node in `order`.
  private static func values<Scalar>(
    _ interpreter: Interpreter<Scalar>, _ program: Program, _ arguments: [Storage], _ order: [Node]
  ) -> [Interpreter<Scalar>.Value] {
    let inputs = zip(program.arguments, arguments).map { ($0, Interpreter<Scalar>.Value($1)) }
    return interpreter.evaluate(order, inputs: Dictionary(uniqueKeysWithValues: inputs))
  }

  private static func widened(_ value: Interpreter<Float>.Value) -> Interpreter<Double>.Value {
    switch value.elements {
    case .floats(let x): .init(floats: x.map(Double.init), shape: value.shape, dtype: value.dtype)
    case .integers(let x): .init(integers: x, shape: value.shape, dtype: value.dtype)
    }
  }

  /// A reference whose floats are all a little off, each by its own amount: by half of `largest` up to all of it, in one of
  /// two directions. The opposite sign of `largest` gives the opposite errors.
  private static func noisy(_ order: [Node], _ seed: UInt64, _ largest: Double) -> Interpreter<Double> {
    let all = withBodies(order)
    let positions = Dictionary(zip(all, all.indices), uniquingKeysWith: { first, _ in first })
    return Interpreter<Double> { node, value in
      guard case .floats(let floats) = value.elements, !isExact(node.op) else { return value }
      var random = SplitMix(seed &* 0x10_0000 &+ UInt64(positions[node]!))
      let wholeNumbersAreExact = !inexact.contains(OpKind(node.op))
      let moved = floats.map { x in
        let error = random.double(0.5...1) * (random.oneIn(2) ? largest : -largest)
        return (wholeNumbersAreExact && x == x.rounded()) || !x.isFinite ? x : x * (1 + error)
      }
      return .init(floats: moved, shape: value.shape, dtype: value.dtype)
    }
  }

  /// Whether an op only moves or chooses elements, so that no engine can be off: a maximum equals one of its operands.
  private static func isExact(_ op: Op) -> Bool {
    switch op {
    case .stopGradient, .select, .reduce(.maximum, _), .reduce(.minimum, _), .reshape, .transpose, .broadcast, .slice,
      .pad, .concatenate, .reverse, .gather, .windows, .barrier:
      true
    case .binary(let f): f == .maximum || f == .minimum
    case .unary(let f): f == .negate || f == .abs || f == .relu
    case .constant, .input, .iota, .randomBits, .compare, .cast, .bitcast, .reduce(.sum, _), .argmax, .dot, .scatterAdd,
      .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows, .argsort, .cumulativeSum,
      .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan:
      false
    }
  }

  /// The nodes and those of the graphs within them.
  private static func withBodies(_ order: [Node]) -> [Node] {
    order.flatMap { node -> [Node] in
      switch Application.of(node)?.application.kind {
      case .call(let graph): [node] + withBodies(Node.topologicalOrder(of: graph.results))
      case .scan(let scan): [node] + withBodies(Node.topologicalOrder(of: scan.body.results))
      case nil: [node]
      }
    }
  }

  /// Functions that an engine approximates, so that not even whole numbers are certain.
  private static let inexact: Set<OpKind> = [
    .unary(.exp), .unary(.expm1), .unary(.log), .unary(.log1p), .unary(.sqrt), .unary(.rsqrt), .unary(.sin),
    .unary(.cos), .unary(.tanh), .unary(.erf), .unary(.sigmoid), .binary(.divide), .binary(.power),
  ]

  /// Whether two runs differ at `node` in a way that is no small error.
  private static func decidesDifferently(
    _ node: Node, _ a: Interpreter<Double>.Value, _ b: Interpreter<Double>.Value
  ) -> Bool {
    switch (a.elements, b.elements) {
    case (.integers(let x), .integers(let y)): return x != y
    case (.floats(let x), .floats(let y)):
      // Every other function is continuous where a tame program uses it.
      let steps = [.unary(.floor), .unary(.ceil), .unary(.sign)].contains(OpKind(node.op))
      return zip(x, y).contains { x, y in
        x.isFinite != y.isFinite || (!x.isFinite && !sameNonFinite(x, y)) || (steps && (x - y).magnitude > 0.5)
      }
    case (.integers, .floats), (.floats, .integers): return true
    }
  }

  /// Whether operands that are compared are somewhere unequal, but so near that float32 may find them equal: tanh(x) and
  /// x for a small x, say. The perturbed runs need not show that.
  private static func comparesNeighbours(_ node: Node, _ operands: [Interpreter<Double>.Value]) -> Bool {
    func areNear(_ x: Double, _ y: Double) -> Bool {
      x != y && (x - y).isFinite && (x - y).magnitude <= 0x1p-18 * max(x.magnitude, y.magnitude)
    }
    guard case .floats(let x)? = operands.first?.elements else { return false }
    if case .compare = node.op { return zip(x, operands[1].floats).contains(where: areNear) }
    guard case .argsort = node.op else { return false }
    // Of the whole tensor, not of each line: stricter than it has to be.
    let sorted = x.filter { !$0.isNaN }.sorted()
    return zip(sorted, sorted.dropFirst()).contains(where: areNear)
  }

  static func sameNonFinite(_ x: Double, _ y: Double) -> Bool { x.isNaN ? y.isNaN : x == y }

  private static func largestError(_ truth: [Double], _ run: [Double]) -> Double {
    zip(truth, run).lazy.map { $0.isFinite ? ($0 - $1).magnitude : 0 }.max() ?? 0
  }

  /// The nodes whose value comes from a float type narrower than float64.
  private static func dependsOnNarrowFloats(_ order: [Node]) -> Set<Node> {
    var narrow = Set<Node>()
    for node in order {
      let isNarrow = node.dtype.isFloat && node.dtype != .float64
      if isNarrow || node.inputs.contains(where: narrow.contains) { narrow.insert(node) }
    }
    return narrow
  }

  func judge(_ given: [Storage]) -> Agreement {
    if given.count != results.count {
      return .disagrees("the engine gives \(given.count) results, the program has \(results.count)")
    }
    for (number, (result, storage)) in zip(results, given).enumerated() {
      let truth = result.truth
      if storage.shape != truth.shape || storage.dtype != truth.dtype {
        return .disagrees("result \(number) is \(storage.dtype)\(storage.shape), not \(truth.dtype)\(truth.shape)")
      }
      for i in 0..<truth.shape.elementCount where !accepts(storage, i, result) {
        let found = truth.dtype.isFloat ? String(storage.double(at: i)) : String(storage.integer(at: i))
        let wanted = truth.dtype.isFloat ? String(truth.floats[i]) : String(truth.integers[i])
        return .disagrees(
          "result \(number) \(truth.dtype)\(truth.shape), element \(i): \(found), should be \(wanted) within "
            + "\(result.tolerance)")
      }
    }
    return .agrees
  }

  private func accepts(_ storage: Storage, _ index: Int, _ result: Result) -> Bool {
    switch result.truth.elements {
    case .integers(let x): return storage.integer(at: index) == x[index]
    case .floats(let x):
      let found = storage.double(at: index)
      if !x[index].isFinite { return Self.sameNonFinite(x[index], found) }
      return (found - x[index]).magnitude <= result.tolerance
    }
  }
}

import DescentGraph

/// A random well-typed program with its arguments: the raw material of differential tests.
///
/// A case is a *description*: inputs, and steps that say what to do with which earlier values. A step does not fix its
/// attributes (axes, extents, indices); it draws them, from its own `salt`, among those that are valid for its
/// operands, and converts operands that do not fit. So every description makes a valid program, also after steps were
/// removed and extents shrunk, which is what makes shrinking simple.
///
/// Values stay tame: risky functions get wrapped (log(|x| + ½), division by |x| + ½ …) and large ones are scaled down.
package struct RandomGraph: Sendable, CustomStringConvertible {
  /// An argument of the program.
  package struct Input: Sendable, Equatable {
    package var shape: Shape
    package var dtype: DType
    /// Floats are multiples of 1/2, so that ties and zeros occur.
    package var grid: Bool
    package var salt: UInt64
  }

  package struct Step: Sendable, Equatable {
    package var kind: Kind
    /// Indices into the values so far: the inputs, then the results of the earlier steps.
    package var operands: [Int]
    package var salt: UInt64
    /// The largest extent of an axis that the step makes up itself.
    package var limit: Int
  }

  package enum Kind: Sendable, Hashable {
    case op(OpKind)
    case pattern(Pattern)
  }

  /// Several ops as they come together in training programs.
  package enum Pattern: String, CaseIterable, Sendable {
    case softmax, logSoftmax, logSumExp, layerNorm, centering, biasActivation, gelu, silu, softplus, momentum, adam
    case sharedSubexpression, crossEntropy, oneHot, dropout, normal, dense, denseGradient
  }

  package let seed: UInt64
  package var inputs: [Input]
  package var steps: [Step]
  /// Indices of the values that the program returns.
  package var outputs: [Int]
  /// When set, the program returns only this one of the nodes that the outputs depend on, in topological order.
  /// Shrinking cuts into a pattern with it.
  package var innerResult: Int?

  /// No value has more elements than this.
  package static let elementLimit = 3000

  package init(seed: UInt64) {
    var random = SplitMix(seed)
    self.seed = seed
    inputs = (0..<random.integer(1...4)).map { _ in
      Input(
        shape: Self.shape(&random), dtype: Self.dtype(&random), grid: random.oneIn(4), salt: random.next())
    }
    steps = []
    for index in 0..<random.integer(1...12) {
      let known = inputs.count + index
      // Later values are twice as likely, so that chains grow deep.
      let operands = (0..<3).map { _ in max(random.integer(0...(known - 1)), random.integer(0...(known - 1))) }
      steps.append(
        Step(
          kind: Self.kind(&random), operands: operands, salt: random.next(), limit: random.oneIn(3) ? 40 : 8))
    }
    // Everything nobody uses is a result; now and then a value that others use is one too.
    let used = Set(steps.flatMap { step in step.operands.prefix(step.kind.operandCount) })
    outputs = []
    for index in inputs.count..<(inputs.count + steps.count) where !used.contains(index) || random.oneIn(6) {
      outputs.append(index)
    }
  }

  private static func shape(_ random: inout SplitMix) -> Shape {
    let rank = random.element(of: [0, 1, 1, 2, 2, 2, 3, 3, 4])
    var extents: [Int] = []
    for _ in 0..<rank {
      let extent = random.oneIn(60) ? 0 : random.oneIn(6) ? 1 : random.integer(1...40)
      // Keeps the product of all axes below the limit.
      let room = elementLimit / max(extents.reduce(1, *), 1)
      extents.append(min(extent, max(room, 1)))
    }
    extents.shuffle(using: &random)
    return Shape(extents)
  }

  private static func dtype(_ random: inout SplitMix) -> DType {
    random.oneIn(4) ? random.element(of: DType.allCases) : .float32
  }

  private static func kind(_ random: inout SplitMix) -> Kind {
    switch random.integer(0...99) {
    case 0..<22: .op(.unary(random.element(of: Unary.allCases)))
    case 22..<42: .op(.binary(random.element(of: Binary.allCases)))
    case 42..<46: .op(.compare(random.element(of: Relation.allCases)))
    case 46..<56: .op(.reduce(random.element(of: Reduction.allCases)))
    case 56..<78: .pattern(random.element(of: Pattern.allCases))
    default: .op(random.element(of: plain))
    }
  }
  private static let plain: [OpKind] = OpKind.all.filter {
    switch $0 {
    case .unary, .binary, .compare, .reduce, .input: false
    case .constant, .iota, .randomBits, .select, .cast, .bitcast, .stopGradient, .argmax, .reshape, .transpose,
      .broadcast,
      .slice,
      .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd:
      true
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows, .argsort,
      .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan, .barrier:
      true
    }
  }

  /// The described program. The same description always makes the same program.
  package func program() -> Program {
    Trace.record(arguments: inputs.enumerated().map { ("x\($0.offset)", $0.element.shape, $0.element.dtype) }) {
      arguments in
      var builder = GraphBuilder(arguments)
      for step in steps { builder.add(step) }
      let results = outputs.map { builder.slots[$0].tensor }
      guard let innerResult else { return results }
      let order = Node.topologicalOrder(of: results.map(\.node))
      return [Tensor(order[min(innerResult, order.count - 1)])]
    }
  }

  /// The values to call the program with, in order.
  package func arguments() -> [Storage] {
    inputs.map { input in
      var random = SplitMix(input.salt)
      return random.storage(input.shape, input.dtype, grid: input.grid)
    }
  }

  package var description: String { "RandomGraph, seed \(seed):\n" + program().printed() }
}

extension RandomGraph.Kind {
  /// How many of a step's operands it looks at.
  var operandCount: Int {
    switch self {
    case .op(.binary), .op(.compare), .op(.pad), .op(.concatenate), .op(.dot), .op(.gather): 2
    case .op(.select), .op(.scatterAdd): 3
    case .op(.unary), .op(.cast), .op(.bitcast), .op(.stopGradient), .op(.reduce), .op(.argmax), .op(.reshape),
      .op(.transpose),
      .op(.broadcast), .op(.slice), .op(.reverse), .op(.iota), .op(.randomBits), .op(.constant), .op(.input):
      1
    case .op(.windows), .op(.foldWindows), .op(.argsort), .op(.cumulativeSum), .op(.factorization),
      .op(.triangularSolve):
      1
    case .op(.convolution), .op(.convolutionInputGradient), .op(.convolutionKernelGradient), .op(.attention),
      .op(.attentionGradient), .op(.call), .op(.scan), .op(.barrier):
      2
    case .pattern(.biasActivation), .pattern(.momentum), .pattern(.sharedSubexpression): 2
    case .pattern(.adam): 3
    case .pattern: 1
    }
  }
}

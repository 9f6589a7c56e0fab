import DescentGraph

/// Rewrites what no kernel does directly into what kernels do.
///
/// - Dot products that the product kernels do not take (other types than float32, empty operands) become multiply and sum.
/// - Dot products, scatter-adds, running sums, attention and linear algebra of half-width floats compute in float32.
/// - Attention that has no kernel becomes its composition.
/// - Dot products whose axes no matrix view can walk get their operands transposed.
/// - Convolutions become dot products over windows (`ConvolutionLowering`).
/// - Reshapes that join axes move behind what reads them (`ReshapePostponement`).
/// - Every update and result gets a node of its own to be computed into.
/// - Long reductions and deep dot products become two stages: see `Legalizer+Reductions.swift`.
enum Legalizer {
  static func legalize(_ program: Program) -> Program {
    program.mapRoots { roots in
      let lowered = ConvolutionLowering.lowered(roots, except: { $0.convolution?.layout != nil })
      return withOwnRoots(rewritten(ReshapePostponement.postponed(withFittingAttention(lowered))))
    }
  }

  /// A root that is an input, a constant or a second use of another root becomes a copy, so that each root names memory
  /// that a kernel writes for it alone.
  private static func withOwnRoots(_ roots: [Node]) -> [Node] {
    var taken: Set<Node> = []
    return roots.map { root in
      let base = Partition.withoutReshapes(root)
      let isLeaf =
        switch base.op {
        case .constant, .input: true
        case .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient, .reduce, .argmax,
          .reshape,
          .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd,
          .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows,
          .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan,
          .barrier:
          false
        }
      if !isLeaf && taken.insert(base).inserted { return root }
      return Node(.cast, [root], shape: root.shape, dtype: root.dtype)
    }
  }

  private static func rewritten(_ roots: [Node]) -> [Node] {
    do {
      let order = Node.topologicalOrder(of: roots)
      var replacement = [Node: Node](minimumCapacity: order.count)
      for node in order {
        let inputs = node.inputs.map { replacement[$0]! }
        let same = inputs == node.inputs
        let rebuilt = same ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
        switch node.op {
        case .dot(let axes):
          replacement[node] = product(Tensor(inputs[0]), Tensor(inputs[1]), axes)?.node ?? rebuilt
        case .reduce(let r, let axes):
          replacement[node] = twoStages(r, axes, Tensor(inputs[0]))?.node ?? rebuilt
        case .scatterAdd(let axis) where node.dtype.isHalf:
          let wide = inputs.map { Tensor($0).dtype.isHalf ? Tensor($0).cast(to: .float32) : Tensor($0) }
          replacement[node] = wide[0].scatterAdding(wide[2], at: wide[1], axis: axis).cast(to: node.dtype).node
        case .constant, .input, .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
          .argmax,
          .reshape, .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .gather, .scatterAdd:
          replacement[node] = rebuilt
        case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows:
          replacement[node] = rebuilt
        case .cumulativeSum(let axis) where node.dtype.isHalf:
          let sums = Tensor(inputs[0]).cast(to: .float32).cumulativeSum(axis: axis)
          replacement[node] = sums.cast(to: node.dtype).node
        case .argsort, .cumulativeSum:
          replacement[node] = rebuilt
        case .attention, .attentionGradient:
          replacement[node] = rebuilt
        case .factorization where node.dtype.isHalf, .triangularSolve where node.dtype.isHalf:
          let wide = inputs.map { Tensor($0).cast(to: .float32).node }
          let result = Node(node.op, wide, shape: node.shape, dtype: .float32)
          replacement[node] = Tensor(result).cast(to: node.dtype).node
        case .factorization, .triangularSolve:
          replacement[node] = rebuilt
        case .call, .scan, .barrier:
          replacement[node] = rebuilt
        }
      }
      return roots.map { replacement[$0]! }
    }
  }

  /// A dot product as kernels can run it; nil where they can run it as it is.
  static func product(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor? {
    if a.dtype.isHalf {
      // Products and sums in float32, rounded once.
      let (wideA, wideB) = (a.cast(to: .float32), b.cast(to: .float32))
      return (product(wideA, wideB, axes) ?? dot(wideA, wideB, axes)).cast(to: a.dtype)
    }
    guard a.dtype == .float32, !a.shape.contains(0), !b.shape.contains(0) else { return multiplyAndSum(a, b, axes) }
    return twoStages(a, b, axes) ?? walkable(a, b, axes)
  }

  /// The product with operands in the order batch, free, contracting where their own order cannot be walked as matrices;
  /// nil where it can.
  private static func walkable(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor? {
    func isWalkable(_ t: Tensor, _ groups: [[Int]]) -> Bool {
      let groups = groups.map { $0.filter { t.shape[$0] != 1 } }
      let neighbours = groups.allSatisfy { group in
        zip(group, group.dropFirst()).allSatisfy { a, b in a < b && (a..<b).dropFirst().allSatisfy { t.shape[$0] == 1 }
        }
      }
      let last = t.shape.indices.last { t.shape[$0] != 1 }
      return neighbours && (last == nil || !groups[0].contains(last!))
    }
    let lhsFree = axes.lhsFree(rank: a.rank)
    let rhsFree = axes.rhsFree(rank: b.rank)
    let left = isWalkable(a, [axes.lhsBatch, lhsFree, axes.lhsContracting])
    let right = isWalkable(b, [axes.rhsBatch, rhsFree, axes.rhsContracting])
    if left && right { return nil }
    func ordered(_ t: Tensor, _ batch: [Int], _ free: [Int], _ contracting: [Int]) -> Tensor {
      let extent = { (axes: [Int]) in axes.reduce(1) { $0 * t.shape[$1] } }
      return t.transposed(batch + free + contracting).reshaped([extent(batch), extent(free), extent(contracting)])
    }
    let product = dot(
      ordered(a, axes.lhsBatch, lhsFree, axes.lhsContracting),
      ordered(b, axes.rhsBatch, rhsFree, axes.rhsContracting),
      DotAxes(lhsBatch: [0], rhsBatch: [0], lhsContracting: [2], rhsContracting: [2]))
    let shape = axes.lhsBatch.map { a.shape[$0] } + lhsFree.map { a.shape[$0] } + rhsFree.map { b.shape[$0] }
    return product.reshaped(Shape(shape))
  }

  private static func multiplyAndSum(_ a: Tensor, _ b: Tensor, _ axes: DotAxes) -> Tensor {
    let lhsFree = axes.lhsFree(rank: a.rank)
    let rhsFree = axes.rhsFree(rank: b.rank)
    let batch = axes.lhsBatch.map { a.shape[$0] }
    let contracted = axes.lhsContracting.map { a.shape[$0] }
    let m = lhsFree.map { a.shape[$0] }
    let n = rhsFree.map { b.shape[$0] }
    let ones = { (count: Int) in [Int](repeating: 1, count: count) }
    let left = a.transposed(axes.lhsBatch + lhsFree + axes.lhsContracting)
      .reshaped(Shape(batch + m + ones(n.count) + contracted))
    let right = b.transposed(axes.rhsBatch + rhsFree + axes.rhsContracting)
      .reshaped(Shape(batch + ones(m.count) + n + contracted))
    let rank = batch.count + m.count + n.count
    let product = left * right
    return product.sum(axes: Array(rank..<(rank + contracted.count)))
  }
}

/// The primitives of the graph. Each has a StableHLO counterpart or is a two-line composition of some.
///
/// A node holds an op, its inputs, and the result's shape and dtype. What an op means is written down in
/// `DescentReference`; its shape and gradient rules are in `Rules/`.
package enum Op: Hashable, Sendable {
  // Leaves
  case constant(Literal)
  case input(InputID)
  /// 0, 1, 2 … along `axis`, the same on every other axis.
  case iota(axis: Int)
  /// Philox 4x32-10 words. Inputs: key and stream (both i64 scalars).
  case randomBits

  // Element-wise; all inputs have the result's shape.
  case unary(Unary)
  case binary(Binary)
  case compare(Relation)
  /// Inputs: condition (bool), value where true, value where false.
  case select
  /// To the node's dtype. Floats become integers by truncation; everything but 0 becomes `true`.
  case cast
  /// The same bits as the node's dtype: between float32 and int32, float64 and int64.
  case bitcast
  /// The input itself; no gradient flows back through it.
  case stopGradient

  // Reductions; the axes are dropped.
  case reduce(Reduction, axes: [Int])
  /// Index (i32) of the greatest element along `axis`; the first one wins a tie, NaN counts as greatest.
  case argmax(axis: Int)

  // Movement
  case reshape
  /// Result axis `i` is input axis `permutation[i]`.
  case transpose([Int])
  /// Input axis `i` becomes result axis `axes[i]`; its extent is the result's or 1.
  case broadcast(axes: [Int])
  case slice(starts: [Int], limits: [Int], strides: [Int])
  /// Inputs: tensor, fill value (scalar). `interior` fill elements go between neighbours.
  case pad(low: [Int], high: [Int], interior: [Int])
  case concatenate(axis: Int)
  case reverse(axes: [Int])

  // Products and indexing
  case dot(DotAxes)
  /// Inputs: operand, indices (integer). Result: operand's axes with `axis` replaced by the indices' axes.
  case gather(axis: Int)
  /// Inputs: operand, indices, updates (shaped as `gather` would give). Adds each update to the slice its index names;
  /// repeated indices add up in row-major order of the indices.
  case scatterAdd(axis: Int)

  // Convolution
  /// Inputs: x `[batch, channels, spatial…]`, kernel `[outputs, channels / groups, window…]`.
  case convolution(Convolution)
  /// The convolution's transpose by data. Inputs: cotangent of the result, kernel. Result: the node's own shape, x's.
  case convolutionInputGradient(Convolution)
  /// The convolution's transpose by kernel. Inputs: x, cotangent of the result. Result: the node's own shape, the kernel's.
  case convolutionKernelGradient(Convolution)
  /// Every window over the last axes as axes of its own: `[…, spatial…]` → `[…, positions…, window…]`. Moves nothing.
  case windows(Windows)
  /// The transpose of `windows`: adds each window's elements to where they came from. Result: the node's own shape.
  case foldWindows(Windows)

  // Along an axis
  /// Indices (i32) that put the elements along `axis` in order; equal elements keep theirs, NaN counts as greatest.
  case argsort(axis: Int, descending: Bool)
  /// Element `i` along `axis` is the sum of elements `0...i`.
  case cumulativeSum(axis: Int)

  // Attention
  /// softmax(q·kᵀ·scale [+ causal mask])·v. Inputs: q, k, v, each `[batch, time, heads, width]`.
  case attention(Attention)
  /// The cotangents of q, k and v in one tensor `[batch, time, 3, heads, width]`. Inputs: q, k, v, cotangent.
  case attentionGradient(Attention)

  // Linear algebra
  /// The factors of each matrix of the last two axes, one after another: `[batch…, elements]`.
  case factorization(Factorization)
  /// X in A·X = B with A triangular. Inputs: A `[batch…, n, n]`, B `[batch…, n, k]`.
  case triangularSolve(TriangularSolve)

  // Graphs within the graph
  /// Result `result` of a graph applied to the inputs; what it computes in between is not kept for the gradient.
  case call(Subgraph, result: Int)
  /// Result `result` of a loop over the leading axis.
  case scan(Scan, result: Int)
  /// The first input, not before the others are computed.
  case barrier
}

package enum Unary: String, CaseIterable, Sendable {
  case negate, abs, sign, exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tanh, erf, sigmoid, relu, floor, ceil, not
}

package enum Binary: String, CaseIterable, Sendable {
  case add, subtract, multiply, divide, power, maximum, minimum
  /// Logical on bool, bitwise on integers.
  case and, or, xor
  /// On integers; the right operand counts bits. The left side is filled with zeros.
  case shiftRight, shiftLeft
}

package enum Relation: String, CaseIterable, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

package enum Reduction: String, CaseIterable, Sendable { case sum, maximum, minimum }

/// Which axes of a dot product's operands run together. The result's axes are batch, then the left operand's free axes,
/// then the right operand's.
public struct DotAxes: Hashable, Sendable {
  /// Axes of the left and of the right operand that run together and stay in the result: pairs of equal extent, counted
  /// from 0.
  public var lhsBatch: [Int], rhsBatch: [Int]
  /// Axes of the left and of the right operand that are summed over: pairs of equal extent, counted from 0.
  public var lhsContracting: [Int], rhsContracting: [Int]
  /// Nothing is checked here; a dot product traps when the axes do not fit its operands.
  public init(lhsBatch: [Int] = [], rhsBatch: [Int] = [], lhsContracting: [Int], rhsContracting: [Int]) {
    self.lhsBatch = lhsBatch
    self.rhsBatch = rhsBatch
    self.lhsContracting = lhsContracting
    self.rhsContracting = rhsContracting
  }
  /// The axes of a left operand of this rank that are neither batch nor contracting, in order.
  public func lhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !lhsBatch.contains($0) && !lhsContracting.contains($0) }
  }
  /// The axes of a right operand of this rank that are neither batch nor contracting, in order.
  public func rhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rhsBatch.contains($0) && !rhsContracting.contains($0) }
  }
}

/// The value of a constant: one scalar for every element, or data.
package enum Literal: Hashable, Sendable {
  case splat(Double)
  case data(Storage)

  package static func == (a: Literal, b: Literal) -> Bool {
    switch (a, b) {
    // Bit patterns, so that NaN equals itself and the two zeros differ.
    case (.splat(let x), .splat(let y)): x.bitPattern == y.bitPattern
    case (.data(let x), .data(let y)): x === y
    case (.splat, .data), (.data, .splat): false
    }
  }
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .splat(let value): hasher.combine(value.bitPattern)
    case .data(let storage): hasher.combine(ObjectIdentifier(storage))
    }
  }
}

/// Identifies a graph input: an argument of a traced function, a variable, or a number fed in at every step.
package struct InputID: Hashable, Sendable, CustomStringConvertible {
  package let index: Int
  package let name: String
  package var description: String { name }
  init(index: Int, name: String) {
    self.index = index
    self.name = name
  }
}

extension Op {
  /// Whether each element of the result depends on the inputs' elements at the same place only.
  package var isElementwise: Bool {
    switch self {
    case .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient: true
    case .constant, .input, .iota, .randomBits, .reduce, .argmax, .reshape, .transpose, .broadcast, .slice, .pad,
      .concatenate, .reverse, .dot, .gather, .scatterAdd, .convolution, .convolutionInputGradient,
      .convolutionKernelGradient, .windows, .foldWindows, .argsort, .cumulativeSum, .attention, .attentionGradient,
      .factorization, .triangularSolve,
      .call, .scan, .barrier:
      false
    }
  }

  /// The name that messages and printed graphs use.
  package var name: String {
    switch self {
    case .constant: "constant"
    case .input: "input"
    case .iota: "iota"
    case .randomBits: "randomBits"
    case .unary(let f): f.rawValue
    case .binary(let f): f.rawValue
    case .compare(let c): c.rawValue
    case .select: "select"
    case .cast: "cast"
    case .bitcast: "bitcast"
    case .stopGradient: "stopGradient"
    case .reduce(let r, _): "reduce.\(r.rawValue)"
    case .argmax: "argmax"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .broadcast: "broadcast"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .reverse: "reverse"
    case .dot: "dot"
    case .gather: "gather"
    case .scatterAdd: "scatterAdd"
    case .convolution: "convolution"
    case .convolutionInputGradient: "convolutionInputGradient"
    case .convolutionKernelGradient: "convolutionKernelGradient"
    case .windows: "windows"
    case .foldWindows: "foldWindows"
    case .argsort: "argsort"
    case .cumulativeSum: "cumulativeSum"
    case .attention: "attention"
    case .attentionGradient: "attentionGradient"
    case .factorization(let kind): kind.rawValue
    case .triangularSolve: "triangularSolve"
    case .call: "call"
    case .scan: "scan"
    case .barrier: "barrier"
    }
  }
}

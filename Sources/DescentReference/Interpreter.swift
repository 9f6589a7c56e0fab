import DescentGraph
import RealModule

/// Evaluates graphs one node and one element at a time: the definition of what every op means.
///
/// Floats of every dtype are computed in `Scalar`. With `Double` the result of a float32 graph is therefore (nearly)
/// its exact value, not the value float32 arithmetic gives; with `Float` it is what plain float32 loops give. Only casts
/// to bfloat16 and float16 round, unless `halfPrecision` says otherwise. Integers and bools are exact and wrap.
///
/// It is meant to be read and to be compared with, not to be fast.
package struct Interpreter<Scalar: Real & BinaryFloatingPoint & Sendable>: Sendable {
  /// Where bfloat16 and float16 values are rounded to their format.
  package enum HalfPrecision: Sendable {
    /// Casts round and arithmetic does not. An engine may keep such values in float32 between two casts.
    case roundedByCasts
    /// Every node rounds, as if each result went through memory.
    case roundedEverywhere
    /// Nothing rounds.
    case exact
  }

  package var halfPrecision: HalfPrecision
  /// Sees every node's value and may replace it; tests use this to watch a run, to add noise, or to plant a mistake.
  package var afterEachNode: (@Sendable (Node, Value) -> Value)?

  package init(
    halfPrecision: HalfPrecision = .roundedByCasts, afterEachNode: (@Sendable (Node, Value) -> Value)? = nil
  ) {
    self.halfPrecision = halfPrecision
    self.afterEachNode = afterEachNode
  }

  /// The values of `roots`, given those of the input nodes they depend on. Traps when one is missing or does not fit.
  package func evaluate(_ roots: [Node], inputs: [Node: Value]) -> [Value] {
    var values: [Node: Value] = [:]
    for node in Node.topologicalOrder(of: roots) {
      var value: Value
      if case .input(let id) = node.op {
        guard let given = inputs[node] else { fatalError("reference: input \(id) has no value") }
        require(
          given.shape == node.shape && given.dtype == node.dtype,
          "reference: input \(id) is \(node.dtype)\(node.shape); \(given.dtype)\(given.shape) does not fit")
        value = given
      } else {
        value = self.value(of: node, node.inputs.map { values[$0]! })
      }
      if halfPrecision == .roundedEverywhere, node.dtype.isHalf { value = rounded(value) }
      values[node] = afterEachNode?(node, value) ?? value
    }
    return roots.map { values[$0]! }
  }

  /// One node's value, given its inputs'.
  private func value(of node: Node, _ x: [Value]) -> Value {
    switch node.op {
    case .input: fatalError("reference: inputs are given, not computed")
    case .constant(let literal): constant(literal, node)
    case .iota(let axis): iota(axis, node)
    case .randomBits: randomBits(key: x[0], stream: x[1], node)
    case .unary(let f): unary(f, x[0])
    case .binary(let f): binary(f, x[0], x[1])
    case .compare(let c): compare(c, x[0], x[1])
    case .select: select(x[0], x[1], x[2])
    case .cast: cast(x[0], to: node.dtype)
    case .bitcast: bitcast(x[0], to: node.dtype)
    case .stopGradient: x[0]
    case .reduce(let r, let axes): reduce(r, axes, x[0])
    case .argmax(let axis): argmax(axis, x[0])
    case .reshape: reshape(x[0], node.shape)
    case .transpose(let permutation): transpose(permutation, x[0])
    case .broadcast(let axes): broadcast(axes, x[0], node.shape)
    case .slice(let starts, _, let strides): slice(starts, strides, x[0], node.shape)
    case .pad(let low, _, let interior): pad(low, interior, x[0], fill: x[1], node.shape)
    case .concatenate(let axis): concatenate(axis, x, node.shape)
    case .reverse(let axes): reverse(axes, x[0])
    case .dot(let axes): dot(axes, x[0], x[1], node.shape)
    case .gather(let axis): gather(axis, x[0], indices: x[1], node.shape)
    case .scatterAdd(let axis): scatterAdd(axis, x[0], indices: x[1], updates: x[2])
    case .convolution(let c): convolution(c, x[0], kernel: x[1], node.shape)
    case .convolutionInputGradient(let c): convolutionInputGradient(c, cotangent: x[0], kernel: x[1], node.shape)
    case .convolutionKernelGradient(let c): convolutionKernelGradient(c, x[0], cotangent: x[1], node.shape)
    case .windows(let w): windows(w, x[0], node.shape)
    case .foldWindows(let w): foldWindows(w, x[0], node.shape)
    case .argsort(let axis, let descending): argsort(axis, descending, x[0])
    case .cumulativeSum(let axis): cumulativeSum(axis, x[0])
    case .attention, .attentionGradient: composition(of: node, x)
    case .factorization(let kind): factorization(kind, x[0], node.shape)
    case .triangularSolve(let solve): triangularSolve(solve, x[0], x[1])
    case .call(let graph, let result): call(graph, result, x)
    case .scan(let loop, let result): scan(loop, result, x)
    case .barrier: x[0]
    }
  }
}

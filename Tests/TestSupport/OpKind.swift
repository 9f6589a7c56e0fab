import DescentGraph

/// `Op` without its attributes: what a table can ask "does every one have a row?" about.
package enum OpKind: Hashable, Sendable, CustomStringConvertible {
  case constant, input, iota, randomBits
  case unary(Unary)
  case binary(Binary)
  case compare(Relation)
  case select, cast, bitcast, stopGradient
  case reduce(Reduction)
  case argmax, reshape, transpose, broadcast, slice, pad, concatenate, reverse, dot, gather, scatterAdd
  case convolution, convolutionInputGradient, convolutionKernelGradient, windows, foldWindows
  case argsort, cumulativeSum, attention, attentionGradient, factorization, triangularSolve, call, scan, barrier

  /// Exhaustive on purpose: a new `Op` case does not compile until it has a kind here.
  package init(_ op: Op) {
    switch op {
    case .constant: self = .constant
    case .input: self = .input
    case .iota: self = .iota
    case .randomBits: self = .randomBits
    case .unary(let f): self = .unary(f)
    case .binary(let f): self = .binary(f)
    case .compare(let c): self = .compare(c)
    case .select: self = .select
    case .cast: self = .cast
    case .bitcast: self = .bitcast
    case .stopGradient: self = .stopGradient
    case .reduce(let r, _): self = .reduce(r)
    case .argmax: self = .argmax
    case .reshape: self = .reshape
    case .transpose: self = .transpose
    case .broadcast: self = .broadcast
    case .slice: self = .slice
    case .pad: self = .pad
    case .concatenate: self = .concatenate
    case .reverse: self = .reverse
    case .dot: self = .dot
    case .gather: self = .gather
    case .scatterAdd: self = .scatterAdd
    case .convolution: self = .convolution
    case .convolutionInputGradient: self = .convolutionInputGradient
    case .convolutionKernelGradient: self = .convolutionKernelGradient
    case .windows: self = .windows
    case .foldWindows: self = .foldWindows
    case .argsort: self = .argsort
    case .cumulativeSum: self = .cumulativeSum
    case .attention: self = .attention
    case .attentionGradient: self = .attentionGradient
    case .factorization: self = .factorization
    case .triangularSolve: self = .triangularSolve
    case .call: self = .call
    case .scan: self = .scan
    case .barrier: self = .barrier
    }
  }

  /// Every kind. `next` makes the list complete: it names, exhaustively, the kind that comes after each one.
  package static let all: [OpKind] = {
    var kinds: [OpKind] = []
    var kind: OpKind? = .constant
    while let current = kind {
      switch current {
      case .unary: kinds += Unary.allCases.map(OpKind.unary)
      case .binary: kinds += Binary.allCases.map(OpKind.binary)
      case .compare: kinds += Relation.allCases.map(OpKind.compare)
      case .reduce: kinds += Reduction.allCases.map(OpKind.reduce)
      case .constant, .input, .iota, .randomBits, .select, .cast, .bitcast, .stopGradient, .argmax, .reshape,
        .transpose,
        .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd,
        .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows,
        .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan,
        .barrier:
        kinds.append(current)
      }
      kind = current.next
    }
    return kinds
  }()

  private var next: OpKind? {
    switch self {
    case .constant: .input
    case .input: .iota
    case .iota: .randomBits
    case .randomBits: .unary(.negate)
    case .unary: .binary(.add)
    case .binary: .compare(.equal)
    case .compare: .select
    case .select: .cast
    case .cast: .bitcast
    case .bitcast: .stopGradient
    case .stopGradient: .reduce(.sum)
    case .reduce: .argmax
    case .argmax: .reshape
    case .reshape: .transpose
    case .transpose: .broadcast
    case .broadcast: .slice
    case .slice: .pad
    case .pad: .concatenate
    case .concatenate: .reverse
    case .reverse: .dot
    case .dot: .gather
    case .gather: .scatterAdd
    case .scatterAdd: .convolution
    case .convolution: .convolutionInputGradient
    case .convolutionInputGradient: .convolutionKernelGradient
    case .convolutionKernelGradient: .windows
    case .windows: .foldWindows
    case .foldWindows: .argsort
    case .argsort: .cumulativeSum
    case .cumulativeSum: .attention
    case .attention: .attentionGradient
    case .attentionGradient: .factorization
    case .factorization: .triangularSolve
    case .triangularSolve: .call
    case .call: .scan
    case .scan: .barrier
    case .barrier: nil
    }
  }

  package var description: String {
    switch self {
    case .unary(let f): f.rawValue
    case .binary(let f): f.rawValue
    case .compare(let c): c.rawValue
    case .reduce(let r): "reduce.\(r.rawValue)"
    case .constant: "constant"
    case .input: "input"
    case .iota: "iota"
    case .randomBits: "randomBits"
    case .select: "select"
    case .cast: "cast"
    case .bitcast: "bitcast"
    case .stopGradient: "stopGradient"
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
    case .factorization: "factorization"
    case .triangularSolve: "triangularSolve"
    case .call: "call"
    case .scan: "scan"
    case .barrier: "barrier"
    }
  }
}

extension Program {
  /// The kinds of all ops the program computes.
  package var opKinds: Set<OpKind> { Set(Node.topologicalOrder(of: roots).map { OpKind($0.op) }) }
}

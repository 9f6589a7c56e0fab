import DescentGraph

/// A factorization of matrices, or a solution with triangular ones: what LAPACK does.
struct LinearAlgebraUnit: OpaqueUnit {
  enum Work: Equatable {
    case factorization(Factorization)
    case triangularSolve(TriangularSolve)
  }
  let node: Node
  let work: Work
  /// The nodes whose buffers hold the inputs.
  let operands: [Node]
  let batch: Int
  /// Of each matrix that is taken apart, or of B.
  let rows: Int
  let columns: Int

  var results: [Node] { [node] }

  init(_ node: Node, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    switch node.op {
    case .factorization(let kind): work = .factorization(kind)
    case .triangularSolve(let solve): work = .triangularSolve(solve)
    default: fatalError("\(node.op.name) is no linear algebra")
    }
    var owners: [Node] = []
    for input in node.inputs {
      guard let owner = buffered.owner(of: input) else { throw .init(node: input) }
      owners.append(owner)
    }
    self.node = node
    operands = owners
    let shape = node.inputs.last!.shape.extents
    batch = shape.dropLast(2).reduce(1, *)
    rows = shape[shape.count - 2]
    columns = shape[shape.count - 1]
  }

  func title(names: (Node) -> String) -> String {
    let extents = "[\(batch) × \(rows) × \(columns)]"
    return "\(node.op.name) → \(names(node)) of \(operands.map(names).joined(separator: ", "))   \(extents)"
  }

  /// The operations of LAPACK's usual algorithms (Golub & Van Loan, Matrix Computations), those that iterate roughly.
  var cost: Cost {
    let (long, short) = (max(rows, columns), min(rows, columns))
    let operations =
      switch work {
      case .factorization(.qr): 4 * short * short * long - 4 * short * short * short / 3
      case .factorization(.symmetricEigen): 9 * short * short * short
      case .factorization(.cholesky): short * short * short / 3
      case .factorization(.singularValues): 6 * short * short * long + 20 * short * short * short
      case .triangularSolve: rows * rows * columns
      }
    return Cost(
      operations: batch * operations, bytesRead: operands.reduce(0) { $0 + $1.byteCount }, bytesWritten: node.byteCount)
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine {
    let library = try LAPACKLibrary.shared()
    return node.dtype == .float64
      ? LinearAlgebraRoutine<Double>(self, binder, library.float64)
      : LinearAlgebraRoutine<Float>(self, binder, library.float32)
  }
}

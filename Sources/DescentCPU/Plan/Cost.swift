import DescentGraph
import DescentRuntime

/// The least that a kernel has to do: what its speed is measured against.
package struct Cost: Hashable, Sendable {
  /// Arithmetic operations; a multiplication and an addition are two, a function such as `exp` is one.
  package var operations = 0
  /// Bytes of the elements it reads and writes, each element counted once however often it is touched.
  package var bytesRead = 0
  package var bytesWritten = 0

  package var bytes: Int { bytesRead + bytesWritten }

  static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      operations: a.operations + b.operations, bytesRead: a.bytesRead + b.bytesRead,
      bytesWritten: a.bytesWritten + b.bytesWritten)
  }
}

extension Plan {
  /// What a run does in all, the copies of variables at its end included.
  package var cost: Cost {
    let copied = schedule.lateCopies.reduce(0) { $0 + $1.value.byteCount }
    return schedule.steps.reduce(Cost(bytesRead: copied, bytesWritten: copied)) { $0 + $1.cost }
  }

  /// The bytes a run moves at least: inputs that are read, and variables and results that are written, each once. ``cost``
  /// says more where results in between are stored, or inputs are read by several kernels.
  package var leastByteCount: Int {
    let steps = schedule.steps
    let inputs = steps.reduce(Set<Node>()) { $0.union($1.reads) }.subtracting(steps.flatMap(\.writes))
    return inputs.reduce(0) { $0 + $1.byteCount } + program.roots.reduce(0) { $0 + $1.byteCount }
  }
}

extension Node {
  var byteCount: Int { shape.elementCount * dtype.byteCount }
}

extension KernelOrder.Step {
  var cost: Cost {
    switch work {
    case .loop(let kernel): kernel.cost
    case .matrix(let unit): unit.cost
    case .scatter(let unit): unit.cost
    case .opaque(let unit): unit.cost
    }
  }
}

extension OpaqueUnit {
  /// Every operand read and every result written once; units that compute more than they move say how much.
  var cost: Cost {
    Cost(
      bytesRead: operands.reduce(0) { $0 + $1.byteCount }, bytesWritten: results.reduce(0) { $0 + $1.byteCount })
  }
}

extension AttentionUnit {
  /// Forward two products, of queries and keys and of weights and values; backward five: the first one again, and those
  /// for the gradients. Behind a causal mask only pairs that count are counted; what the kernel computes more often to
  /// save memory is not.
  var cost: Cost {
    let e = extents
    let pairs = attention.isCausal ? e.time * (e.time + 1) / 2 : e.time * e.time
    let products = isGradient ? 5 : 2
    let read = views.reduce(0) { $0 + e.batch * e.heads * e.time * e.width * $1.node.dtype.byteCount }
    return Cost(
      operations: products * 2 * e.batch * e.heads * pairs * e.width, bytesRead: read, bytesWritten: node.byteCount)
  }
}

extension CumulativeSumUnit {
  var cost: Cost {
    Cost(operations: outer * count * inner, bytesRead: input.byteCount, bytesWritten: node.byteCount)
  }
}

extension SortUnit {
  /// Comparisons are no arithmetic.
  var cost: Cost { Cost(bytesRead: input.byteCount, bytesWritten: node.byteCount) }
}

extension MatrixUnit {
  var cost: Cost {
    /// A batch stride of 0 is the same matrix for every index.
    func matrix(_ view: View, _ elements: Int) -> Int { elements * (view.batch == 0 ? 1 : batch) }
    let read = matrix(a, m * k) + matrix(b, k * n) + (bias == nil ? 0 : n)
    return Cost(operations: 2 * batch * m * n * k, bytesRead: 4 * read, bytesWritten: 4 * batch * m * n)
  }
}

extension ScatterUnit {
  var cost: Cost {
    Cost(
      operations: updates.shape.elementCount, bytesRead: indices.byteCount + updates.byteCount,
      bytesWritten: node.byteCount)
  }
}

extension LoopKernel {
  var cost: Cost {
    let dependences = dependences()
    func points(_ depends: [Bool]) -> Int { zip(domain, depends).reduce(1) { $1.1 ? $0 * $1.0 : $0 } }
    func union(_ a: [Bool], _ b: [Bool]) -> [Bool] { zip(a, b).map { $0 || $1 } }
    var operations = 0
    var read = [Int](repeating: 0, count: buffers.count)
    var written = read
    for id in values.indices {
      switch values[id] {
      case .load(let buffer, _), .gather(let buffer, _, _, _, _): read[buffer] += points(dependences[id])
      case .unary, .binary: operations += points(dependences[id])
      case .reduce(_, let operand), .argmax(let operand):
        // One operation an element; every element is there even where the operand is the same for all.
        operations += points(union(dependences[operand], isReduced))
      case .constant, .index, .random, .compare, .select, .cast, .bitcast: break
      }
    }
    for store in stores { written[store.buffer] += points(store.address.coefficients.map { $0 != 0 }) }
    // Addresses may overlap; no more than the whole buffer is touched.
    func bytes(_ elements: [Int]) -> Int {
      zip(buffers, elements).reduce(0) { $0 + min($1.1, $1.0.shape.elementCount) * $1.0.dtype.byteCount }
    }
    return Cost(operations: operations, bytesRead: bytes(read), bytesWritten: bytes(written))
  }
}

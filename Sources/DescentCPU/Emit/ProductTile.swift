import DescentGraph

/// The register tile of a matrix product: a small block of results that stays in registers while the depth runs.
///
/// For float32 matrices A `[rows, depth]` and B `[depth, vectors · lanes]` it emits
///
///     acc[r][v] = acc[r][v] + Σ_k A[r, k] · B[k, v·lanes ..< (v + 1)·lanes]
///
/// with `k` ascending and one fused multiply-add for each term, so a result depends on nothing but its row and its
/// column: neither the size of the tile nor the unrolling changes a bit. An element of A is broadcast from memory, a row
/// of B is read in vectors (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
///
/// The tile needs `rows · vectors + vectors + 1` vector registers (32 with AVX-512 and on ARM, else 16) and
/// `rows · vectors` of about 10 or more to hide the latency of the multiply-adds.
struct ProductTile {
  /// Rows of A and of the results.
  var rows: Int
  /// Vectors in a row of B and of the results.
  var vectors: Int
  /// float32 elements of a vector.
  var lanes: Int
  /// Steps of depth between two branches.
  var unroll = 4

  /// A: element `(r, k)` lies at `pointer + r·rowStride + k·depthStride`. Strides count elements and are i64 registers
  /// or constants; a constant row stride saves registers.
  struct Left {
    var pointer: String
    var rowStride: String
    var depthStride: String
  }

  /// B: element `(k, j)` lies at `pointer + k·depthStride + j`.
  struct Right {
    var pointer: String
    var depthStride: String
    /// Which lanes of the last vector exist (`<lanes x i1>`): the others are not read and count as zero.
    var lastMask: String? = nil
  }

  /// The names of zero accumulators, by row and vector.
  var zeros: [[String]] {
    [[String]](repeating: [String](repeating: lanes == 1 ? "0.0" : "zeroinitializer", count: vectors), count: rows)
  }

  /// Emits the sum over `depth` steps.
  ///
  /// - Parameters:
  ///   - depth: an i64 register or a constant, 0 or more.
  ///   - restOfDepth: what `depth` leaves when divided by `unroll`, where that is known though `depth` is a register.
  ///   - initial: the accumulators to start from, by row and vector; without them zeros.
  /// - Returns: the accumulators, by row and vector.
  func emit(
    _ ir: IRBuilder, _ a: Left, _ b: Right, depth: String, restOfDepth: Int? = nil, initial: [[String]]? = nil
  ) -> [[String]] {
    let accumulators = (initial ?? zeros).flatMap { $0 }
    require(accumulators.count == rows * vectors, "\(accumulators.count) accumulators for \(rows)×\(vectors) vectors")
    var state = accumulators.map { IRBuilder.Carried(type: vectorType("float", lanes), value: $0) }
    state += [a.pointer, b.pointer].map { .init(type: "ptr", value: $0) }
    let rowOffsets = (0..<rows).map { ir.product(String($0), a.rowStride) }
    // Pointers that run along keep the strides in the instructions instead of multiplications.
    func run(from low: String, to high: String, steps: Int) {
      let ends = ir.loop(from: low, to: high, step: steps, carrying: state) { _, values in
        advanced(ir, values, a, b, rowOffsets, steps: steps)
      }
      for i in state.indices { state[i].value = ends[i] }
    }
    func finish(steps: Int) {
      if steps == 0 { return }
      let ends = advanced(ir, state.map(\.value), a, b, rowOffsets, steps: steps)
      for i in state.indices { state[i].value = ends[i] }
    }
    if let depth = Int(depth) {
      let whole = depth / unroll * unroll
      if whole > unroll { run(from: "0", to: String(whole), steps: unroll) }
      finish(steps: whole > unroll ? depth - whole : depth)
    } else if let restOfDepth {
      run(from: "0", to: ir.sum(depth, String(-restOfDepth)), steps: unroll)
      finish(steps: restOfDepth)
    } else {
      let rest = unroll > 1 ? ir.emit("srem i64 \(depth), \(unroll)") : "0"
      let whole = unroll > 1 ? ir.emit("sub nsw i64 \(depth), \(rest)") : depth
      run(from: "0", to: whole, steps: unroll)
      if unroll > 1 { run(from: whole, to: depth, steps: 1) }
    }
    return (0..<rows).map { r in (0..<vectors).map { v in state[r * vectors + v].value } }
  }

  /// `steps` steps of depth: accumulators and both pointers as they were, and as they are then.
  private func advanced(
    _ ir: IRBuilder, _ values: [String], _ a: Left, _ b: Right, _ rowOffsets: [String], steps: Int
  ) -> [String] {
    var values = values
    let (pointerA, pointerB) = (values[rows * vectors], values[rows * vectors + 1])
    for step in 0..<steps {
      let row = ir.element(pointerB, ir.product(String(step), b.depthStride))
      let right = (0..<vectors).map { v in
        ir.loadFloats(
          ir.element(row, String(v * lanes)), lanes: lanes, mask: v == vectors - 1 ? b.lastMask : nil)
      }
      let column = ir.element(pointerA, ir.product(String(step), a.depthStride))
      for r in 0..<rows {
        let left = ir.loadFloats(ir.element(column, rowOffsets[r]), lanes: 1)
        let spread = ir.splat(left, "float", lanes)
        for v in 0..<vectors {
          let i = r * vectors + v
          values[i] = ir.fusedMultiplyAdd(spread, right[v], values[i], lanes: lanes)
        }
      }
    }
    values[rows * vectors] = ir.element(pointerA, ir.product(String(steps), a.depthStride))
    values[rows * vectors + 1] = ir.element(pointerB, ir.product(String(steps), b.depthStride))
    return values
  }
}

import DescentGraph
import Testing

@testable import DescentCPU

@Suite struct ProductTileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var tile: ProductTile
    var depth: Int
    /// A is stored as `[depth, rows]`.
    var transposed: Bool
    /// Strides and depth come in registers.
    var isDynamic: Bool
    /// Columns of the last vector that exist.
    var lastLanes: Int
    var startsFromResults: Bool
    var testDescription: String {
      "\(tile.rows)×\(tile.vectors)×\(tile.lanes), unroll \(tile.unroll), depth \(depth)\(transposed ? ", Aᵀ" : "")"
        + "\(isDynamic ? ", dynamic" : ""), \(lastLanes) last lanes\(startsFromResults ? ", adds" : "")"
    }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for (rows, vectors, lanes) in [(1, 1, 1), (1, 3, 4), (3, 2, 8), (8, 3, 16), (14, 2, 16), (6, 4, 16)] {
      for (i, depth) in [0, 1, 3, 4, 7, 8, 37].enumerated() {
        for unroll in [1, 4] {
          cases.append(
            Case(
              tile: .init(rows: rows, vectors: vectors, lanes: lanes, unroll: unroll), depth: depth,
              transposed: (i + rows) % 2 == 0, isDynamic: i % 3 == 1, lastLanes: i % 2 == 0 ? lanes : (lanes + 1) / 2,
              startsFromResults: i % 3 == 0))
        }
      }
    }
    return cases
  }()

  @Test(arguments: cases) func `sums are taken in order of depth, each term with one rounding`(test: Case) throws {
    let tile = test.tile
    let columns = (tile.vectors - 1) * tile.lanes + test.lastLanes
    let ir = IRBuilder()
    let pointers = (0..<4).map { i in
      ir.emit("load ptr, ptr \(ir.emit("getelementptr ptr, ptr %args, i64 \(i)")), align 8")
    }
    // Argument 3 holds a one, which makes any number an unknown one.
    let one = ir.emit("load i64, ptr \(pointers[3]), align 8")
    func number(_ value: Int) -> String { test.isDynamic ? ir.emit("mul i64 \(one), \(value)") : String(value) }
    let mask = test.lastLanes < tile.lanes ? ir.laneMask(below: number(test.lastLanes), lanes: tile.lanes) : nil
    func place(_ row: Int, _ vector: Int) -> String {
      ir.element(pointers[2], String(row * columns + vector * tile.lanes))
    }
    func lastMask(_ vector: Int) -> String? { vector == tile.vectors - 1 ? mask : nil }
    var initial: [[String]]?
    if test.startsFromResults {
      initial = (0..<tile.rows).map { r in
        (0..<tile.vectors).map { v in ir.loadFloats(place(r, v), lanes: tile.lanes, mask: lastMask(v)) }
      }
    }
    let sums = tile.emit(
      ir,
      .init(
        pointer: pointers[0], rowStride: number(test.transposed ? 1 : test.depth),
        depthStride: number(test.transposed ? tile.rows : 1)),
      .init(pointer: pointers[1], depthStride: number(columns), lastMask: mask), depth: number(test.depth),
      initial: initial)
    for r in 0..<tile.rows {
      for v in 0..<tile.vectors { ir.storeFloats(sums[r][v], place(r, v), lanes: tile.lanes, mask: lastMask(v)) }
    }

    let operands = MatrixOperands(
      .init(m: tile.rows, n: columns, k: max(test.depth, 1), transposeA: test.transposed))
    var expected = operands.c
    for r in 0..<tile.rows {
      for j in 0..<columns {
        var sum: Float = test.startsFromResults ? operands.c[r * columns + j] : 0
        for k in 0..<test.depth {
          let a = operands.a[test.transposed ? k * tile.rows + r : r * test.depth + k]
          sum = sum.addingProduct(a, operands.b[k * columns + j])
        }
        expected[r * columns + j] = sum
      }
    }
    let code = try KernelCompiler.shared().function(symbol: "kernel", ir: ir.module())
    let kernel = unsafeBitCast(code, to: Kernel.self)
    var (a, b, c, ones) = (operands.a, operands.b, operands.c, [1])
    a.withUnsafeMutableBytes { a in
      b.withUnsafeMutableBytes { b in
        c.withUnsafeMutableBytes { c in
          ones.withUnsafeMutableBytes { ones in
            kernel([a.baseAddress!, b.baseAddress!, c.baseAddress!, ones.baseAddress!], 0, 1)
          }
        }
      }
    }
    #expect(c == expected)
  }

  /// The whole point of a tile: results stay in registers, and a step of depth is loads of A and B and multiply-adds.
  @Test func `the inner loop keeps its results in registers`() throws {
    let compiler = try KernelCompiler.shared()
    guard compiler.vectorByteCount == 64 else { return }
    let ir = IRBuilder()
    let pointers = (0..<3).map { i in
      ir.emit("load ptr, ptr \(ir.emit("getelementptr ptr, ptr %args, i64 \(i)")), align 8")
    }
    let tile = ProductTile(rows: 8, vectors: 3, lanes: 16)
    let sums = tile.emit(
      ir, .init(pointer: pointers[0], rowStride: "1000", depthStride: "1"),
      .init(pointer: pointers[1], depthStride: "48"), depth: "1000")
    for r in 0..<8 {
      for v in 0..<3 { ir.storeFloats(sums[r][v], ir.element(pointers[2], String(r * 48 + v * 16)), lanes: 16) }
    }
    let assembly = try compiler.emittedAssembly(symbol: "kernel", ir: ir.module())
    let lines = assembly.split(separator: "\n").map { $0.drop { $0 == "\t" } }
    #expect(lines.count { $0.hasPrefix("vfmadd") } == 4 * 8 * 3)
    #expect(!lines.contains { $0.hasPrefix("vmovups") && $0.contains("%rsp") || $0.hasPrefix("vmovaps\t%zmm") })
  }
}

import Testing

@testable import DescentCPU

@Suite struct ProductEmitterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var descriptor: ProductDescriptor
    var blocking: ProductBlocking
    var testDescription: String {
      "\(descriptor) in \(blocking.tileRows)×\(blocking.tileVectors)×\(blocking.lanes)"
        + "\(blocking.packsLeft ? ", A packed" : "")\(blocking.packsRight ? ", B packed" : ""), depth \(blocking.depthBlock)"
        + ", rows \(blocking.rowBlock)\(blocking.fixesSizes ? "" : ", sizes from the table")"
    }

    init(_ descriptor: ProductDescriptor, vectorByteCount: Int = 64) {
      self.descriptor = descriptor
      blocking = ProductBlocking(descriptor, vectorByteCount: vectorByteCount)
    }

    /// The same with its sizes in the argument table, as large products have them.
    var shared: Case {
      var copy = self
      copy.blocking.fixesSizes = false
      return copy
    }
  }

  /// Numbers that repeat from run to run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  /// All layouts over a grid of shapes, as the engine cuts them up.
  static let shapes: [Case] = {
    var generator = Generator(state: 1)
    let extents = [1, 2, 3, 5, 8, 13, 16, 17, 31, 33, 48, 64, 70]
    var cases: [Case] = []
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      for vectorByteCount in [16, 32, 64] {
        for i in 0..<8 {
          var d = ProductDescriptor(
            m: extents.randomElement(using: &generator)!, n: extents.randomElement(using: &generator)!,
            k: extents.randomElement(using: &generator)!, transposeA: transposeA, transposeB: transposeB,
            hasBias: i % 2 == 0, hasRelu: i % 3 == 0)
          // Views into larger matrices.
          if i == 5 {
            if transposeA { d.a.columnStride += 3 } else { d.a.rowStride += 3 }
            if transposeB { d.b.columnStride += 5 } else { d.b.rowStride += 5 }
            d.c.rowStride += 7
          }
          cases.append(Case(d, vectorByteCount: vectorByteCount))
        }
      }
    }
    return cases
  }()

  /// Every way to cut up one product, among them those that only large ones need.
  static let blockings: [Case] = {
    var cases: [Case] = []
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      for (i, (packsLeft, packsRight)) in [(false, false), (true, false), (false, true), (true, true)].enumerated() {
        for (lanes, depthBlock) in [(4, 16), (8, 45), (16, 32)]
        where (packsRight || !transposeB) && (transposeA || !packsLeft) {
          var test = Case(
            .init(
              batch: [2], m: 37, n: 53, k: 45, transposeA: transposeA, transposeB: transposeB, hasBias: i % 2 == 0,
              hasRelu: true))
          test.blocking.lanes = lanes
          test.blocking.tileRows = [4, 3, 8, 5][i]
          test.blocking.tileVectors = i % 3 + 1
          test.blocking.packsLeft = packsLeft
          test.blocking.packsRight = packsRight
          test.blocking.depthBlock = depthBlock
          test.blocking.rowBlock = test.blocking.tileRows * (i + 1)
          cases.append(test)
        }
      }
    }
    return cases
  }()

  static let batches: [Case] = {
    var shared = ProductDescriptor(batch: [4, 3], m: 9, n: 11, k: 13)
    var cases: [ProductDescriptor] = [
      .init(batch: [6], m: 16, n: 20, k: 12), .init(batch: [6], m: 16, n: 20, k: 12, transposeA: true),
      .init(batch: [2, 3], m: 16, n: 20, k: 12, transposeB: true, hasBias: true, hasRelu: true),
      .init(batch: [2, 3, 2, 2], m: 5, n: 6, k: 7),
    ]
    shared.b.batchStrides = [0, 0]
    cases.append(shared)
    shared.b.batchStrides = [13 * 11, 0]
    cases.append(shared)
    shared.a.batchStrides = [0, 9 * 13]
    cases.append(shared)
    return cases.map { Case($0) }
  }()

  /// Views: heads inside `[batch, time, heads, width]`, columns of a wider matrix, gaps between matrices.
  static let views: [Case] = {
    let (batch, heads, time, width) = (2, 3, 16, 8)
    let inner = heads * width
    let strides = [time * inner, width]
    let head = ProductDescriptor.Layout(batchStrides: strides, rowStride: inner, columnStride: 1)
    var scores = ProductDescriptor(batch: [batch, heads], m: time, n: time, k: width)
    scores.a = head
    scores.b = .init(batchStrides: strides, rowStride: 1, columnStride: inner)
    var context = ProductDescriptor(batch: [batch, heads], m: time, n: width, k: time)
    context.b = head
    context.c = head
    var wide = ProductDescriptor(m: 10, n: 12, k: 14, hasBias: true, hasRelu: true)
    wide.a.rowStride = 20
    wide.b = .init(rowStride: 1, columnStride: 17)
    wide.c.rowStride = 31
    var gaps = ProductDescriptor(batch: [3], m: 10, n: 12, k: 14)
    gaps.a.batchStrides = [200]
    gaps.c.batchStrides = [150]
    return [scores, context, wide, gaps].map { Case($0) }
  }()

  static let all: [Case] = (shapes + blockings + batches + views).flatMap { [$0, $0.shared] }

  @Test(arguments: all)
  func `every element is one sum in order of depth`(test: Case) throws {
    let operands = MatrixOperands(test.descriptor)
    let results = try Self.run(test, operands)
    let expected = operands.orderedProduct(test.descriptor)
    let difference = zip(results, expected).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(difference == nil)
  }

  @Test(arguments: all.filter { $0.blocking.lanes == 16 })
  func `bits do not depend on threads or on the order of tasks`(test: Case) throws {
    let operands = MatrixOperands(test.descriptor)
    let results = try Self.run(test, operands)
    #expect(try results == Self.run(test, operands, threads: 2))
    #expect(try results == Self.run(test, operands, threads: 3))
    #expect(try results == Self.run(test, operands, backwards: true))
  }

  /// NaN and infinities pass through products and ReLU as arithmetic says.
  @Test func `special values`() throws {
    let test = Case(.init(m: 3, n: 20, k: 2, transposeB: true, hasRelu: true))
    var operands = MatrixOperands(test.descriptor)
    operands.a = [.nan, 1, .infinity, 1, 0, -1]
    operands.b = [Float](repeating: 1, count: 40)
    operands.b[0] = 0
    let c = try Self.run(test, operands)
    #expect(c[0..<20].allSatisfy { $0.isNaN })
    #expect(c[20].isNaN && c[21..<40].allSatisfy { $0 == .infinity })
    #expect(c[40..<60].allSatisfy { $0 == 0 })
  }

  @Test func `large products are cut up for the caches`() {
    let wide = ProductBlocking(.init(m: 256, n: 2048, k: 5000), vectorByteCount: 64)
    #expect(wide.packsRight && wide.depthBlock < 5000 && wide.depthBlock % 16 == 0)
    #expect(wide.depthBlock * wide.stripWidth <= ProductBlocking.panelCount)
    let gradient = ProductBlocking(.init(m: 1152, n: 384, k: 1024, transposeA: true), vectorByteCount: 64)
    #expect(gradient.packsLeft && gradient.packsRight)
    let small = ProductBlocking(.init(m: 32, n: 128, k: 64), vectorByteCount: 64)
    #expect(!small.packsLeft && !small.packsRight && small.depthBlock == 64)
  }

  /// A transformer's layers of different widths run the same code, each with its own sizes.
  @Test func `large products of one form share their kernels`() {
    func emit(_ m: Int, _ n: Int, _ k: Int) -> ProductEmitter.Code {
      ProductEmitter.emit(.init(m: m, n: n, k: k, transposeB: true, hasBias: true), vectorByteCount: 64)
    }
    let (projection, expansion) = (emit(768, 384, 128), emit(768, 768, 128))
    #expect(projection.product.ir == expansion.product.ir)
    #expect(projection.sizes != expansion.sizes && projection.sizes.count == expansion.sizes.count)
    #expect(emit(32, 128, 64).sizes.isEmpty)
    #expect(emit(32, 128, 64).product.ir != emit(32, 64, 64).product.ir)
  }

  /// C after the product.
  static func run(
    _ test: Case, _ operands: MatrixOperands, threads: Int = 1, backwards: Bool = false
  ) throws -> [Float] {
    let compiler = try KernelCompiler.shared()
    let code = ProductEmitter.emit(test.descriptor, test.blocking)
    func body(_ ir: String) throws -> UnsafeRawPointer { try compiler.function(symbol: "kernel", ir: ir) }
    let transposing = try code.transposing.map { UnsafeMutableRawPointer(mutating: try body($0)) }
    let kernels = try [code.packing, code.product].compactMap { $0 }.map {
      (try unsafeBitCast(body($0.ir), to: ThreadTeam.Body.self), $0.tasks)
    }
    var (a, b, bias, c) = (operands.a, operands.b, operands.bias, operands.c)
    var scratch = [UInt8](repeating: 0, count: code.scratchByteCount)
    func execute(_ table: [UnsafeMutableRawPointer?]) {
      for (function, tasks) in kernels {
        if backwards {
          for task in (0..<tasks).reversed() { function(table, task, task + 1) }
        } else {
          ThreadTeam.run(tasks: tasks, threads: threads, arguments: table, function)
        }
      }
    }
    a.withUnsafeMutableBytes { a in
      b.withUnsafeMutableBytes { b in
        bias.withUnsafeMutableBytes { bias in
          c.withUnsafeMutableBytes { c in
            scratch.withUnsafeMutableBytes { scratch in
              let sizes = code.sizes.map { UnsafeMutableRawPointer(bitPattern: $0) }
              execute([a, b, bias, c, scratch].map(\.baseAddress) + [transposing] + sizes)
            }
          }
        }
      }
    }
    return c
  }
}

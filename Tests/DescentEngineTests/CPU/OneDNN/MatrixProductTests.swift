import Testing

@testable import DescentEngine

@Suite struct MatrixProductTests {
  /// A dense product of some shape in each transposition, with everything that can be added to it.
  struct Case: Sendable, CustomTestStringConvertible {
    let descriptor: MatrixProduct.Descriptor
    var testDescription: String { descriptor.description }
  }

  static let shapes: [Case] = {
    let extents = [(1, 1, 1), (1, 17, 5), (7, 1, 33), (32, 10, 128), (33, 47, 65), (64, 128, 96), (130, 70, 257)]
    return extents.flatMap { m, n, k in
      [(false, false), (false, true), (true, false), (true, true)].flatMap { transposeA, transposeB in
        [1, 2].map { threads in
          Case(
            descriptor: .init(
              m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, hasBias: (m + k) % 2 == 0,
              threads: threads))
        }
      }
    }
  }()

  static let endings: [Case] = MatrixProduct.Activation.allCases.flatMap { activation in
    [(false, false), (true, false), (false, true), (true, true)].map { hasBias, accumulates in
      Case(
        descriptor: .init(
          m: 31, n: 45, k: 20, transposeB: true, hasBias: hasBias, accumulates: accumulates, activation: activation,
          threads: 2))
    }
  }

  static let batches: [Case] = {
    var cases: [MatrixProduct.Descriptor] = [
      .init(batch: [6], m: 16, n: 20, k: 12), .init(batch: [6], m: 16, n: 20, k: 12, transposeA: true, threads: 2),
      .init(batch: [2, 3], m: 16, n: 20, k: 12, transposeB: true, hasBias: true, activation: .relu, threads: 2),
      .init(batch: [2, 3, 2, 2], m: 5, n: 6, k: 7),
    ]
    var shared = MatrixProduct.Descriptor(batch: [4, 3], m: 9, n: 11, k: 13, threads: 2)
    shared.b.batchStrides = [0, 0]
    cases.append(shared)
    shared.b.batchStrides = [13 * 11, 0]
    cases.append(shared)
    shared.a.batchStrides = [0, 9 * 13]
    cases.append(shared)
    return cases.map { Case(descriptor: $0) }
  }()

  /// Views: heads inside `[batch, time, heads, width]`, columns of a wider matrix, gaps between matrices.
  static let views: [Case] = {
    let (batch, heads, time, width) = (2, 3, 16, 8)
    let inner = heads * width
    let head = MatrixProduct.Layout(batchStrides: [time * inner, width], rowStride: inner, columnStride: 1)
    let transposedHead = MatrixProduct.Layout(batchStrides: [time * inner, width], rowStride: 1, columnStride: inner)
    var scores = MatrixProduct.Descriptor(batch: [batch, heads], m: time, n: time, k: width, threads: 2)
    scores.a = head
    scores.b = transposedHead
    var context = MatrixProduct.Descriptor(batch: [batch, heads], m: time, n: width, k: time, threads: 2)
    context.b = head
    context.c = head
    var wide = MatrixProduct.Descriptor(m: 10, n: 12, k: 14, hasBias: true, activation: .tanh)
    wide.a.rowStride = 20
    wide.b = .init(rowStride: 1, columnStride: 17)
    wide.c.rowStride = 31
    var gaps = MatrixProduct.Descriptor(batch: [3], m: 10, n: 12, k: 14, threads: 2)
    gaps.a.batchStrides = [200]
    gaps.c.batchStrides = [150]
    return [scores, context, wide, gaps].map { Case(descriptor: $0) }
  }()

  @Test(arguments: shapes + endings + batches + views)
  func agreesWithLoops(testCase: Case) throws {
    let descriptor = testCase.descriptor
    let product = try MatrixProduct(descriptor)
    #expect(!product.implementation.hasPrefix("ref"))
    let operands = MatrixOperands(descriptor)
    let bias: [Float] = descriptor.hasBias ? operands.bias : []
    var c = operands.c
    var results: [[Float]] = []
    operands.a.withUnsafeBufferPointer { a in
      operands.b.withUnsafeBufferPointer { b in
        bias.withUnsafeBufferPointer { bias in
          c.withUnsafeMutableBufferPointer { c in
            guard let pa = a.baseAddress, let pb = b.baseAddress, let pc = c.baseAddress else { return }
            product.bind(a: pa, b: pb, bias: descriptor.hasBias ? bias.baseAddress : nil, c: pc)
            // Executed twice, since a product is made to be executed again and again.
            for _ in 0..<2 {
              _ = c.update(from: operands.c)
              product.execute()
              results.append(Array(c))
            }
          }
        }
      }
    }
    try #require(results.count == 2)
    #expect(results[0] == results[1])
    let expected = operands.product(descriptor)
    let worst = zip(results[0], expected).map { abs(Double($0) - $1) / (1 + abs($1)) }.max() ?? .infinity
    // Rounding in a sum of k products of numbers below 1; oneDNN's activations are good to about 1e-5.
    let rounding = Double(Float.ulpOfOne) * Double(descriptor.k + 8) / 2
    #expect(worst < rounding + (descriptor.activation == .none ? 0 : 2e-5))
  }

  @Test func sharedScratchpadServesSeveralProducts() throws {
    let descriptor = MatrixProduct.Descriptor(m: 64, n: 64, k: 64, transposeB: true)
    let products = try [MatrixProduct(descriptor), MatrixProduct(descriptor)]
    let operands = MatrixOperands(descriptor)
    let expected = operands.product(descriptor)
    let scratchpad = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, products[0].scratchpadSize), alignment: MatrixProduct.alignment)
    defer { scratchpad.deallocate() }
    for product in products {
      var c = operands.c
      operands.a.withUnsafeBufferPointer { a in
        operands.b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            guard let pa = a.baseAddress, let pb = b.baseAddress, let pc = c.baseAddress else { return }
            product.bind(a: pa, b: pb, c: pc, scratchpad: scratchpad)
            product.execute()
          }
        }
      }
      #expect(zip(c, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }
  }

  @Test func unsuitableLayoutsAreRefused() {
    var strided = MatrixProduct.Descriptor(m: 4, n: 5, k: 6)
    strided.a = .init(rowStride: 12, columnStride: 2)
    var overlapping = MatrixProduct.Descriptor(batch: [3], m: 4, n: 5, k: 6)
    overlapping.c.batchStrides = [0]
    let cases: [(MatrixProduct.Descriptor, String)] = [
      (strided, "neither the rows nor the columns of A are contiguous"), (overlapping, "results overlap in C"),
      (.init(m: 0, n: 5, k: 6), "an extent is smaller than 1"),
      (.init(m: 4, n: 5, k: 6, threads: 0), "the number of threads is smaller than 1"),
      (.init(batch: [1, 1, 1, 1, 1], m: 4, n: 5, k: 6), "too many batch dimensions"),
    ]
    for (descriptor, reason) in cases {
      #expect(throws: EngineError.matrixProduct(descriptor: descriptor.description, status: reason)) {
        _ = try MatrixProduct(descriptor)
      }
    }
  }

  @Test func descriptionsAreReadable() throws {
    let descriptor = MatrixProduct.Descriptor(
      batch: [2, 4], m: 64, n: 48, k: 32, transposeB: true, hasBias: true, activation: .relu, threads: 2)
    #expect(descriptor.description == "[2×4] A[64,32] · Bᵀ[32,48] + bias → relu, 2 threads")
    #expect(descriptor.floatingPointOperations == 2 * 64 * 48 * 32 * 8)
    #expect(try MatrixProduct(descriptor).description.hasPrefix(descriptor.description + " by "))
    #expect(OneDNNLibrary.version?.split(separator: ".").count == 3)
    #expect(OneDNNLibrary.instructionSet?.isEmpty == false)
  }
}

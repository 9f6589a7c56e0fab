import Testing

@testable import DescentCPU

@Suite struct ProductDescriptorTests {
  static let unsuitable: [(ProductDescriptor, String)] = {
    var strided = ProductDescriptor(m: 4, n: 5, k: 6)
    strided.a = .init(rowStride: 12, columnStride: 2)
    var sideways = ProductDescriptor(m: 4, n: 5, k: 6)
    sideways.c = .init(rowStride: 1, columnStride: 4)
    var overlapping = ProductDescriptor(batch: [3], m: 4, n: 5, k: 6)
    overlapping.c.batchStrides = [0]
    var unbatched = ProductDescriptor(batch: [3], m: 4, n: 5, k: 6)
    unbatched.b.batchStrides = []
    return [
      (strided, "neither the rows nor the columns of A are contiguous"),
      (sideways, "neither the rows nor the columns of C are contiguous"), (overlapping, "results overlap in C"),
      (unbatched, "B has another number of batch dimensions"), (.init(m: 0, n: 5, k: 6), "an extent is smaller than 1"),
    ]
  }()

  @Test(arguments: unsuitable) func `unsuitable layouts are named`(_ descriptor: ProductDescriptor, _ problem: String) {
    #expect(descriptor.problem == problem)
  }

  @Test func `descriptions are readable`() {
    let descriptor = ProductDescriptor(
      batch: [2, 4], m: 64, n: 48, k: 32, transposeB: true, hasBias: true, hasRelu: true)
    #expect(descriptor.problem == nil)
    #expect(descriptor.description == "[2×4] A[64,32] · Bᵀ[32,48] + bias → relu")
    #expect(descriptor.floatingPointOperations == 2 * 64 * 48 * 32 * 8)
  }
}

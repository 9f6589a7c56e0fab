import DescentGraph
import DescentNN
import Foundation
import Testing

@testable import DescentBench

@Suite struct WorkloadTests {
  @Test func `the peers' eight workloads are there, and three of our own`() {
    #expect(
      Workload.all.map(\.name) == [
        "mlp-small", "mlp-mnist", "mlp-wide", "cnn-mnist", "resnet8", "gpt-tiny", "gpt-small", "adamw-25m",
        "adamw8-25m", "adamw16-25m", "own-adamw-25m", "muon-gpt-small", "soap-gpt-small",
      ])
    #expect(Workload.named("resnet8")?.name == "resnet8" && Workload.named("resnet9") == nil)
  }

  /// PyTorch 2.15 with the same starting weights, data and AdamW (`Benchmarks/peers/torch_steps.py`).
  @Test(arguments: [
    ("gpt-tiny", [4.649345, 4.231822, 3.918936]), ("cnn-mnist", [2.744246, 11.193494, 13.450621]),
    ("resnet8", [2.365125, 2.034128, 1.744853]),
  ])
  func `the first losses are PyTorch's`(name: String, expected: [Double]) throws {
    let workload = try #require(Workload.named(name)).prepare()
    for loss in expected {
      try workload.step()
      #expect((workload.executable.results[0].double(at: 0) - loss).magnitude < 1e-4 * loss)
    }
  }

  /// The number of elements that PyTorch's models have, of which the running statistics are no parameters there.
  @Test func `the networks have PyTorch's sizes`() {
    #expect(Sequential.convolutional().parameterCount == 1_199_882)
    #expect(Sequential.residual().parameterCount == 308_650)
    #expect(Transformer(vocabulary: 65, context: 64, width: 128, depth: 4, heads: 4).parameterCount == 818_176)
  }

  @Test func `a transformer takes sequences up to its context and does not look ahead`() throws {
    let model = Transformer(vocabulary: 11, context: 8, width: 12, depth: 2, heads: 3)
    try model.initialize(seed: 1)
    let tokens = Tensor([3, 1, 4, 1, 5, 9] as [Int32], shape: [1, 6])
    let whole = try model(tokens).scalars(as: Float.self)
    let start = try model(tokens.sliced(axis: 1, 0..<4)).scalars(as: Float.self)
    #expect(start.count == 4 * 11)
    for (a, b) in zip(start, whole) { #expect((a - b).magnitude < 1e-5) }
  }

  @Test func `a transformer's sizes can be changed, other workloads have their own`() throws {
    var size = try #require(Workload.named("gpt-tiny")?.size)
    #expect(Workload.named("cnn-mnist")?.size == nil)
    (size.depth, size.width, size.batch) = (1, 16, 2)
    let small = try Workload.transformer("small", size).plan()
    let large = try #require(Workload.named("gpt-tiny")).plan()
    #expect(small.memory.total < large.memory.total / 8)
    #expect(small.plan.kernelCount < large.plan.kernelCount)
  }

  /// What the blocks store, they store at the same places, so a deeper network compiles no more kernels.
  @Test func `blocks of a deep transformer run the same kernels`() throws {
    func kernels(depth: Int) throws -> Int {
      var size = try #require(Workload.named("gpt-tiny")?.size)
      (size.depth, size.batch) = (depth, 4)
      return try Workload.transformer("deep", size).plan().plan.printedKernels().components(
        separatedBy: "; kernel of step"
      ).count
    }
    #expect(try kernels(depth: 4) == kernels(depth: 7))
  }
}

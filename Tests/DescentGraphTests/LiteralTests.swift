import DescentGraph
import TestSupport
import Testing

/// Numbers of Swift beside tensors of integers: what the dtype cannot hold would be another number, and is refused.
@Suite struct LiteralTests {
  private static let integers: [DType] = [.uint8, .int32, .int64]

  @Test func `numbers that an integer holds are taken`() {
    for dtype in Self.integers {
      let x = Tensor.ones([2], dtype: dtype)
      #expect(evaluated((x * 3 + 2).cast(to: .float32)) == [5, 5])
      #expect(evaluated((x .< 2).cast(to: .float32)) == [1, 1])
    }
    #expect(evaluated((Tensor([Int32(7)]) - 9).cast(to: .float32)) == [-2])
  }

  @Test func `numbers that it does not hold are refused`() async throws {
    func message(_ result: ExitTest.Result?) throws -> String {
      String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    }
    let times = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([Int32(1), 2]) * 0.5
    }
    #expect(
      try message(times).contains("0.5 with a tensor i32[2]: it is no i32; cast the tensor to a float type first"))
    let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([UInt8(1)]) + 256
    }
    #expect(try message(range).contains("256.0 with a tensor u8[1]"))
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = maximum(Tensor([UInt8(1)]), -1)
    }
    #expect(try message(negative).contains("-1.0 with a tensor u8[1]"))
    let comparison = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([Int64(1)]) .< 2.5
    }
    #expect(try message(comparison).contains("2.5 with a tensor i64[1]"))
    let nan = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Double.nan / Tensor([Int32(1)])
    }
    #expect(try message(nan).contains("nan with a tensor i32[1]"))
    let mean = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([Int32(4), 8]).mean()
    }
    #expect(
      try message(mean).contains("mean of i32[2]: integers cannot hold a mean; cast the tensor to a float type first"))
  }

  @Test func `log-sum-exp of infinities`() {
    let rows = Tensor([-.infinity, -.infinity, .infinity, 1, -.infinity, 2, 1000, 1000] as [Double], shape: [4, 2])
    let found = evaluated(logSumExp(rows))
    #expect(found[0] == -.infinity && found[1] == .infinity && found[2] == 2)
    #expect(abs(found[3] - 1000.6931471805599) < 1e-12)
  }
}

import DescentGraph
import DescentRuntime
import Testing

/// What people see of a tensor.
@Suite struct PrintingTests {
  @Test func `data, scalars and what is not computed yet`() {
    let x = Tensor([1, 2, 3] as [Float])
    #expect("\(x)" == "f32[3] [1.0, 2.0, 3.0]")
    #expect("\(x.sum())" == "f32[] 6.0")
    #expect("\(x .> 2)" == "bool[3] [false, false, true]")
    #expect("\(Tensor([1, 2, 3, 4] as [Int64], shape: [2, 2]))" == "i64[2, 2] [[1, 2], [3, 4]]")
    #expect("\(Tensor(0.5))" == "f64[] 0.5")
    #expect("\(Tensor.ones([2, 3]))" == "f32[2, 3] of 1.0")
    #expect("\(x.cast(to: .bfloat16))" == "bf16[3] [1.0, 2.0, 3.0]")
    #expect("\(Tensor.zeros([0, 2]) + 1)" == "f32[0, 2] []")
    #expect("\(Tensor([.nan, -.infinity] as [Double]))" == "f64[2] [nan, -inf]")
    #expect("\([x])" == "[f32[3] [1.0, 2.0, 3.0]]")
  }

  @Test func `many elements are elided`() {
    let text = "\(Tensor((0..<1000).map { Int32($0) }, shape: [10, 100]))"
    #expect(text.hasPrefix("i32[10, 100] [[0, 1, 2, …, 97, 98, 99],\n [100, "))
    #expect(text.hasSuffix("[900, 901, 902, …, 997, 998, 999]]") && text.count < 400)
  }

  @Test func `while a function is traced`() throws {
    final class Seen: @unchecked Sendable { var texts: [String] = [] }
    let seen = Seen()
    let known = Tensor([1, 2] as [Float])
    let double = compile { (x: Tensor) in
      seen.texts = ["\(x * 2)", "\(known)", "\(known + 1)", "\(x)"]
      return x * 2
    }
    _ = try double(known)
    #expect(
      seen.texts == [
        "f32[2] (traced: multiply)", "f32[2] [1.0, 2.0]", "f32[2] (traced: add)", "f32[2] (traced: input)",
      ])
  }

  @Test func `a traced tensor outside of its function`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      final class Kept: @unchecked Sendable { var tensor: Tensor? }
      let kept = Kept()
      let f = compile { (x: Tensor) in
        kept.tensor = x * 2
        return x
      }
      _ = try f(.ones([3]))
      print(kept.tensor!)
      _ = try kept.tensor!.scalars(as: Float.self)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      message.contains(
        "this tensor f32[3] (multiply) belongs to a compiled function and has no value outside; return it from the function"
      ),
      "\(message)")
  }

  @Test func `variables`() {
    #expect("\(Variable(shape: [2, 3], name: "w"))" == "w f32[2, 3]")
    #expect("\(Variable(shape: [], dtype: .int64))" == "i64[]")
  }
}

/// Functions of any number of tensors.
@Suite struct CompileTests {
  @Test func `none, one, three and seven arguments`() throws {
    let none = compile { () in Tensor(2.0) * 3 }
    #expect(try none().scalar() == 6)
    let three = compile { (a: Tensor, b: Tensor, c: Tensor) in a * b + c }
    #expect(try three(Tensor(2.0), Tensor(3.0), Tensor(4.0)).scalar() == 10)
    let seven = compile { (a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor, f: Tensor, g: Tensor) in
      let first = a + 10 * b + 100 * c
      let second = d + 10 * e + 100 * f
      return first + 1000 * second + g
    }
    let digits = (1...7).map { Tensor(Double($0)) }
    #expect(
      try seven(digits[0], digits[1], digits[2], digits[3], digits[4], digits[5], digits[6]).scalar() == 654_328)
  }

  @Test func `functions that have a name`() throws {
    let double: @Sendable (Tensor) -> Tensor = { $0 * 2 }
    let add: @Sendable (Tensor, Tensor) -> Tensor = { $0 + $1 }
    #expect(try compile(double)(Tensor(2.0)).scalar() == 4)
    #expect(try compile(add)(Tensor(2.0), Tensor(3.0)).scalar() == 5)
  }

  @Test func `several results, and none`() throws {
    let both = compile { (x: Tensor) in (x.sum(), x.max()) }
    let (sum, greatest) = try both(Tensor([1, 2, 4] as [Float]))
    #expect(try sum.scalar() == 7 && greatest.scalar() == 4)
    let counter = Variable(shape: [], dtype: .int64, name: "counter")
    let count = compile { () in counter.value = counter.value + 1 }
    for _ in 0..<3 { try count() }
    #expect(counter.storage.integer(at: 0) == 3)
  }
}

/// Gradients without a compiled function.
@Suite struct EagerGradientTests {
  @Test func `the gradient by a variable's value is that of what the loss has read`() throws {
    let w = Variable(Storage([Float(3), -1], shape: [2]), name: "w")
    let loss = (w.value * w.value).sum()
    #expect(try gradients(of: loss, withRespectTo: [w.value])[0].scalars(as: Float.self) == [6, -2])
    // After a change it is another value, and what was read before stays what it was.
    let before = w.value
    w.assign(Storage([Float(5), 0], shape: [2]))
    #expect(try w.value.scalars(as: Float.self) == [5, 0] && before.scalars(as: Float.self) == [3, -1])
    let next = (w.value * w.value).sum()
    #expect(try gradients(of: next, withRespectTo: [w.value])[0].scalars(as: Float.self) == [10, 0])
  }
}

import DescentRuntime
import DescentGraph
import Testing

@Suite struct PrinterTests {
  @Test func `a small training step`() {
    let weight = Variable(shape: [3, 2], name: "weight")
    let program = Trace.record(arguments: [("x", [4, 3], .float32)]) { x in
      let y = relu(matmul(x[0], weight.value) + 0.5)
      weight.value = weight.value * 0.99
      return [y.sum(axes: [0]), y.argmax()]
    }
    #expect(
      program.printed() == """
        %x = input : f32[4, 3]
        %weight = input : f32[3, 2]
        %0 = dot(%x, %weight) contracting [1]×[0] : f32[4, 2]
        %1 = add(%0, 0.5) : f32[4, 2]
        %2 = relu(%1) : f32[4, 2]
        %3 = reduce.sum(%2) axes [0] : f32[2]
        %4 = argmax(%2) axis 1 : i32[4]
        %5 = multiply(%weight, 0.9900000095367432) : f32[3, 2]
        result %3 : f32[2]
        result %4 : i32[4]
        update weight = %5 : f32[3, 2]
        """)
  }

  @Test func `attributes are printed`() {
    let program = traced([([2, 3], .float32)]) { x in
      [
        x[0].transposed.sliced(starts: [0, 1], limits: [3, 2], strides: [2, 1]),
        x[0].padded(low: [1, 0], high: [0, 1], value: -2),
      ]
    }
    #expect(
      program.printed() == """
        %x0 = input : f32[2, 3]
        %0 = transpose(%x0) [1, 0] : f32[3, 2]
        %1 = slice(%0) [0, 1]..<[3, 2] by [2, 1] : f32[2, 1]
        %2 = pad(%x0, -2) low [1, 0] high [0, 1] interior [0, 0] : f32[3, 4]
        result %1 : f32[2, 1]
        result %2 : f32[3, 4]
        """)
  }

  @Test func `a loop's body stands below its first result`() {
    let program = traced([([4, 2], .float32), ([2], .float32)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]], reversed: true) { c, e in ([c[0] + e[0]], [c[0] * 2]) }
      return carries + outputs
    }
    #expect(
      Simplifier.simplify(program).printed() == """
        %x1 = input : f32[2]
        %x0 = input : f32[4, 2]
        %0 = scan(%x1, %x0) result 0 of 2 : f32[2]
          body, last step first:
            %carry0 = input : f32[2]
            %element0 = input : f32[2]
            %1 = add(%carry0, %element0) : f32[2]
            %2 = multiply(%carry0, 2) : f32[2]
            carry %1 : f32[2]
            result %2 : f32[2]
        %3 = scan(%x1, %x0) result 1 of 2 : f32[4, 2]
        result %0 : f32[2]
        result %3 : f32[4, 2]
        """)
  }
}

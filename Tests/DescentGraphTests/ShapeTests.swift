import DescentGraph
import Testing

@Suite struct ShapeTests {
  @Test func `counts, strides and text`() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.rank == 3 && shape.elementCount == 24 && !shape.isScalar)
    #expect(shape.strides == [12, 4, 1])
    #expect(shape.description == "[2, 3, 4]")
    let scalar = Shape([])
    #expect(scalar.isScalar && scalar.elementCount == 1 && scalar.strides == [] && scalar.description == "[]")
    #expect(Shape([3, 0, 2]).elementCount == 0)
  }

  @Test func `axes are removed, kept and replaced`() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.removing(axes: [0, 2]) == [3])
    #expect(shape.removing(axes: []) == shape)
    #expect(shape.keeping(axes: [0, 2]) == [1, 3, 1])
    #expect(shape.replacing(axis: 1, with: 7) == [2, 7, 4])
  }

  @Test(
    arguments: [
      ([2, 3], [3], [2, 3]), ([2, 1], [1, 5], [2, 5]), ([], [4], [4]), ([1], [], [1]), ([0, 1], [3], [0, 3]),
      ([1], [0], [0]), ([2, 3], [2, 1], [2, 3]), ([2, 3], [2], nil), ([2], [3], nil), ([0], [2], nil),
    ] as [([Int], [Int], [Int]?)])
  func `broadcasting follows NumPy's rule both ways round`(a: [Int], b: [Int], expected: [Int]?) {
    #expect(Shape.broadcasting(Shape(a), Shape(b)) == expected.map { Shape($0) })
    #expect(Shape.broadcasting(Shape(b), Shape(a)) == expected.map { Shape($0) })
  }

  @Test func `operations infer their result's type`() {
    let x = Tensor.zeros([2, 3, 4])
    let i = Tensor.zeros([5, 6], dtype: .int32)
    #expect(x.sum(axes: [-1], keepingAxes: true).shape == [2, 3, 1])
    #expect(x.argmax(axis: 1).shape == [2, 4] && x.argmax().dtype == .int32)
    #expect(x.transposed([2, 0, 1]).shape == [4, 2, 3])
    #expect(x.reshaped([-1, 6]).shape == [4, 6])
    #expect(x.sliced(starts: [0, 1, 0], limits: [2, 3, 4], strides: [1, 2, 3]).shape == [2, 1, 2])
    #expect(x.padded(low: [1, 0, 0], high: [0, 2, 0], interior: [0, 0, 2]).shape == [3, 5, 10])
    #expect(concatenate([x, x.sliced(axis: 1, 0..<1)], axis: -2).shape == [2, 4, 4])
    #expect(x.gathering(i, axis: 1).shape == [2, 5, 6, 4])
    #expect(x.expanded(axis: -1).shape == [2, 3, 4, 1] && x.expanded(axis: 0).shape == [1, 2, 3, 4])
    #expect(i.oneHot(7).shape == [5, 6, 7] && i.oneHot(7).dtype == .float32)
    #expect((x .> 0.0).dtype == .bool)
    #expect(matmul(x, Tensor.zeros([4, 9])).shape == [2, 3, 9])
    #expect(matmul(Tensor.zeros([7, 1, 2, 3]), x.sliced(axis: 2, 0..<4)).shape == [7, 2, 2, 4])
  }

  @Test func `a literal takes the tensor's dtype`() {
    for dtype in DType.allCases where dtype.isFloat {
      let x = Tensor.zeros([2], dtype: dtype)
      #expect((x + 1).dtype == dtype && (2 * x).dtype == dtype && (x * Tensor(0.5)).dtype == dtype)
    }
    #expect((Tensor(0.5) + Tensor(1, dtype: .float32)).dtype == .float32)
    #expect((Tensor.zeros([2], dtype: .int32) + 3).dtype == .int32)
  }
}

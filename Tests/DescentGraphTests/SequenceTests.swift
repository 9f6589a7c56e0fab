import DescentGraph
import Testing

/// Order, running sums, triangles and Einstein's sums, on values worked out by hand.
@Suite struct SequenceTests {
  static let nan = Double.nan

  @Test func `argsort is stable in both directions, and NaN counts as greatest`() {
    let x = Tensor([2.0, Self.nan, -1, 2, 0, -0.0, .infinity, Self.nan])
    #expect(integers(x.argsorted()) == [2, 4, 5, 0, 3, 6, 1, 7])
    #expect(integers(x.argsorted(descending: true)) == [1, 7, 6, 0, 3, 4, 5, 2])
    let rows = Tensor([Int32(3), 1, 2, 1, 5, 1], shape: [2, 3])
    #expect(integers(rows.argsorted()) == [1, 2, 0, 0, 2, 1])
    #expect(integers(rows.argsorted(axis: 0)) == [1, 0, 1, 0, 1, 0])
    #expect(rows.argsorted().dtype == .int32)
  }

  @Test func `sorted and the k greatest`() {
    let x = Tensor([3.0, 1, 2, 7, 9, 8], shape: [2, 3])
    #expect(evaluated(x.sorted()) == [1, 2, 3, 7, 8, 9])
    #expect(evaluated(x.sorted(axis: 0, descending: true)) == [7, 9, 8, 3, 1, 2])
    let (values, indices) = x.topK(2)
    #expect(evaluated(values) == [3, 2, 9, 8])
    #expect(integers(indices) == [0, 2, 1, 2])
    #expect(x.topK(0).values.shape == [2, 0])
    // The two greatest of each column: all there are.
    #expect(evaluated(x.topK(2, axis: 0).values) == [7, 9, 8, 3, 1, 2])
  }

  @Test func `cumulative sums forwards, backwards and without the element itself`() {
    let x = Tensor([1.0, 2, 3, 10, 20, 30], shape: [2, 3])
    #expect(evaluated(x.cumulativeSum()) == [1, 3, 6, 10, 30, 60])
    #expect(evaluated(x.cumulativeSum(axis: 0)) == [1, 2, 3, 11, 22, 33])
    #expect(evaluated(x.cumulativeSum(reversed: true)) == [6, 5, 3, 60, 50, 30])
    #expect(evaluated(x.cumulativeSum(exclusive: true)) == [0, 1, 3, 0, 10, 30])
    #expect(evaluated(x.cumulativeSum(reversed: true, exclusive: true)) == [5, 3, 0, 50, 30, 0])
    #expect(integers(Tensor([UInt8(200), 100, 1]).cumulativeSum()) == [200, 44, 45])
    #expect(Tensor.zeros([2, 0]).cumulativeSum(exclusive: true).shape == [2, 0])
  }

  @Test func `elements are taken along an axis, and indices outside are clamped`() {
    let x = Tensor([0.0, 1, 2, 3, 4, 5], shape: [2, 3])
    #expect(evaluated(x.takingAlong(Tensor([Int32(2), 0, 1, 1], shape: [2, 2]))) == [2, 0, 4, 4])
    #expect(evaluated(x.takingAlong(Tensor([Int64(1), 0, -7], shape: [1, 3]), axis: 0)) == [3, 1, 2])
    #expect(x.takingAlong(.zeros([2, 0], dtype: .int32)).shape == [2, 0])
  }

  @Test func `triangles and their masks`() {
    let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(evaluated(x.lowerTriangle()) == [1, 0, 0, 4, 5, 0])
    #expect(evaluated(x.lowerTriangle(diagonal: 1)) == [1, 2, 0, 4, 5, 6])
    #expect(evaluated(x.upperTriangle()) == [1, 2, 3, 0, 5, 6])
    #expect(evaluated(x.upperTriangle(diagonal: -1)) == [1, 2, 3, 4, 5, 6])
    #expect(integers(Tensor.triangularMask(rows: 2, columns: 2, diagonal: -1)) == [0, 0, 1, 0])
  }

  @Test func `Einstein's sums`() {
    let a = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    let b = Tensor([1.0, 0, -1, 2, 1, 1], shape: [3, 2])
    let s = Tensor([1.0, 2, 3, 4], shape: [2, 2])
    #expect(evaluated(einsum("ij,jk->ik", a, b)) == [2, 7, 5, 16])
    #expect(evaluated(einsum("ij,jk", a, b)) == [2, 7, 5, 16])
    #expect(evaluated(einsum("ij, jk -> ki", a, b)) == [2, 5, 7, 16])
    #expect(evaluated(einsum("ij->ji", a)) == [1, 4, 2, 5, 3, 6])
    #expect(evaluated(einsum("ba", a)) == [1, 4, 2, 5, 3, 6])
    #expect(evaluated(einsum("ij->j", a)) == [5, 7, 9])
    #expect(evaluated(einsum("ii->i", s)) == [1, 4])
    #expect(evaluated(einsum("ii", s)) == [5])
    #expect(evaluated(einsum("i,j->ij", Tensor([1.0, 2]), Tensor([3.0, 5]))) == [3, 5, 6, 10])
    #expect(evaluated(einsum("ij,ij->", a, a)) == [91])
    // diag(s)·a, then summed over its rows.
    #expect(evaluated(einsum("ii,ij->j", s, a)) == [17, 22, 27])
    // A label that only the second operand has, and three operands.
    #expect(evaluated(einsum("i,ij->i", Tensor([1.0, 10]), a)) == [6, 150])
    #expect(evaluated(einsum("i,ij,j->", Tensor([1.0, -1]), a, Tensor([1.0, 0, 2]))) == [-9])
    let cube = Tensor((0..<27).map(Double.init), shape: [3, 3, 3])
    #expect(evaluated(einsum("iii->i", cube)) == [0, 13, 26])
  }

  @Test func `an ellipsis stands for the axes that letters leave over`() {
    let x = Tensor((0..<8).map(Double.init), shape: [2, 2, 2])
    let row = Tensor([1.0, 10], shape: [1, 2])
    #expect(evaluated(einsum("...ij->...ji", x)) == [0, 2, 1, 3, 4, 6, 5, 7])
    #expect(evaluated(einsum("...i,...i->...", x, row)) == [10, 32, 54, 76])
    #expect(evaluated(einsum("...i,...i", x, row)) == [10, 32, 54, 76])
    #expect(evaluated(einsum("i...->...", x)) == [4, 6, 8, 10])
    #expect(evaluated(einsum("...i->i", x)) == [12, 16])
  }
}

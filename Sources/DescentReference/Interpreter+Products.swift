import DescentGraph
import RealModule

extension Interpreter {
  /// Result[batch, i, j] = Σ over k of a[batch, i, k] · b[batch, j, k], where i runs over `a`'s free axes, j over `b`'s
  /// and k over the contracting axes in the order `axes` names them, the last one fastest. Integers wrap.
  func dot(_ axes: DotAxes, _ a: Value, _ b: Value, _ shape: Shape) -> Value {
    let lhsFree = axes.lhsFree(rank: a.shape.rank)
    let rhsFree = axes.rhsFree(rank: b.shape.rank)
    let batch = axes.lhsBatch.count
    let contracted = Shape(axes.lhsContracting.map { a.shape[$0] })

    /// Calls `body` with the offsets into `a` and `b` of every pair that element `index` of the result adds up.
    func forEachPair(_ index: [Int], _ body: (Int, Int) -> Void) {
      var i = [Int](repeating: 0, count: a.shape.rank)
      var j = [Int](repeating: 0, count: b.shape.rank)
      for n in 0..<batch { (i[axes.lhsBatch[n]], j[axes.rhsBatch[n]]) = (index[n], index[n]) }
      for (n, axis) in lhsFree.enumerated() { i[axis] = index[batch + n] }
      for (n, axis) in rhsFree.enumerated() { j[axis] = index[batch + lhsFree.count + n] }
      contracted.forEachIndex { k in
        for n in k.indices { (i[axes.lhsContracting[n]], j[axes.rhsContracting[n]]) = (k[n], k[n]) }
        body(a.shape.offset(of: i), b.shape.offset(of: j))
      }
    }

    switch a.elements {
    case .floats(let left):
      let right = b.floats
      var result: [Scalar] = []
      shape.forEachIndex { index in
        var sum: Scalar = 0
        forEachPair(index) { sum += left[$0] * right[$1] }
        result.append(sum)
      }
      return Value(floats: result, shape: shape, dtype: a.dtype)
    case .integers(let left):
      let right = b.integers
      var result: [Int] = []
      shape.forEachIndex { index in
        var sum = 0
        forEachPair(index) { sum = a.dtype.wrapping(sum &+ left[$0] &* right[$1]) }
        result.append(sum)
      }
      return Value(integers: result, shape: shape, dtype: a.dtype)
    }
  }
}

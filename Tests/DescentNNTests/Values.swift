import DescentRuntime
import DescentGraph

extension Tensor {
  /// The elements as `Double`s, computed by the engine.
  func values() throws -> [Double] {
    let storage = try storage()
    return (0..<shape.elementCount).map { storage.double(at: $0) }
  }
}

extension Variable {
  /// The elements as `Double`s.
  var values: [Double] { (0..<shape.elementCount).map { storage.double(at: $0) } }
}

/// The greatest of |found − expected| / max(|expected|, scale); NaN counts as infinitely wrong.
func relativeError(_ found: [Double], _ expected: [Double], scale: Double = 1e-3) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { a, b in
    if a == b { return 0 }
    let error = (a - b).magnitude / max(b.magnitude, scale)
    return error.isNaN ? .infinity : error
  }.max() ?? 0
}

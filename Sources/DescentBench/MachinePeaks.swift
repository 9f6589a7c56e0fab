import DescentCPU
import DescentRuntime
import DescentGraph

/// What this machine reaches at best, measured with the engine itself: what kernels' speeds are held against.
package struct MachinePeaks: Sendable {
  /// 10⁹ operations a second of a float32 matrix product of 2048 × 2048 matrices.
  package let gigaflops: Double
  /// 10⁹ bytes a second, read and written, of the triad a = b + s·c over 16 million floats (McCalpin's STREAM).
  package let gigabytesPerSecond: Double

  /// Measures both, each the best of several runs; takes about a second.
  ///
  /// - Throws: `EngineError` when an engine library is missing.
  package static func measured() throws -> MachinePeaks {
    let (product, triad) = (try Yardstick.product(), try Yardstick.triad())
    return MachinePeaks(
      gigaflops: Double(product.cost.operations) / product.bestSeconds(runs: 10) / 1e9,
      gigabytesPerSecond: Double(triad.cost.bytes) / triad.bestSeconds(runs: 12) / 1e9)
  }
}

/// A kernel of known cost that other kernels' speeds are held against.
struct Yardstick {
  private let executable: Executable
  var cost: Cost { executable.plan.cost }

  /// A product of two matrices of 2048 × 2048.
  static func product() throws -> Yardstick {
    try Yardstick([[2048, 2048], [2048, 2048]]) { [matmul($0[0], $0[1])] }
  }

  /// The triad over 16 million floats.
  static func triad() throws -> Yardstick { try Yardstick([[1 << 24], [1 << 24]]) { [$0[0] + 3 * $0[1]] } }

  /// BLAS's axpy y ← y + s·x over as many: in place, as updates are. A triad's result is an array of its own, whose lines
  /// processors fetch before they write them, though nobody counts that.
  static func axpy() throws -> Yardstick {
    let y = Variable(shape: [1 << 24], name: "y")
    return try Yardstick([[1 << 24]]) { x in
      y.value = y.value + 1e-3 * x[0]
      return []
    }
  }

  /// - Parameter body: what is computed of tensors of ones. It is run once here, which touches new memory.
  private init(_ shapes: [Shape], _ body: @escaping @Sendable ([Tensor]) -> [Tensor]) throws {
    executable = try compile(body).executable(shapes: shapes, dtypes: shapes.map { _ in .float32 })
    for argument in executable.arguments {
      argument.pointer.assumingMemoryBound(to: Float.self).update(repeating: 1, count: argument.shape.elementCount)
    }
    executable.run()
  }

  /// 10⁹ bytes a second of one run.
  func gigabytesPerSecond() -> Double { Double(cost.bytes) / seconds() / 1e9 }

  func seconds() -> Double { ContinuousClock().measure { executable.run() } / .seconds(1) }

  func bestSeconds(runs: Int) -> Double { (0..<runs).map { _ in seconds() }.min()! }
}

import DescentEngine
import DescentGraph

/// What this machine reaches at best, measured with the engine itself: what kernels' speeds are held against.
public struct MachinePeaks: Sendable {
  /// 10⁹ operations a second of a float32 matrix product of 2048 × 2048 matrices.
  public let gigaflops: Double
  /// 10⁹ bytes a second, read and written, of the triad a = b + s·c over 16 million floats (McCalpin's STREAM).
  public let gigabytesPerSecond: Double

  /// Measures both, each the best of several runs; takes about a second.
  ///
  /// - Throws: `EngineError` when an engine library is missing.
  public static func measured() throws -> MachinePeaks {
    let (width, length) = (2048, 1 << 24)
    let product = try bestSeconds(runs: 10, [width, width]) { matmul($0, $1) }
    let triad = try bestSeconds(runs: 12, [length]) { $0 + 3 * $1 }
    return MachinePeaks(
      gigaflops: 2 * Double(width * width * width) / product / 1e9,
      gigabytesPerSecond: Double(3 * 4 * length) / triad / 1e9)
  }

  /// The shortest time that `body` took on two tensors of ones; the first run, which touches new memory, does not count.
  private static func bestSeconds(
    runs: Int, _ shape: Shape, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) throws -> Double {
    let function = compile { [body($0[0], $0[1])] }
    let executable = try function.executable(shapes: [shape, shape], dtypes: [.float32, .float32])
    for argument in executable.arguments {
      argument.pointer.assumingMemoryBound(to: Float.self).update(repeating: 1, count: shape.elementCount)
    }
    executable.run()
    let clock = ContinuousClock()
    return (0..<runs).map { _ in clock.measure { executable.run() }.inSeconds }.min()!
  }
}

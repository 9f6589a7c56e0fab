/// What a compiled program may trade for speed.
public enum Precision: Sendable {
  /// Convolutions may use Winograd's algorithm, whose float32 results differ from a direct sum's in the last few bits:
  /// by at most 4·10⁻⁶ of the largest result for 3×3 windows.
  case fast
  /// Sums of products as they are defined, in some order.
  case strict
}

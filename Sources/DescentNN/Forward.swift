import DescentGraph

/// How models run while they are called: for training (dropout active, batch statistics) or for evaluation.
///
/// `@unchecked Sendable`: task-local, used by the one task that traces.
public final class Forward: @unchecked Sendable {
  @TaskLocal static var current: Forward?

  private let key: RandomKey
  private var draws = 0

  private init(key: RandomKey) { self.key = key }

  /// Calls `body` with layers in training mode; `key` is where their random numbers come from.
  public static func training<Result>(key: RandomKey, _ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(Forward(key: key), operation: body)
  }

  /// Whether layers run in training mode.
  static var isTraining: Bool { current != nil }

  /// A new key for each layer that asks; nil while evaluating.
  static func nextKey() -> RandomKey? {
    guard let forward = current else { return nil }
    defer { forward.draws += 1 }
    return forward.key.folding(in: forward.draws)
  }
}

import DescentGraph
import DescentRuntime
import Synchronization

/// How models run while they are called: for training (dropout active, batch statistics) or for evaluation.
///
/// Without a word layers run for evaluation, and a training step in which one does is refused: it trained another network
/// than was meant.
///
/// `@unchecked Sendable`: task-local, used by the one task that traces.
public final class Forward: @unchecked Sendable {
  private enum Mode {
    case training(Forward)
    case evaluation
  }
  @TaskLocal private static var mode: Mode?

  private let start: RandomKey
  private var draws = 0

  private init(key: RandomKey) { start = key }

  /// Calls `body` with layers in training mode; `key` is where their random numbers come from.
  ///
  /// Each run of a compiled function draws anew: into a constant key the number of the run is folded. A key that depends on
  /// the step is taken as it is; with it, a run that goes on from a checkpoint draws what it would have drawn:
  ///
  /// ```swift
  /// Forward.training(key: key.folding(in: updater.stepCount.value)) { model(x) }
  /// ```
  public static func training<Result>(key: RandomKey, _ body: () throws -> Result) rethrows -> Result {
    try $mode.withValue(.training(Forward(key: key)), operation: body)
  }

  /// The key with the number of the run, where it is a constant of a function that is being traced.
  private static func anew(_ key: RandomKey) -> RandomKey {
    guard let trace = Trace.current, !key.bits.node.isTraced else { return key }
    let runs = trace.feed("run", key: "Forward.run") { [count = Atomic(0)] in
      Double(count.add(1, ordering: .relaxed).newValue)
    }
    return key.folding(in: runs.cast(to: .int64))
  }

  /// Calls `body` with layers in evaluation mode on purpose: a frozen part of a network within a training step, a teacher.
  public static func evaluation<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $mode.withValue(.evaluation, operation: body)
  }

  /// Whether layers run in training mode.
  public static var isTraining: Bool { if case .training = mode { true } else { false } }

  /// A key for what a layer of one's own draws while training, another one each time it is asked for. Traps outside training
  /// mode, where nothing is to be drawn.
  ///
  /// - Parameter label: what it is for, to tell a layer's draws apart.
  public static func key(_ label: String = "") -> RandomKey {
    guard let key = nextKey() else {
      fatalError(
        "Forward.key(\"\(label)\"): layers draw nothing outside of Forward.training(key:); ask isTraining first")
    }
    return label.isEmpty ? key : key.folding(in: label)
  }

  /// A new key for each layer that asks; nil while evaluating.
  static func nextKey() -> RandomKey? {
    guard case .training(let forward) = mode else { return nil }
    defer { forward.draws += 1 }
    return anew(forward.start).folding(in: forward.draws)
  }

  /// Says that a layer that has two modes runs for evaluation, if nobody has asked for that.
  static func noteEvaluation(of layer: String) {
    if mode == nil { Trace.current?.noteEvaluation(of: layer) }
  }
}

import Dispatch
import Foundation
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM as a question that a run asks between its steps.
///
/// The first signal asks the run to end with what it has, the second ends the process at once. The signals are
/// received by Dispatch, so that no code runs inside a signal handler.
final class Interruption {
  /// The exit code of a run that was interrupted: 128 + SIGINT, as shells have it.
  static let exitCode: Int32 = 130

  private final class Flag: Sendable {
    let count = Atomic(0)
  }

  private let flag = Flag()
  private var sources: [any DispatchSourceSignal] = []

  init() {
    let queue = DispatchQueue(label: "descent.interruption")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [flag] in
        guard flag.count.add(1, ordering: .relaxed).oldValue == 0 else { _exit(Interruption.exitCode) }
        if StandardError.isTerminal { StandardError.write("\nstopping; press Ctrl-C again to quit at once\n") }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Whether a signal has arrived.
  var isRequested: Bool { flag.count.load(ordering: .relaxed) > 0 }
}

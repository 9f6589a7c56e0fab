import Dispatch
import Foundation
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM as a question that a run asks between its steps.
///
/// The first signal asks the run to end with what it has, the second ends the process at once. Before the run has begun
/// there is nothing to end with: while data are read and steps are planned, the first one ends the process. The signals are
/// received by Dispatch, so that no code runs inside a signal handler. Until it listens a signal ends the process or, where
/// the parent process has blocked it, waits; ignoring it meanwhile would throw that one away.
final class Interruption {
  /// The exit code of a run that was interrupted: 128 + SIGINT, as shells have it.
  static let exitCode: Int32 = 130

  private final class Flag: Sendable {
    let count = Atomic(0)
    /// Whether the run has asked at least once.
    let isAskedFor = Atomic(false)
  }

  private let flag = Flag()
  private var sources: [any DispatchSourceSignal] = []

  init() {
    let queue = DispatchQueue(label: "descent.interruption")
    for number in [SIGINT, SIGTERM] {
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [flag] in
        guard flag.isAskedFor.load(ordering: .relaxed) else { _exit(128 + number) }
        guard flag.count.add(1, ordering: .relaxed).oldValue == 0 else { _exit(Interruption.exitCode) }
        if StandardError.isTerminal { StandardError.write("\nstopping; press Ctrl-C again to quit at once\n") }
      }
      #if canImport(Darwin)
        // Here Dispatch only watches. On Linux it takes the signal itself, and this would take it away again.
        source.setRegistrationHandler { signal(number, SIG_IGN) }
      #endif
      source.resume()
      sources.append(source)
    }
  }

  /// Whether a signal has arrived. Who asks says that the run has begun.
  var isRequested: Bool {
    flag.isAskedFor.store(true, ordering: .relaxed)
    return flag.count.load(ordering: .relaxed) > 0
  }
}

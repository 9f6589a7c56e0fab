import Foundation

/// How far a run is, on stderr: lines for what is done and, where a person watches, a bar that is drawn anew.
final class Progress {
  enum Style {
    /// A bar below the lines.
    case live
    /// Lines only.
    case lines
    case silent
  }

  let style: Style
  private var lastDraw: ContinuousClock.Instant?
  private var isBarShown = false
  private let start = ContinuousClock.now

  /// - Parameters:
  ///   - isForPrograms: whether stdout holds JSON; then nothing is written unless a person watches.
  init(quiet: Bool, isForPrograms: Bool) {
    style = quiet ? .silent : StandardError.isTerminal ? .live : isForPrograms ? .silent : .lines
  }

  /// Adds a line that stays.
  func line(_ text: @autoclosure () -> String) {
    guard style != .silent else { return }
    clear()
    StandardError.write(text() + "\n")
  }

  /// Draws the bar, at most 20 times a second.
  ///
  /// - Parameter label: what is being done; short, since the bar has one line of the terminal.
  func bar(done: Int, of total: Int, _ label: @autoclosure () -> String) {
    guard style == .live, total > 0 else { return }
    let now = ContinuousClock.now
    if let lastDraw, now - lastDraw < .milliseconds(50), done < total { return }
    lastDraw = now
    isBarShown = true
    let cells = 24
    let filled = min(cells, done * cells / total)
    let bar = String(repeating: "━", count: filled) + String(repeating: "·", count: cells - filled)
    StandardError.write("\r\u{1B}[K\(bar) \(done * 100 / total) %\(remaining(done, total))  \(label())")
  }

  /// Takes the bar away.
  func clear() {
    guard isBarShown else { return }
    StandardError.write("\r\u{1B}[K")
    isBarShown = false
  }

  /// The time that is left if it goes on as it has, once a second has shown how it goes.
  private func remaining(_ done: Int, _ total: Int) -> String {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    guard done > 0, done < total, elapsed > 1 else { return "" }
    let seconds = Int((elapsed / Double(done) * Double(total - done)).rounded(.up))
    return seconds < 60 ? "  \(seconds) s left" : "  \(seconds / 60) min \(seconds % 60) s left"
  }
}

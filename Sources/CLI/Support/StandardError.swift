import Foundation

/// The stream for progress and errors, so that stdout holds results alone.
enum StandardError {
  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Whether a person watches.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The terminal that results go to.
enum Terminal {
  /// Columns of the terminal on stdout; 100 where it is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }
}

#if canImport(Glibc)
  // `stdout` is a variable there, which nobody assigns.
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// `write` means a function of its own in the type below.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// The stream for progress and errors, so that stdout holds results alone.
enum StandardError {
  /// Nobody is left to tell when this fails.
  static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Whether a person watches.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The stream for results. What is printed counts only when it has arrived.
enum StandardOutput {
  /// What shells say of a process that wrote to a pipe without a reader: 128 + SIGPIPE.
  static let brokenPipeCode: Int32 = 141

  /// Makes failures to write errors instead of signals, and keeps files that are opened later from taking the place of a
  /// standard stream that was closed.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    while true {
      // Open for reading: what is written to a stream that was closed still fails.
      let descriptor = open("/dev/null", O_RDONLY)
      guard descriptor > STDERR_FILENO || descriptor < 0 else { continue }
      if descriptor >= 0 { close(descriptor) }
      return
    }
  }

  /// Ends the process with `code`, or with that of an error if results are missing.
  static func finish(_ code: Int32) -> Never {
    errno = 0
    let isComplete = fflush(nil) == 0 && ferror(stdout) == 0
    guard !isComplete else { exit(code) }
    let reason = errno
    guard reason != EPIPE else { _exit(code == 0 ? brokenPipeCode : code) }
    let text = reason == 0 ? "" : " (\(String(cString: strerror(reason))))"
    StandardError.write("error: the results could not be written to standard output\(text).\n")
    _exit(code == 0 ? 1 : code)
  }
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

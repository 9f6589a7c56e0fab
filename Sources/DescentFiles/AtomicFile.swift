#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are either whole or not there.
package enum AtomicFile {
  /// What kept a file from being written.
  package struct Failure: Error, Equatable, CustomStringConvertible {
    package let file: String
    package let reason: String
    package var description: String {
      "\(file): cannot be written (\(reason)). Check that its folder exists and that you may write there."
    }
  }

  /// Writes `bytes` beside `path`, makes them durable, and gives them their name: a reader, or a machine that loses
  /// power, sees the old file or the new one and never a part.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try check(path)
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var problem = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0 ? nil : failure(path)
    if close(descriptor) != 0, problem == nil { problem = failure(path) }
    if problem == nil, rename(temporary, path) != 0 { problem = failure(path) }
    if let problem {
      unlink(temporary)
      throw problem
    }
    // The name is an entry of the folder, which has to reach the disk as well.
    let folder = open(self.folder(of: path), O_RDONLY)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Whether a file could be written to `path`, found out without touching it: for asking before hours of work.
  package static func check(_ path: String) throws(Failure) {
    guard !path.isEmpty, path.last != "/", !isFolder(path) else {
      throw Failure(file: path.isEmpty ? "''" : path, reason: "the path names a folder")
    }
    let folder = folder(of: path)
    guard isFolder(folder) else { throw Failure(file: path, reason: "there is no folder '\(folder)'") }
    guard access(folder, W_OK) == 0 else { throw failure(path) }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(file: path, reason: String(cString: strerror(errno)))
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The call, which the function of the same name above would hide.
  private static func write(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, buffer, count)
    #else
      Darwin.write(descriptor, buffer, count)
    #endif
  }
}

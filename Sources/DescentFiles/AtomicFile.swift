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
  ///
  /// A file that is replaced keeps its mode; of a symbolic link the target is replaced and not the link. What is no
  /// regular file, such as a device or a pipe, is never replaced.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try check(path)
    let target = try target(of: path)
    var status = stat()
    let isThere = lstat(target, &status) == 0
    // Unpredictable and made anew, so that nobody can put a link in its place.
    let name = "\(folder(of: target))/.descent-\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
    let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    var problem: Failure?
    if isThere, fchmod(descriptor, status.st_mode & 0o7777) != 0 { problem = failure(path) }
    if problem == nil, !writeAll(bytes, to: descriptor) || fsync(descriptor) != 0 { problem = failure(path) }
    if close(descriptor) != 0, problem == nil { problem = failure(path) }
    if problem == nil, rename(name, target) != 0 { problem = failure(path) }
    if let problem {
      unlink(name)
      throw problem
    }
    // The name is an entry of the folder, which has to reach the disk as well.
    let folder = open(self.folder(of: target), O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Whether a file could be written to `path`, found out without touching it: for asking before hours of work.
  ///
  /// - Parameters:
  ///   - inputs: files that are read meanwhile, and so must not be replaced, whatever they are called here.
  package static func check(_ path: String, reading inputs: [String] = []) throws(Failure) {
    guard !path.isEmpty, path.last != "/", !isFolder(path) else {
      throw Failure(file: path.isEmpty ? "''" : path, reason: "the path names a folder")
    }
    let target = try target(of: path)
    let folder = folder(of: target)
    guard isFolder(folder) else { throw Failure(file: path, reason: "there is no folder '\(folder)'") }
    guard access(folder, W_OK) == 0 else { throw failure(path) }
    var status = stat()
    guard lstat(target, &status) == 0 else {
      guard errno == ENOENT else { throw failure(path) }
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(file: path, reason: "it is a device, a pipe or a socket, not a file")
    }
    for input in inputs {
      var other = stat()
      if stat(input, &other) == 0, other.st_dev == status.st_dev, other.st_ino == status.st_ino {
        throw Failure(file: path, reason: "it is the file '\(input)' that is read")
      }
    }
  }

  /// Where the symbolic links at `path` lead, whether or not there is a file.
  private static func target(of path: String) throws(Failure) -> String {
    var path = path
    let given = path
    for _ in 0..<40 {
      var text = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &text, text.count - 1)
      guard count >= 0 else {
        // EINVAL: no link; ENOENT: no file yet.
        guard errno == EINVAL || errno == ENOENT || errno == ENOTDIR else { throw failure(given) }
        return path
      }
      let link = String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      path = link.hasPrefix("/") ? link : "\(folder(of: path))/\(link)"
    }
    throw Failure(file: given, reason: String(cString: strerror(ELOOP)))
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

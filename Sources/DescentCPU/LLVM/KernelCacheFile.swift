#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file in the kernel cache's folder, and the few file operations that the cache needs.
///
/// They are plain system calls: the engine does not need Foundation, whose load alone would cost a short run more
/// than its kernels.
struct CacheFile {
  let name: String

  /// Bytes.
  let size: Int

  /// Nanoseconds since 1970; the modification time, which ``touch(_:)`` moves.
  let lastUse: Int

  /// The whole contents; nil when it cannot be read, is no regular file, or somebody else may have written it.
  static func read(_ path: String) -> [UInt8]? {
    // Neither a link is followed nor a pipe waited for.
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, isOurs(status, S_IFREG), status.st_size >= 0 else { return nil }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let base = buffer.baseAddress {
        let received = systemRead(descriptor, base + count, size - count)
        if received <= 0 { break }
        count += received
      }
    }
    return bytes.count == size ? bytes : nil
  }

  /// Makes a new file with these contents, for this user alone to write. False when that fails.
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let complete = bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count, let base = buffer.baseAddress {
        let sent = systemWrite(descriptor, base + offset, buffer.count - offset)
        if sent <= 0 { return false }
        offset += sent
      }
      return true
    }
    // Some file systems report a full disk only here.
    return close(descriptor) == 0 && complete
  }

  /// Whether it is of this kind and nobody but this user can have written to it.
  private static func isOurs(_ status: stat, _ kind: mode_t) -> Bool {
    status.st_mode & S_IFMT == kind && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }

  /// Why code in a folder must not be run; nil where it may be, or where there is no such folder yet.
  static func objection(to directory: String) -> String? {
    var status = stat()
    guard lstat(directory, &status) == 0 else { return nil }
    if isOurs(status, S_IFDIR) { return nil }
    if status.st_mode & S_IFMT == S_IFLNK { return "it is a symbolic link" }
    if status.st_mode & S_IFMT != S_IFDIR { return "it is not a folder" }
    return status.st_uid == geteuid() ? "others may write to it" : "it belongs to another user"
  }

  /// Sets the modification time to now, which marks the file as used.
  static func touch(_ path: String) {
    _ = utimensat(AT_FDCWD, path, nil, 0)
  }

  /// Makes a folder and those above it, readable by this user alone. False when it is not there afterwards.
  static func makeDirectory(_ path: String) -> Bool {
    if isDirectory(path) { return true }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      guard makeDirectory(String(path[..<slash])) else { return false }
    }
    return mkdir(path, 0o700) == 0 || isDirectory(path)
  }

  /// The regular files of a folder; none when it cannot be read.
  static func list(_ directory: String) -> [CacheFile] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var files: [CacheFile] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard lstat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      let nanoseconds = Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
      files.append(CacheFile(name: name, size: Int(status.st_size), lastUse: nanoseconds))
    }
    return files
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

// Inside the type above, `read` and `write` mean its own functions.
private func systemRead(_ descriptor: CInt, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

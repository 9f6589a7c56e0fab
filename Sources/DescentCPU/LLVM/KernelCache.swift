import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Object code of compiled kernels in a folder, so that a second run of a program compiles nothing.
///
/// An entry is one file. It is written aside and renamed, so that no reader sees a half of one, and carries a digest,
/// so that damage is seen. Several processes may share the folder. Nothing here is fatal: what cannot be read counts
/// as absent, what cannot be written is not stored. Code is run only if nobody but this user can have put it there.
///
/// | bytes | contents |
/// |---|---|
/// | 0–7 | `DESCKRN1` |
/// | 8–39 | key |
/// | 40–47 | length of the code, little-endian |
/// | 48–79 | SHA-256 of the code |
/// | 80– | the object file |
package final class KernelCache: Sendable {
  /// The folder with the entries; it is made when the first entry is stored.
  package let directory: String

  /// The bytes that all entries together may take. The least recently used ones go first.
  package let sizeLimit: Int

  /// The sum of the entries' sizes as far as this process knows, nil before the folder was first scanned.
  private let knownSize = Mutex<Int?>(nil)

  private static let magic = Array("DESCKRN1".utf8)
  private static let headerLength = 80
  private static let entrySuffix = ".kernel"
  private static let temporarySuffix = ".partial"

  /// - Parameters:
  ///   - directory: the folder, which need not exist.
  ///   - sizeLimit: bytes; 256 MiB by default.
  package init(directory: String, sizeLimit: Int = 256 << 20) {
    self.directory = directory
    self.sizeLimit = sizeLimit
  }

  /// The cache that the environment asks for.
  ///
  /// `DESCENT_CACHE` is a folder or `off`; without it the folder is `descent/kernels` in the user's cache folder
  /// (`$XDG_CACHE_HOME`, `~/.cache`, on macOS `~/Library/Caches`).
  ///
  /// - Returns: nil when it is switched off or no folder can be named.
  package static func standard(environment: [String: String]) -> KernelCache? {
    if let override = environment["DESCENT_CACHE"], !override.isEmpty {
      return override == "off" ? nil : KernelCache(directory: override)
    }
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return KernelCache(directory: "\(base)/descent/kernels")
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    #if os(macOS)
      return KernelCache(directory: "\(home)/Library/Caches/descent/kernels")
    #else
      return KernelCache(directory: "\(home)/.cache/descent/kernels")
    #endif
  }

  /// Why the folder is not used, for people: it is not this user's alone. Nil where it may be used.
  package var objection: String? { CacheFile.objection(to: directory) }

  /// The code stored under `key`; nil where there is none, or what is there is damaged.
  func object(for key: KernelCacheKey) -> [UInt8]? {
    guard objection == nil else { return nil }
    let path = path(of: key)
    guard let entry = CacheFile.read(path), entry.count > KernelCache.headerLength else { return nil }
    let code = Array(entry[KernelCache.headerLength...])
    guard Array(entry[..<KernelCache.headerLength]) == KernelCache.header(key: key, code: code) else { return nil }
    CacheFile.touch(path)
    return code
  }

  /// Stores code under `key`, in place of what was there.
  func store(_ code: [UInt8], for key: KernelCacheKey) {
    let entry = KernelCache.header(key: key, code: code) + code
    guard objection == nil, CacheFile.makeDirectory(directory) else { return }
    let path = path(of: key)
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))\(KernelCache.temporarySuffix)"
    guard CacheFile.write(entry, to: temporary), rename(temporary, path) == 0 else {
      _ = unlink(temporary)
      return
    }
    knownSize.withLock { size in
      // A scan sees the new entry already.
      let total = size.map { $0 + entry.count } ?? entries().reduce(0) { $0 + $1.size }
      size = total > sizeLimit ? removeOldest(downTo: sizeLimit - sizeLimit / 4) : total
    }
  }

  /// The file of an entry.
  func path(of key: KernelCacheKey) -> String {
    "\(directory)/\(key.hexadecimal)\(KernelCache.entrySuffix)"
  }

  /// The number of entries and the bytes that they take now.
  package func usage() -> (entries: Int, bytes: Int) {
    let all = entries().filter { $0.name.hasSuffix(KernelCache.entrySuffix) }
    return (all.count, all.reduce(0) { $0 + $1.size })
  }

  private static func header(key: KernelCacheKey, code: [UInt8]) -> [UInt8] {
    let length = UInt64(code.count)
    return magic + key.bytes + (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + SHA256.digest(code)
  }

  /// Everything in the folder that this type wrote, unfinished files included.
  private func entries() -> [CacheFile] {
    CacheFile.list(directory).filter {
      $0.name.hasSuffix(KernelCache.entrySuffix) || $0.name.hasSuffix(KernelCache.temporarySuffix)
    }
  }

  /// Removes what was not used for longest until at most `limit` bytes are left, and returns how many that are.
  private func removeOldest(downTo limit: Int) -> Int {
    var total = 0
    for file in entries().sorted(by: { $0.lastUse > $1.lastUse }) {
      if total + file.size > limit {
        _ = unlink("\(directory)/\(file.name)")
      } else {
        total += file.size
      }
    }
    return total
  }
}

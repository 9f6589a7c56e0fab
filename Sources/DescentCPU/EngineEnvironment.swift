#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The environment variables that the CPU engine reads, each once, when the part that it concerns is first used.
///
/// | variable | meaning |
/// |---|---|
/// | `DESCENT_LLVM` | path or name of the libLLVM to use |
/// | `DESCENT_ONEDNN` | path or name of the oneDNN library to use, or `off` |
/// | `DESCENT_LAPACK` | path or name of the LAPACK library to use |
/// | `DESCENT_CACHE` | folder of the kernel cache, or `off` |
/// | `DESCENT_THREADS` | number of threads; `OMP_NUM_THREADS` is read when it is not set |
package enum EngineEnvironment {
  /// Every variable that the engine looks at, with the values they have now.
  static var current: [String: String] {
    let names = [
      "DESCENT_LLVM", "DESCENT_ONEDNN", "DESCENT_LAPACK", "DESCENT_CACHE", "DESCENT_THREADS", "OMP_NUM_THREADS",
      "XDG_CACHE_HOME", "HOME",
    ]
    return Dictionary(uniqueKeysWithValues: names.compactMap { name in value(of: name).map { (name, $0) } })
  }

  /// The greatest number of threads that is taken for meant.
  static let mostThreads = 1024

  /// - Throws: ``EngineError/badEnvironment(variable:value:expected:)`` for a value that cannot be meant.
  package static func check() throws(EngineError) { try check(current) }

  static func check(_ environment: [String: String]) throws(EngineError) {
    if let text = environment["DESCENT_THREADS"] {
      guard let count = Int(text), (1...mostThreads).contains(count) else {
        throw .badEnvironment(
          variable: "DESCENT_THREADS", value: text, expected: "a whole number from 1 to \(mostThreads)")
      }
    }
  }

  /// The value of one variable; nil where it is unset or empty.
  static func value(of name: String) -> String? {
    guard let text = getenv(name), text[0] != 0 else { return nil }
    return String(cString: text)
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The LAPACK that the process runs with, opened when it is first needed: OpenBLAS, the reference library or Apple's
/// Accelerate. The environment variable `DESCENT_LAPACK` (a path or a library name) overrides the search.
///
/// OpenBLAS comes first, and is what setup installs. For a float32 matrix of 384 × 384, on one core with AVX-512, the
/// eigendecomposition takes it 8.4 ms and QR 4.0; the reference library 50 and 28. It takes 42 MB on disk, the other 11.
package final class LAPACKLibrary: Sendable {
  /// The name or path under which the library was opened.
  package let path: String
  /// What the library calls itself, for example `OpenBLAS 0.3.21`; `LAPACK` where it does not say.
  package let version: String
  let float32: LAPACKFunctions
  let float64: LAPACKFunctions

  /// The library, opened once; later calls repeat the first one's outcome.
  ///
  /// - Throws: ``EngineError/lapackUnusable(tried:)``.
  package static func shared() throws(EngineError) -> LAPACKLibrary { try outcome.get() }

  private static let outcome = Result { () throws(EngineError) in
    try LAPACKLibrary(names: EngineEnvironment.current["DESCENT_LAPACK"].map { [$0] } ?? candidates)
  }

  /// Runs `body`, which calls the library, while no other thread does: an OpenBLAS that was built for one thread gives wrong
  /// numbers when two call it (of 10,000 eigendecompositions of 64 × 64 by two threads, 616 were wrong).
  static func alone<Result: ~Copyable>(_ body: () -> Result) -> Result {
    lock.withLock { _ in body() }
  }
  private static let lock = Mutex(())

  private static let candidates = [
    "/System/Library/Frameworks/Accelerate.framework/Accelerate", "libopenblas.so.0", "libopenblas.so",
    "liblapack.so.3",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  ]

  /// The first of `names` that opens and has what is needed.
  init(names: [String]) throws(EngineError) {
    var tried: [String] = []
    for name in names {
      // RTLD_LOCAL: a process may hold another BLAS, and the two must not mix.
      guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
        tried.append(name)
        continue
      }
      guard let float32 = LAPACKFunctions(handle, "s"), let float64 = LAPACKFunctions(handle, "d") else {
        tried.append("\(name) (it has no LAPACK)")
        continue
      }
      path = name
      self.float32 = float32
      self.float64 = float64
      version = Self.version(handle)
      Self.useOneThread(handle)
      return
    }
    throw .lapackUnusable(tried: tried)
  }

  private static func version(_ handle: UnsafeMutableRawPointer) -> String {
    guard let function = dlsym(handle, "openblas_get_config") else { return "LAPACK" }
    typealias Configuration = @convention(c) () -> UnsafePointer<CChar>?
    let text = unsafeBitCast(function, to: Configuration.self)().map { String(cString: $0) } ?? ""
    return text.split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// OpenBLAS would start threads of its own, which fight with the team for the processors.
  private static func useOneThread(_ handle: UnsafeMutableRawPointer) {
    guard let function = dlsym(handle, "openblas_set_num_threads") else { return }
    unsafeBitCast(function, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}

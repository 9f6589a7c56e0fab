import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An installed libLLVM, opened at run time.
///
/// Nothing of LLVM is needed to build Descent, and which version is present is found out when the first kernel is
/// compiled. The search prefers the newest version; the environment variable `DESCENT_LLVM` (a path or a library name)
/// overrides it, and an override that cannot be used is an error rather than a reason to search on.
package final class LLVMLibrary: Sendable {
  /// The oldest major version whose IR has untyped pointers (`ptr`) by default.
  package static let oldestVersion = 15

  /// The newest major version whose interface has been read for this binding.
  static let newestVersion = 21

  /// The name or path under which the library was opened.
  package let path: String

  /// The version as LLVM reports it, for example `19.1.7`; the major version alone where it does not report one.
  package let version: String

  /// The triple of the machine this process runs on, for example `x86_64-pc-linux-gnu`.
  package let targetTriple: String

  /// LLVM's name for this processor, for example `znver5`.
  package let cpuName: String

  /// The processor's features as LLVM writes them: `+avx2,+fma,-amx-bf16`.
  package let cpuFeatures: String

  let functions: LLVMFunctions

  /// Opens the library that `environment` and the usual places lead to.
  ///
  /// - Throws: ``EngineError/llvmUnusable(path:reason:)`` when `DESCENT_LLVM` is set and cannot be used,
  ///   ``EngineError/llvmNotFound(searched:)`` when nothing is found.
  package static func find(environment: [String: String]) throws(EngineError) -> LLVMLibrary {
    if let override = environment["DESCENT_LLVM"], !override.isEmpty {
      return try LLVMLibrary(path: override)
    }
    for candidate in candidates {
      // A library that opens but lacks a symbol is too old or crippled; the next one may do.
      if let library = try? LLVMLibrary(path: candidate) { return library }
    }
    throw .llvmNotFound(searched: candidates)
  }

  /// Opens the library at `path`, which may also be a bare name for the dynamic linker to look up.
  package init(path: String) throws(EngineError) {
    // RTLD_LOCAL: a process may hold another LLVM (a graphics driver's), and the two must not mix.
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "it cannot be opened"
      throw .llvmUnusable(path: path, reason: reason)
    }
    let functions = try LLVMFunctions(library: handle, path: path)
    // LLVMPointerTypeInContext arrived with version 15, LLVMGetVersion with 16.
    guard dlsym(handle, "LLVMPointerTypeInContext") != nil else {
      throw .llvmUnusable(path: path, reason: "it is older than version \(LLVMLibrary.oldestVersion)")
    }
    self.path = path
    self.functions = functions
    version = LLVMLibrary.reportedVersion(handle) ?? String(LLVMLibrary.oldestVersion)
    try LLVMLibrary.initializeTarget(handle, path: path)
    targetTriple = functions.takeString(functions.getDefaultTargetTriple())
    cpuName = functions.takeString(functions.getHostCPUName())
    cpuFeatures = functions.takeString(functions.getHostCPUFeatures())
    // An option that a later version does not know would end the process.
    if majorVersion <= LLVMLibrary.newestVersion { setOptions(handle) }
  }

  /// The first number of ``version``.
  package var majorVersion: Int {
    Int(version.prefix { $0.isNumber }) ?? LLVMLibrary.oldestVersion
  }

  /// The libraries whose options are set: LLVM ends the process over an option that is given twice.
  private static let opened = Mutex<Set<UInt>>([])

  /// Leaves out what takes a sixth of the code generator's time and leaves the kernels' innermost loops as they are:
  /// emitted pointers run along by themselves, and processors order instructions on their own.
  static let codeGeneratorOptions = ["-disable-lsr", "-disable-post-ra"]

  private func setOptions(_ handle: UnsafeMutableRawPointer) {
    guard LLVMLibrary.opened.withLock({ $0.insert(UInt(bitPattern: handle)).inserted }) else { return }
    let arguments: [UnsafeMutablePointer<CChar>?] = (["descent"] + LLVMLibrary.codeGeneratorOptions).map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    functions.parseCommandLineOptions(Int32(arguments.count), arguments.map { UnsafePointer($0) }, "")
  }

  private static func reportedVersion(_ handle: UnsafeMutableRawPointer) -> String? {
    typealias GetVersion =
      @convention(c) (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> Void
    guard let address = dlsym(handle, "LLVMGetVersion") else { return nil }
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var patch: UInt32 = 0
    unsafeBitCast(address, to: GetVersion.self)(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// Registers the code generator of this machine's architecture; doing it twice does no harm.
  private static func initializeTarget(_ handle: UnsafeMutableRawPointer, path: String) throws(EngineError) {
    #if arch(x86_64)
      let target = "X86"
    #elseif arch(arm64)
      let target = "AArch64"
    #else
      #error("The CPU engine knows x86-64 and AArch64; add this architecture's LLVM target name here.")
    #endif
    for part in ["TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"] {
      let name = "LLVMInitialize\(target)\(part)"
      guard let address = dlsym(handle, name) else {
        throw .llvmUnusable(path: path, reason: "it was built without the \(target) target (\(name) is missing)")
      }
      unsafeBitCast(address, to: (@convention(c) () -> Void).self)()
    }
  }

  /// Names and paths to try, newest version first.
  private static var candidates: [String] {
    #if os(macOS)
      let prefixes = ["/opt/homebrew/opt", "/usr/local/opt"]
      let numbered = (oldestVersion...newestVersion).reversed()
        .flatMap { version in prefixes.map { "\($0)/llvm@\(version)/lib/libLLVM.dylib" } }
      return prefixes.map { "\($0)/llvm/lib/libLLVM.dylib" } + numbered
    #else
      // Version 18 changed the name that distributions install from libLLVM-17.so to libLLVM.so.18.1.
      return (oldestVersion...newestVersion).reversed().flatMap { version in
        (version >= 18 ? ["libLLVM.so.\(version).1"] : []) + ["libLLVM-\(version).so", "libLLVM-\(version).so.1"]
      }
    #endif
  }
}

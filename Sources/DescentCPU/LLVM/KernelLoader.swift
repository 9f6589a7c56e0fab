import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Links object files into this process with LLVM's just-in-time linker.
///
/// What is loaded stays until the process ends, also when this object is gone: plans hold bare addresses, and must not
/// have to keep alive what they came from. So the linker is never disposed of.
///
/// `@unchecked Sendable`: the linker locks itself; its session may be used from any thread.
final class KernelLoader: @unchecked Sendable {
  private let library: LLVMLibrary
  private let jit: LLVMFunctions.Object
  private let dylib: LLVMFunctions.Object
  private let reports: Reports

  /// - Throws: ``EngineError/llvmUnusable(path:reason:)`` when LLVM cannot link on this machine.
  init(library: LLVMLibrary) throws(EngineError) {
    let llvm = library.functions
    #if canImport(Glibc)
      // Kernels may call expf and the like, which only resolve when libm is among the process's global libraries.
      _ = dlopen("libm.so.6", RTLD_NOW | RTLD_GLOBAL)
    #endif
    var jit: LLVMFunctions.Object?
    if let message = llvm.takeError(llvm.createLLJIT(&jit, nil)) {
      throw .llvmUnusable(path: library.path, reason: "its linker does not start: \(message)")
    }
    guard let jit else { throw .llvmUnusable(path: library.path, reason: "its linker does not start") }
    // Leaked once, like the linker that calls it.
    let reports = Reports(functions: llvm)
    llvm.setErrorReporter(
      llvm.executionSession(jit), Reports.reporter, Unmanaged.passRetained(reports).toOpaque())
    let dylib = llvm.mainDylib(jit)
    var generator: LLVMFunctions.Object?
    let error = llvm.createProcessSymbolGenerator(&generator, llvm.globalPrefix(jit), nil, nil)
    if let message = llvm.takeError(error) {
      throw .llvmUnusable(path: library.path, reason: "the process's own functions cannot be searched: \(message)")
    }
    if let generator { llvm.addGenerator(dylib, generator) }
    self.library = library
    self.jit = jit
    self.dylib = dylib
    self.reports = reports
  }

  /// Links one object file and finds the function `exportedName` in it.
  ///
  /// - Parameter symbol: the kernel's name for error messages.
  /// - Returns: the address of the function's code.
  func load(object: [UInt8], exportedName: String, symbol: String) throws(EngineError) -> UInt {
    let llvm = library.functions
    let buffer = object.withUnsafeBytes { llvm.buffer(copying: $0, name: exportedName) }
    if let message = llvm.takeError(llvm.addObjectFile(jit, dylib, buffer)) {
      throw .kernelNotLoaded(symbol: symbol, message: message)
    }
    var address: UInt64 = 0
    if let message = llvm.takeError(llvm.lookup(jit, &address, exportedName)) {
      throw .kernelNotLoaded(symbol: symbol, message: (reports.take() + [message]).joined(separator: "; "))
    }
    return UInt(address)
  }
}

/// What the linker reports besides the errors it returns: the reasons, which it would print otherwise.
private final class Reports: Sendable {
  private let functions: LLVMFunctions
  private let messages = Mutex<[String]>([])

  init(functions: LLVMFunctions) { self.functions = functions }

  static let reporter: LLVMFunctions.ErrorReporter = { context, error in
    guard let context else { return }
    let reports = Unmanaged<Reports>.fromOpaque(context).takeUnretainedValue()
    guard let message = reports.functions.takeError(error) else { return }
    reports.messages.withLock { $0.append(message) }
  }

  /// The messages so far, which are forgotten.
  func take() -> [String] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}

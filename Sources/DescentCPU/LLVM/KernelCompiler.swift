import Dispatch
import Synchronization

/// Compiles kernels from LLVM IR and gives out the addresses of their code, which stay valid until the process ends.
///
/// A text that was compiled before costs a look into a table; one that an earlier process compiled is read from the
/// disk cache. All calls are safe from any thread: different kernels compile side by side, and a thread that asks for
/// one that is being compiled waits for it.
package final class KernelCompiler: Sendable {
  /// How often each way to a kernel was taken.
  package struct Counters: Equatable, Sendable {
    /// Kernels that LLVM compiled.
    package var compiled = 0
    /// Kernels whose code an earlier process had left in the disk cache.
    package var loadedFromDisk = 0
    /// Requests for a kernel that this compiler had already given out.
    package var reusedInMemory = 0
  }

  /// The LLVM in use.
  package let library: LLVMLibrary

  /// The disk cache in use, if any.
  package let cache: KernelCache?

  private struct Request: Hashable {
    let symbol: String
    let ir: String
  }

  /// One kernel: the address of its code once that is known, or why there is none. The lock is held while it is being
  /// compiled.
  private final class Slot: Sendable {
    let outcome = Mutex<Result<UInt, EngineError>?>(nil)
  }

  let generator: KernelCodeGenerator
  private let loader: KernelLoader
  private let slots = Mutex<[Request: Slot]>([:])
  private let tally = Mutex(Counters())

  /// The compiler of this process, made when it is first asked for.
  ///
  /// - Throws: ``EngineError/llvmNotFound(searched:)`` or ``EngineError/llvmUnusable(path:reason:)``, each time anew.
  package static func shared() throws(EngineError) -> KernelCompiler { try sharedResult.get() }

  /// Begins to open LLVM on another thread, which takes about as long as tracing and planning a small network.
  ///
  /// - Returns: what to wait for before the process may end.
  static func openingInBackground() -> DispatchGroup {
    let group = DispatchGroup()
    DispatchQueue.global(qos: .userInitiated).async(group: group) { _ = sharedResult }
    return group
  }

  private static let sharedResult = Result { () throws(EngineError) -> KernelCompiler in
    let environment = EngineEnvironment.current
    try EngineEnvironment.check(environment)
    return try KernelCompiler(
      library: LLVMLibrary.find(environment: environment), cache: KernelCache.standard(environment: environment))
  }

  /// A compiler of its own, for tests and measurements; everything else uses ``shared()``.
  ///
  /// - Throws: ``EngineError/llvmUnusable(path:reason:)``.
  package convenience init(library: LLVMLibrary, cache: KernelCache?) throws(EngineError) {
    try self.init(generator: KernelCodeGenerator(library: library), cache: cache)
  }

  init(generator: KernelCodeGenerator, cache: KernelCache?) throws(EngineError) {
    self.generator = generator
    self.cache = cache
    library = generator.library
    loader = try KernelLoader(library: generator.library)
  }

  /// What was done so far.
  package var counters: Counters { tally.withLock { $0 } }

  /// The machine code of a kernel.
  ///
  /// - Parameters:
  ///   - symbol: the name of the function in `ir` to give out. Different kernels may use the same name.
  ///   - ir: a module of LLVM IR; a target triple and data layout in it are replaced by this machine's.
  /// - Returns: the address of the function's code.
  /// - Throws: ``EngineError/irRejected(symbol:message:ir:)`` or ``EngineError/kernelNotLoaded(symbol:message:)``.
  package func function(symbol: String, ir: String) throws(EngineError) -> UnsafeRawPointer {
    let request = Request(symbol: symbol, ir: ir)
    let slot = slots.withLock { table in
      if let slot = table[request] { return slot }
      let slot = Slot()
      table[request] = slot
      return slot
    }
    let outcome = slot.outcome.withLock { known in
      if let known {
        if case .success = known { tally.withLock { $0.reusedInMemory += 1 } }
        return known
      }
      // A failure is final: the linker has the kernel's name by then, and would only complain of a second one.
      let outcome = Result { () throws(EngineError) in try make(request) }
      known = outcome
      return outcome
    }
    let address = try outcome.get()
    guard let pointer = UnsafeRawPointer(bitPattern: address) else {
      throw .kernelNotLoaded(symbol: symbol, message: "its address is zero")
    }
    return pointer
  }

  /// The assembly text that a kernel compiles to, for people to read.
  ///
  /// - Throws: ``EngineError/irRejected(symbol:message:ir:)``.
  package func emittedAssembly(symbol: String, ir: String) throws(EngineError) -> String {
    let bytes = try generator.generate(.assembly, symbol: symbol, ir: ir, exportedName: symbol)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The disk cache's key for a kernel: everything that its machine code depends on.
  func key(symbol: String, ir: String) -> KernelCacheKey {
    KernelCacheKey(parts: [
      symbol, ir, generator.pipeline, LLVMLibrary.codeGeneratorOptions.joined(separator: " "), library.version,
      library.targetTriple, generator.cpuName, generator.cpuFeatures,
    ])
  }

  /// Finds the code on disk or compiles it, and links it.
  private func make(_ request: Request) throws(EngineError) -> UInt {
    let key = key(symbol: request.symbol, ir: request.ir)
    // The linker knows one function per name, so each gets one that no other kernel has.
    let exportedName = "\(request.symbol)_\(key.hexadecimal)"
    func load(_ object: [UInt8]) throws(EngineError) -> UInt {
      try loader.load(object: object, exportedName: exportedName, symbol: request.symbol)
    }
    if let object = cache?.object(for: key) {
      let address = try load(object)
      tally.withLock { $0.loadedFromDisk += 1 }
      return address
    }
    let object = try generator.generate(
      .object, symbol: request.symbol, ir: request.ir, exportedName: exportedName)
    let address = try load(object)
    tally.withLock { $0.compiled += 1 }
    // Stored only once it is known to link.
    cache?.store(object, for: key)
    return address
  }
}

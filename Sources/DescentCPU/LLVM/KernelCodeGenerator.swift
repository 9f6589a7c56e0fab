import Synchronization

/// Turns the text of a kernel into machine code for this processor; the link into the process comes later.
///
/// Every call works in an LLVM context of its own, so that calls on different threads run side by side.
final class KernelCodeGenerator: Sendable {
  /// What ``LLVMTargetMachineEmitToMemoryBuffer`` calls a file type; the raw values are LLVM's.
  enum Output: Int32 {
    case assembly = 0
    case object = 1
  }

  /// A code generator for one processor. LLVM allows one thread at a time to use it.
  ///
  /// `@unchecked Sendable`: whoever takes it out of `idleMachines` is its only user until it is put back.
  private struct TargetMachine: @unchecked Sendable {
    let object: LLVMFunctions.Object
  }

  let library: LLVMLibrary
  let cpuName: String
  let cpuFeatures: String

  /// The passes, in the notation of LLVM's `-passes`.
  let pipeline: String

  private let idleMachines = Mutex<[TargetMachine]>([])

  /// - Parameters:
  ///   - library: the LLVM to use.
  ///   - cpuName: LLVM's name of the processor to compile for; this machine's by default.
  ///   - cpuFeatures: its features; this machine's by default.
  init(library: LLVMLibrary, cpuName: String? = nil, cpuFeatures: String? = nil, pipeline: String? = nil) {
    self.library = library
    self.cpuName = cpuName ?? library.cpuName
    self.cpuFeatures = cpuFeatures ?? library.cpuFeatures
    self.pipeline = pipeline ?? KernelCodeGenerator.standardPipeline
  }

  /// The optimizations that emitted kernels need, and no more.
  ///
  /// Small helpers are inlined, what they share is computed once, and what a loop does not change leaves it. There is
  /// no loop vectorizer, since kernels state their vectors, and no unroller, since they state that as well.
  ///
  /// There is no instcombine: the emitter leaves it nothing to gain (the same speed on every workload), and in LLVM 19 it
  /// turns a NaN-propagating max(|x|, 0) into x > 0 ? |x| : 0.
  static let standardPipeline =
    "always-inline,globaldce,function(sroa,early-cse<memssa>,simplifycfg,loop-mssa(licm),gvn)"

  /// Compiles the text of a kernel.
  ///
  /// - Parameters:
  ///   - ir: LLVM IR that defines a function named `symbol`; every other definition in it is made private.
  ///   - exportedName: the name that the function gets in the output.
  /// - Returns: an object file or the text of an assembly file.
  /// - Throws: ``EngineError/irRejected(symbol:message:ir:)``.
  func generate(_ output: Output, symbol: String, ir: String, exportedName: String) throws(EngineError) -> [UInt8] {
    let llvm = library.functions
    func rejected(_ message: String) -> EngineError {
      .irRejected(symbol: symbol, message: message.trimmingNewlines, ir: ir)
    }
    let context = llvm.contextCreate()
    defer { llvm.contextDispose(context) }
    let diagnostics = Diagnostics(functions: llvm)
    llvm.contextSetDiagnosticHandler(context, Diagnostics.handler, Unmanaged.passUnretained(diagnostics).toOpaque())
    defer { withExtendedLifetime(diagnostics) {} }

    guard let module = try parse(ir, in: context, rejected: rejected) else { throw rejected("the module is empty") }
    defer { llvm.disposeModule(module) }
    guard let function = llvm.getNamedFunction(module, symbol), llvm.isDeclaration(function) == 0 else {
      throw rejected("the text defines no function named '\(symbol)'")
    }
    prepare(module, context: context, exported: function, name: exportedName)

    guard let machine = takeMachine() else {
      throw rejected("LLVM \(library.version) has no code generator for \(library.targetTriple)")
    }
    defer { idleMachines.withLock { $0.append(machine) } }
    llvm.setTarget(module, library.targetTriple)
    let layout = llvm.createTargetDataLayout(machine.object)
    llvm.setModuleDataLayout(module, layout)
    llvm.disposeTargetData(layout)

    let options = llvm.createPassBuilderOptions()
    defer { llvm.disposePassBuilderOptions(options) }
    if let message = llvm.takeError(llvm.runPasses(module, pipeline, machine.object, options)) {
      throw rejected(message)
    }
    var text: LLVMFunctions.CString?
    var buffer: LLVMFunctions.Object?
    let failed = llvm.emitToMemoryBuffer(machine.object, module, output.rawValue, &text, &buffer)
    let bytes = buffer.map(llvm.takeBytes)
    guard failed == 0, diagnostics.errors.isEmpty, let bytes else {
      let message = text.map(llvm.takeString) ?? ""
      throw rejected((diagnostics.errors + [message]).joined(separator: "\n"))
    }
    return bytes
  }

  /// Parses and verifies.
  private func parse(
    _ ir: String, in context: LLVMFunctions.Object, rejected: (String) -> EngineError
  ) throws(EngineError) -> LLVMFunctions.Object? {
    let llvm = library.functions
    var source = ir
    let buffer = source.withUTF8 { llvm.buffer(copying: UnsafeRawBufferPointer($0), name: "kernel") }
    var module: LLVMFunctions.Object?
    var text: LLVMFunctions.CString?
    // The parser takes the buffer over, whether or not it succeeds.
    guard llvm.parseIRInContext(context, buffer, &module, &text) == 0, let module else {
      throw rejected(text.map(llvm.takeString) ?? "it does not parse")
    }
    let returnStatus: Int32 = 2
    let broken = llvm.verifyModule(module, returnStatus, &text)
    let message = text.map(llvm.takeString) ?? ""
    guard broken == 0 else {
      llvm.disposeModule(module)
      throw rejected(message)
    }
    return module
  }

  /// Names the kernel, hides everything else, and states that nothing unwinds, which spares the unwind tables.
  private func prepare(
    _ module: LLVMFunctions.Object, context: LLVMFunctions.Object, exported: LLVMFunctions.Object, name: String
  ) {
    let llvm = library.functions
    let noUnwind = "nounwind"
    let kind = llvm.getEnumAttributeKind(noUnwind, noUnwind.utf8.count)
    let attribute = llvm.createEnumAttribute(context, kind, 0)
    let internalLinkage: Int32 = 8
    let functionIndex = UInt32.max
    var next = llvm.getFirstFunction(module)
    while let function = next {
      next = llvm.getNextFunction(function)
      guard llvm.isDeclaration(function) == 0 else { continue }
      llvm.addAttribute(function, functionIndex, attribute)
      if function != exported { llvm.setLinkage(function, internalLinkage) }
    }
    llvm.setValueName(exported, name, name.utf8.count)
  }

  /// An idle code generator, or a new one.
  private func takeMachine() -> TargetMachine? {
    if let machine = idleMachines.withLock({ $0.popLast() }) { return machine }
    let llvm = library.functions
    var target: LLVMFunctions.Object?
    var text: LLVMFunctions.CString?
    guard llvm.getTargetFromTriple(library.targetTriple, &target, &text) == 0, let target else {
      if let text { llvm.disposeMessage(text) }
      return nil
    }
    let optimizationDefault: Int32 = 2
    let relocationPIC: Int32 = 2
    let codeModelDefault: Int32 = 0
    return llvm.createTargetMachine(
      target, library.targetTriple, cpuName, cpuFeatures, optimizationDefault, relocationPIC, codeModelDefault
    ).map(TargetMachine.init)
  }
}

/// Collects what LLVM reports while it compiles; without a handler it would end the process on an error.
private final class Diagnostics {
  let functions: LLVMFunctions
  var errors: [String] = []

  init(functions: LLVMFunctions) { self.functions = functions }

  static let handler: LLVMFunctions.DiagnosticHandler = { info, context in
    guard let context else { return }
    let diagnostics = Unmanaged<Diagnostics>.fromOpaque(context).takeUnretainedValue()
    let errorSeverity: Int32 = 0
    guard diagnostics.functions.getDiagInfoSeverity(info) == errorSeverity else { return }
    diagnostics.errors.append(diagnostics.functions.takeString(diagnostics.functions.getDiagInfoDescription(info)))
  }
}

extension String {
  fileprivate var trimmingNewlines: String {
    var text = Substring(self)
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}

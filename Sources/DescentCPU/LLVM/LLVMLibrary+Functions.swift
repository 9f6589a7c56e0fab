#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The functions of LLVM's C interface that the engine calls, looked up once.
///
/// Only functions that kept their signature from version 15 on are used. Every LLVM object is an `OpaquePointer`;
/// a `Bool` in LLVM's headers is an `Int32` here.
///
/// `@unchecked Sendable`: the fields are addresses of code, constant after `init`.
struct LLVMFunctions: @unchecked Sendable {
  typealias Object = OpaquePointer
  typealias CString = UnsafeMutablePointer<CChar>
  typealias DiagnosticHandler = @convention(c) (Object?, UnsafeMutableRawPointer?) -> Void
  typealias ErrorReporter = @convention(c) (UnsafeMutableRawPointer?, Object?) -> Void

  let parseCommandLineOptions:
    @convention(c) (Int32, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<CChar>) -> Void

  // Contexts, modules and their messages.
  let contextCreate: @convention(c) () -> Object
  let contextDispose: @convention(c) (Object) -> Void
  let contextSetDiagnosticHandler: @convention(c) (Object, DiagnosticHandler?, UnsafeMutableRawPointer?) -> Void
  let getDiagInfoDescription: @convention(c) (Object?) -> CString
  let getDiagInfoSeverity: @convention(c) (Object?) -> Int32
  let disposeMessage: @convention(c) (CString) -> Void
  let parseIRInContext:
    @convention(c) (Object, Object, UnsafeMutablePointer<Object?>, UnsafeMutablePointer<CString?>) -> Int32
  let verifyModule: @convention(c) (Object, Int32, UnsafeMutablePointer<CString?>) -> Int32
  let disposeModule: @convention(c) (Object) -> Void
  let setTarget: @convention(c) (Object, UnsafePointer<CChar>) -> Void
  let setModuleDataLayout: @convention(c) (Object, Object) -> Void

  // Functions inside a module.
  let getNamedFunction: @convention(c) (Object, UnsafePointer<CChar>) -> Object?
  let getFirstFunction: @convention(c) (Object) -> Object?
  let getNextFunction: @convention(c) (Object) -> Object?
  let isDeclaration: @convention(c) (Object) -> Int32
  let setLinkage: @convention(c) (Object, Int32) -> Void
  let setValueName: @convention(c) (Object, UnsafePointer<CChar>, Int) -> Void
  let getEnumAttributeKind: @convention(c) (UnsafePointer<CChar>, Int) -> UInt32
  let createEnumAttribute: @convention(c) (Object, UInt32, UInt64) -> Object
  let addAttribute: @convention(c) (Object, UInt32, Object) -> Void

  // Buffers.
  let createMemoryBuffer: @convention(c) (UnsafeRawPointer?, Int, UnsafePointer<CChar>) -> Object
  let getBufferStart: @convention(c) (Object) -> UnsafePointer<UInt8>
  let getBufferSize: @convention(c) (Object) -> Int
  let disposeMemoryBuffer: @convention(c) (Object) -> Void

  // The machine to compile for.
  let getDefaultTargetTriple: @convention(c) () -> CString
  let getHostCPUName: @convention(c) () -> CString
  let getHostCPUFeatures: @convention(c) () -> CString
  let getTargetFromTriple:
    @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<Object?>, UnsafeMutablePointer<CString?>) -> Int32
  let createTargetMachine:
    @convention(c) (
      Object, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>, Int32, Int32, Int32
    ) -> Object?
  let disposeTargetMachine: @convention(c) (Object) -> Void
  let createTargetDataLayout: @convention(c) (Object) -> Object
  let disposeTargetData: @convention(c) (Object) -> Void
  let emitToMemoryBuffer:
    @convention(c) (
      Object, Object, Int32, UnsafeMutablePointer<CString?>, UnsafeMutablePointer<Object?>
    ) -> Int32

  // Optimization passes.
  let createPassBuilderOptions: @convention(c) () -> Object
  let disposePassBuilderOptions: @convention(c) (Object) -> Void
  let runPasses: @convention(c) (Object, UnsafePointer<CChar>, Object, Object) -> Object?

  // The just-in-time linker. A returned object is an error, nil is success.
  let createLLJIT: @convention(c) (UnsafeMutablePointer<Object?>, Object?) -> Object?
  let executionSession: @convention(c) (Object) -> Object
  let setErrorReporter: @convention(c) (Object, ErrorReporter?, UnsafeMutableRawPointer?) -> Void
  let mainDylib: @convention(c) (Object) -> Object
  let globalPrefix: @convention(c) (Object) -> CChar
  let addObjectFile: @convention(c) (Object, Object, Object) -> Object?
  let lookup: @convention(c) (Object, UnsafeMutablePointer<UInt64>, UnsafePointer<CChar>) -> Object?
  let createProcessSymbolGenerator:
    @convention(c) (UnsafeMutablePointer<Object?>, CChar, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Object?
  let addGenerator: @convention(c) (Object, Object) -> Void
  let getErrorMessage: @convention(c) (Object) -> CString
  let disposeErrorMessage: @convention(c) (CString) -> Void

  /// Looks every function up in an opened library.
  ///
  /// - Throws: ``EngineError/llvmUnusable(path:reason:)`` that names the first function that is missing.
  init(library: UnsafeMutableRawPointer, path: String) throws(EngineError) {
    func symbol<T>(_ name: String) throws(EngineError) -> T {
      guard let address = dlsym(library, name) else {
        throw .llvmUnusable(path: path, reason: "the function \(name) is missing from it")
      }
      return unsafeBitCast(address, to: T.self)
    }
    contextCreate = try symbol("LLVMContextCreate")
    parseCommandLineOptions = try symbol("LLVMParseCommandLineOptions")
    contextDispose = try symbol("LLVMContextDispose")
    contextSetDiagnosticHandler = try symbol("LLVMContextSetDiagnosticHandler")
    getDiagInfoDescription = try symbol("LLVMGetDiagInfoDescription")
    getDiagInfoSeverity = try symbol("LLVMGetDiagInfoSeverity")
    disposeMessage = try symbol("LLVMDisposeMessage")
    parseIRInContext = try symbol("LLVMParseIRInContext")
    verifyModule = try symbol("LLVMVerifyModule")
    disposeModule = try symbol("LLVMDisposeModule")
    setTarget = try symbol("LLVMSetTarget")
    setModuleDataLayout = try symbol("LLVMSetModuleDataLayout")
    getNamedFunction = try symbol("LLVMGetNamedFunction")
    getFirstFunction = try symbol("LLVMGetFirstFunction")
    getNextFunction = try symbol("LLVMGetNextFunction")
    isDeclaration = try symbol("LLVMIsDeclaration")
    setLinkage = try symbol("LLVMSetLinkage")
    setValueName = try symbol("LLVMSetValueName2")
    getEnumAttributeKind = try symbol("LLVMGetEnumAttributeKindForName")
    createEnumAttribute = try symbol("LLVMCreateEnumAttribute")
    addAttribute = try symbol("LLVMAddAttributeAtIndex")
    createMemoryBuffer = try symbol("LLVMCreateMemoryBufferWithMemoryRangeCopy")
    getBufferStart = try symbol("LLVMGetBufferStart")
    getBufferSize = try symbol("LLVMGetBufferSize")
    disposeMemoryBuffer = try symbol("LLVMDisposeMemoryBuffer")
    getDefaultTargetTriple = try symbol("LLVMGetDefaultTargetTriple")
    getHostCPUName = try symbol("LLVMGetHostCPUName")
    getHostCPUFeatures = try symbol("LLVMGetHostCPUFeatures")
    getTargetFromTriple = try symbol("LLVMGetTargetFromTriple")
    createTargetMachine = try symbol("LLVMCreateTargetMachine")
    disposeTargetMachine = try symbol("LLVMDisposeTargetMachine")
    createTargetDataLayout = try symbol("LLVMCreateTargetDataLayout")
    disposeTargetData = try symbol("LLVMDisposeTargetData")
    emitToMemoryBuffer = try symbol("LLVMTargetMachineEmitToMemoryBuffer")
    createPassBuilderOptions = try symbol("LLVMCreatePassBuilderOptions")
    disposePassBuilderOptions = try symbol("LLVMDisposePassBuilderOptions")
    runPasses = try symbol("LLVMRunPasses")
    createLLJIT = try symbol("LLVMOrcCreateLLJIT")
    executionSession = try symbol("LLVMOrcLLJITGetExecutionSession")
    setErrorReporter = try symbol("LLVMOrcExecutionSessionSetErrorReporter")
    mainDylib = try symbol("LLVMOrcLLJITGetMainJITDylib")
    globalPrefix = try symbol("LLVMOrcLLJITGetGlobalPrefix")
    addObjectFile = try symbol("LLVMOrcLLJITAddObjectFile")
    lookup = try symbol("LLVMOrcLLJITLookup")
    createProcessSymbolGenerator = try symbol("LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess")
    addGenerator = try symbol("LLVMOrcJITDylibAddGenerator")
    getErrorMessage = try symbol("LLVMGetErrorMessage")
    disposeErrorMessage = try symbol("LLVMDisposeErrorMessage")
  }

  /// Copies a string that LLVM allocated, and frees it.
  func takeString(_ text: CString) -> String {
    defer { disposeMessage(text) }
    return String(cString: text)
  }

  /// The message of an LLVM error, which this consumes; nil for success.
  func takeError(_ error: Object?) -> String? {
    guard let error else { return nil }
    let text = getErrorMessage(error)
    defer { disposeErrorMessage(text) }
    return String(cString: text)
  }

  /// A buffer of LLVM's with a copy of `bytes`, followed by a zero byte.
  func buffer(copying bytes: UnsafeRawBufferPointer, name: String) -> Object {
    createMemoryBuffer(bytes.baseAddress, bytes.count, name)
  }

  /// Copies the contents of a buffer, and frees it.
  func takeBytes(_ buffer: Object) -> [UInt8] {
    defer { disposeMemoryBuffer(buffer) }
    return Array(UnsafeBufferPointer(start: getBufferStart(buffer), count: getBufferSize(buffer)))
  }
}

import Testing

@testable import DescentCPU

@Suite struct LLVMLibraryTests {
  @Test func findsAnInstalledLibrary() throws {
    let library = try LLVMLibrary.find(environment: [:])
    #expect((LLVMLibrary.oldestVersion...LLVMLibrary.newestVersion).contains(library.majorVersion))
    #expect(!library.cpuName.isEmpty && !library.targetTriple.isEmpty)
    #expect(library.cpuFeatures.contains("+"))
  }

  @Test func overrideThatLeadsNowhereIsAnError() {
    let error = #expect(throws: EngineError.self) {
      _ = try LLVMLibrary.find(environment: ["DESCENT_LLVM": "/nowhere/libLLVM.so"])
    }
    let text = error?.description ?? ""
    #expect(text.contains("/nowhere/libLLVM.so") && text.contains("DESCENT_LLVM") && text.contains("unset"))
  }

  @Test func anotherLibraryIsRecognized() {
    #if os(macOS)
      let other = "/usr/lib/libSystem.B.dylib"
    #else
      let other = "libc.so.6"
    #endif
    let error = #expect(throws: EngineError.self) { _ = try LLVMLibrary(path: other) }
    #expect(error?.description.contains("the function LLVMContextCreate is missing") == true)
  }

  @Test func missingLibraryTellsWhatToInstall() {
    let text = EngineError.llvmNotFound(searched: ["libA.so", "libB.so"]).description
    #expect(text.contains("apt-get install libllvm19") && text.contains("brew install llvm"))
    #expect(text.contains("libA.so, libB.so") && text.contains("DESCENT_LLVM"))
  }

  /// Every version that is installed must work, not only the one that is preferred.
  @Test(arguments: LLVMLibrary.oldestVersion...LLVMLibrary.newestVersion)
  func everyInstalledVersionCompiles(version: Int) throws {
    let names = ["libLLVM.so.\(version).1", "libLLVM-\(version).so", "libLLVM-\(version).so.1"]
    guard let library = names.lazy.compactMap({ try? LLVMLibrary(path: $0) }).first else { return }
    #expect(library.majorVersion == version)
    let compiler = try KernelCompiler(library: library, cache: nil)
    let code = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 5))
    #expect(KernelSamples.run(code, [1, 2], [1, 1], count: 2) == [6, 11])
    let call = try compiler.function(symbol: "kernel", ir: KernelSamples.calling("expf"))
    #expect(KernelSamples.run(call, [0], [7], count: 1) == [1])
  }
}

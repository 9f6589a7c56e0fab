import Dispatch
import Testing

@testable import DescentCPU

@Suite struct KernelCompilerTests {
  static let library = Result { try LLVMLibrary.find(environment: EngineEnvironment.current) }

  func compiler(cache: KernelCache? = nil) throws -> KernelCompiler {
    try KernelCompiler(library: Self.library.get(), cache: cache)
  }

  @Test func kernelComputes() throws {
    let compiler = try compiler()
    let code = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 3))
    let x = (0..<100).map { Float($0) }
    let y = x.map { $0 * 0.5 }
    let expected: [Float] = x.map { $0 < 97 ? $0 * 3.5 : $0 * 0.5 }
    #expect(KernelSamples.run(code, x, y, count: 97) == expected)
  }

  @Test func identicalTextIsCompiledOnce() throws {
    let compiler = try compiler()
    let first = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 2))
    let second = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 2))
    #expect(first == second)
    #expect(compiler.counters == .init(compiled: 1, loadedFromDisk: 0, reusedInMemory: 1))
  }

  @Test func kernelsOfTheSameNameStayApart() throws {
    let compiler = try compiler()
    for factor in [1, 2, 4, 8] as [Float] {
      let code = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: factor))
      #expect(KernelSamples.run(code, [1, 10], [0, 0], count: 2) == [factor, 10 * factor])
    }
    #expect(compiler.counters.compiled == 4)
  }

  @Test func manyThreadsMayAskAtOnce() throws {
    let compiler = try compiler()
    let texts = (1...6).map { KernelSamples.axpy(factor: Float($0)) }
    let failures = Counter()
    DispatchQueue.concurrentPerform(iterations: 48) { index in
      let which = index % texts.count
      let code = try? compiler.function(symbol: "kernel", ir: texts[which])
      let result = code.map { KernelSamples.run($0, [2], [1], count: 1) }
      if result != [Float(2 * (which + 1) + 1)] { failures.increment() }
    }
    #expect(failures.value == 0)
    #expect(compiler.counters == .init(compiled: 6, loadedFromDisk: 0, reusedInMemory: 42))
  }

  @Test func `a kernel that cannot be loaded gives the same reason again`() throws {
    let compiler = try compiler()
    let reasons = (0..<2).map { _ -> String in
      do {
        _ = try compiler.function(symbol: "kernel", ir: KernelSamples.calling("descent_is_nowhere"))
        return "loaded"
      } catch { return "\(error)" }
    }
    #expect(reasons[0].contains("descent_is_nowhere"))
    #expect(reasons[0] == reasons[1])
    #expect(compiler.counters == .init())
  }

  @Test(arguments: ["expf", "tanhf", "erff"])
  func functionsOfTheCLibraryResolve(name: String) throws {
    let code = try compiler().function(symbol: "kernel", ir: KernelSamples.calling(name))
    let result = KernelSamples.run(code, [0.25], [7], count: 1)
    let expected: [String: Float] = ["expf": 1.284_025_4, "tanhf": 0.244_918_66, "erff": 0.276_326_39]
    #expect(abs(result[0] - (expected[name] ?? .nan)) < 1e-6)
  }

  @Test func unknownFunctionIsALoadError() throws {
    let compiler = try compiler()
    let error = #expect(throws: EngineError.self) {
      _ = try compiler.function(symbol: "kernel", ir: KernelSamples.calling("descent_no_such_function"))
    }
    #expect(error?.description.contains("'kernel' compiled, but could not be loaded") == true)
    #expect(error?.description.contains("descent_no_such_function") == true)
    #expect(compiler.counters.compiled == 0)
  }

  @Test func helpersAndMemorySlotsAreOptimizedAway() throws {
    let assembly = try compiler().emittedAssembly(symbol: "kernel", ir: KernelSamples.axpy(factor: 2))
    #expect(assembly.contains("kernel"))
    #expect(!assembly.contains("combine"))
    #expect(!assembly.contains("rsp"))
  }

  #if arch(x86_64)
    /// Intel's first AVX-512 processors are tuned for 256 bits; vectors that the text states must stay whole there.
    @Test(arguments: ["skylake-avx512", "icelake-server", "sapphirerapids"])
    func statedVectorsKeepTheirWidth(cpu: String) throws {
      let library = try Self.library.get()
      let generator = KernelCodeGenerator(library: library, cpuName: cpu, cpuFeatures: "")
      let bytes = try generator.generate(.assembly, symbol: "kernel", ir: KernelSamples.wide, exportedName: "kernel")
      let assembly = String(decoding: bytes, as: UTF8.self)
      #expect(assembly.contains("vsqrtps") && assembly.contains("zmm"))
      #expect(!assembly.contains("ymm"))
    }
  #endif
}

@Suite struct KernelCompilerErrorTests {
  func message(symbol: String = "kernel", _ ir: String) throws -> String {
    let compiler = try KernelCompiler(library: KernelCompilerTests.library.get(), cache: nil)
    let error = #expect(throws: EngineError.self) { _ = try compiler.function(symbol: symbol, ir: ir) }
    return error?.description ?? ""
  }

  @Test func syntaxErrorShowsLineAndText() throws {
    let text = try message("define void @kernel() {\n  %x = nonsense i32 1\n  ret void\n}")
    #expect(text.contains("LLVM rejected the kernel 'kernel'"))
    #expect(text.contains("2:8") && text.contains("expected instruction opcode"))
    #expect(text.contains("2\t  %x = nonsense i32 1"))
  }

  @Test func brokenModuleIsVerified() throws {
    // Parses, but the use of %x is not dominated by its definition.
    let text = try message(
      """
      define i32 @kernel(i1 %c) {
        br i1 %c, label %a, label %b
      a:
        %x = add i32 1, 2
        br label %b
      b:
        ret i32 %x
      }
      """)
    #expect(text.contains("does not dominate"))
  }

  @Test func missingKernelIsNamed() throws {
    #expect(try message("define void @other() { ret void }").contains("defines no function named 'kernel'"))
    #expect(try message("declare void @kernel()").contains("defines no function named 'kernel'"))
  }

  /// What the code generator cannot do is reported as well, and does not end the process.
  @Test func codeGeneratorErrorsAreCaught() throws {
    let text = try message(
      "define void @kernel() {\n  call void asm sideeffect \"no-such-instruction\", \"\"()\n  ret void\n}")
    #expect(text.contains("LLVM rejected the kernel 'kernel'"))
  }
}

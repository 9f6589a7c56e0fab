import DescentText
import Descent
import Foundation

/// What `descent doctor` finds out.
struct Diagnosis {
  enum State: String {
    case good = "ok"
    /// Worth knowing; nothing depends on it.
    case note
    /// Needed, and not there or not working.
    case missing
  }

  /// One thing that was looked at.
  struct Finding {
    let key: String
    let title: String
    let state: State
    /// What was found, on one line.
    let text: String
    /// The same in parts.
    var facts: [(String, OrderedJSON)] = []
    /// What to do, where something is to be done.
    var advice: String?
  }

  /// Looks at everything. Fails at nothing: what is not there is a finding.
  static func run() -> [Finding] {
    let environment = ProcessInfo.processInfo.environment
    let llvm = llvm(environment)
    let tests = [SelfTest.kernel, SelfTest.matrixProduct]
    return [descent, swift(environment), llvm, oneDNN, lapack, machine, threads, cache(environment)]
      + tests.map { llvm.state == .good ? $0.finding() : $0.notRun }
  }

  private static var descent: Finding {
    Finding(
      key: "descent", title: "Descent", state: .good, text: Release.version,
      facts: [("version", .string(Release.version))])
  }

  /// Only programs that use Descent as a package need a compiler; the command does not.
  private static func swift(_ environment: [String: String]) -> Finding {
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let path = folders.map { "\($0)/swift" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let path, let output = firstLine(of: path, ["--version"]) else {
      return Finding(
        key: "swift", title: "Swift", state: .note, text: "not on PATH",
        advice: "Only needed to build programs with Descent: https://www.swift.org/install")
    }
    return Finding(
      key: "swift", title: "Swift", state: .good, text: output,
      facts: [("version", .string(output)), ("path", .string(path))])
  }

  private static func llvm(_ environment: [String: String]) -> Finding {
    do {
      let library = try LLVMLibrary.find(environment: environment)
      return Finding(
        key: "llvm", title: "LLVM", state: .good, text: "\(library.version) (\(library.path)), for \(library.cpuName)",
        facts: [
          ("version", .string(library.version)), ("path", .string(library.path)), ("cpu", .string(library.cpuName)),
          ("triple", .string(library.targetTriple)),
        ])
    } catch {
      return Finding(
        key: "llvm", title: "LLVM", state: .missing, text: "not usable: kernels cannot be compiled",
        advice: error.description)
    }
  }

  private static var oneDNN: Finding {
    do {
      try OneDNNLibrary.load()
    } catch {
      if OneDNNLibrary.isOff {
        return Finding(
          key: "oneDNN", title: "oneDNN", state: .note,
          text: "off: convolutions run as matrix products, more slowly")
      }
      // Convolutions do without it, but a library that was named must work.
      let isNamed = ProcessInfo.processInfo.environment["DESCENT_ONEDNN"]?.isEmpty == false
      return Finding(
        key: "oneDNN", title: "oneDNN", state: isNamed ? .missing : .note,
        text: isNamed ? "not usable" : "not usable: convolutions run as matrix products, more slowly",
        advice: error.description)
    }
    let version = OneDNNLibrary.version ?? ""
    let isa = OneDNNLibrary.instructionSet ?? ""
    return Finding(
      key: "oneDNN", title: "oneDNN", state: .good, text: "\(version), using \(isa)",
      facts: [("version", .string(version)), ("instructionSet", .string(isa))])
  }

  private static var lapack: Finding {
    do {
      let library = try LAPACKLibrary.shared()
      return Finding(
        key: "lapack", title: "LAPACK", state: .good, text: "\(library.version) (\(library.path)), one thread",
        facts: [("version", .string(library.version)), ("path", .string(library.path))])
    } catch {
      // Only factorizations need it, but a library that was named must work.
      let isNamed = ProcessInfo.processInfo.environment["DESCENT_LAPACK"]?.isEmpty == false
      return Finding(
        key: "lapack", title: "LAPACK", state: isNamed ? .missing : .note,
        text: "not usable: no Shampoo, SOAP or GaLore, and no QR, eigen- or singular values", advice: error.description)
    }
  }

  private static var machine: Finding {
    Finding(
      key: "machine", title: "Processor", state: .good, text: Machine.description,
      facts: [("description", .string(Machine.description)), ("processor", .string(Machine.processor))])
  }

  private static var threads: Finding {
    let count = ThreadTeam.threadCount
    return Finding(
      key: "threads", title: "Threads", state: .good, text: "\(count), by \(ThreadTeam.runtimeName)",
      facts: [("count", .integer(count)), ("runtime", .string(ThreadTeam.runtimeName))])
  }

  private static func cache(_ environment: [String: String]) -> Finding {
    guard let cache = KernelCache.standard(environment: environment) else {
      return Finding(
        key: "cache", title: "Kernel cache", state: .note, text: "off: kernels are compiled anew in every run",
        facts: [("directory", .null)])
    }
    if let objection = cache.objection {
      return Finding(
        key: "cache", title: "Kernel cache", state: .note, text: "\(cache.directory) is not used: \(objection)",
        facts: [("directory", .string(cache.directory)), ("objection", .string(objection))],
        advice:
          "Every run compiles its kernels. Give it to yourself alone (chown, chmod go-w), or set DESCENT_CACHE to "
          + "another folder.")
    }
    let usage = cache.usage()
    let (isThere, isWritable) = folderState(cache.directory)
    let size = NumberText.significant(Double(usage.bytes) / 1e6, 3)
    return Finding(
      key: "cache", title: "Kernel cache", state: isWritable ? .good : .note,
      text: isThere
        ? "\(cache.directory), \(usage.entries) kernels, \(size) MB" : "\(cache.directory), made when first needed",
      facts: [
        ("directory", .string(cache.directory)), ("entries", .integer(usage.entries)), ("bytes", .integer(usage.bytes)),
        ("writable", .bool(isWritable)),
      ],
      advice: isWritable
        ? nil : "The folder cannot be written, so every run compiles its kernels; set DESCENT_CACHE to another one.")
  }

  /// Whether a folder exists, and whether it, or the first of its parents that exists, can be written.
  private static func folderState(_ path: String) -> (exists: Bool, isWritable: Bool) {
    let files = FileManager.default
    var url = URL(fileURLWithPath: path)
    let exists = files.fileExists(atPath: url.path)
    while url.path != "/", !files.fileExists(atPath: url.path) { url.deleteLastPathComponent() }
    return (exists, files.isWritableFile(atPath: url.path))
  }

  /// The first line that a program writes; nil if it cannot be run or fails.
  private static func firstLine(of path: String, _ arguments: [String]) -> String? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: output, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}

/// A small computation whose result is known, run by the engine.
struct SelfTest {
  let key: String
  let title: String
  /// Gives the greatest difference between what the engine and what plain Swift computed.
  let error: @Sendable () throws -> Double

  /// An element-wise kernel, compiled by LLVM.
  static let kernel = SelfTest(key: "kernelTest", title: "Test: kernel") {
    let values = (0..<1000).map { Float($0) / 1000 }
    let x = Tensor(values)
    let computed: [Float] = try (x * x + 2 * x).scalars()
    return zip(values, computed).reduce(0) { Swift.max($0, Double(Swift.abs($1.0 * $1.0 + 2 * $1.0 - $1.1))) }
  }

  /// A matrix product.
  static let matrixProduct = SelfTest(key: "matrixProductTest", title: "Test: product") {
    let size = 48
    let a = (0..<size * size).map { Float($0 % 7) - 3 }
    let b = (0..<size * size).map { Float($0 % 5) - 2 }
    let product = dot(
      Tensor(a, shape: [size, size]), Tensor(b, shape: [size, size]), DotAxes(lhsContracting: [1], rhsContracting: [0]))
    let computed: [Float] = try product.scalars()
    var worst = 0.0
    for row in 0..<size {
      for column in 0..<size {
        let expected = (0..<size).reduce(Float(0)) { $0 + a[row * size + $1] * b[$1 * size + column] }
        worst = Swift.max(worst, Double(Swift.abs(expected - computed[row * size + column])))
      }
    }
    return worst
  }

  /// The finding where the compiler, whose absence is a finding of its own, keeps it from running.
  var notRun: Diagnosis.Finding {
    Diagnosis.Finding(key: key, title: title, state: .missing, text: "not run: it needs LLVM")
  }

  /// A missing library has a line of its own above.
  private static func advice(for error: any Error) -> String? {
    switch error as? EngineError {
    case .llvmNotFound, .llvmUnusable, .oneDNNUnusable, .lapackUnusable: nil
    case .badEnvironment, .irRejected, .kernelNotLoaded, .convolution, .memoryLimit, nil: "\(error)"
    }
  }

  func finding() -> Diagnosis.Finding {
    do {
      let error = try error()
      // Rounding in the last place of numbers up to a few hundred.
      let isRight = error < 1e-4
      return Diagnosis.Finding(
        key: key, title: title, state: isRight ? .good : .missing,
        text: isRight ? "compiled and ran, the numbers are right" : "the numbers are wrong by up to \(error)",
        facts: [("greatestError", .number(error))],
        advice: isRight ? nil : "Please report this with the output of 'descent doctor --json'.")
    } catch {
      return Diagnosis.Finding(
        key: key, title: title, state: .missing, text: "could not run", advice: Self.advice(for: error))
    }
  }
}

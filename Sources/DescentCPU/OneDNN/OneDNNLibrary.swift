import COneDNN

/// The oneDNN library that the process runs with. It is opened when it is first needed.
package enum OneDNNLibrary {
  /// Opens the library, once; later calls repeat the first one's outcome.
  ///
  /// - Throws: ``EngineError/oneDNNUnusable(tried:)``.
  package static func load() throws(EngineError) { try outcome.get() }

  /// Whether `DESCENT_ONEDNN=off` asks to do without it.
  package static var isOff: Bool { EngineEnvironment.current["DESCENT_ONEDNN"] == "off" }

  /// Without the library convolutions run as matrix products; but one that was named must work, or a mistake would be
  /// hidden.
  ///
  /// - Throws: ``EngineError/oneDNNUnusable(tried:)``.
  static func checkGivenName() throws(EngineError) {
    if EngineEnvironment.current["DESCENT_ONEDNN"] != nil && !isOff { try load() }
  }

  private static let outcome = Result { () throws(EngineError) in
    let major = descent_onednn_major_version()
    var names = [
      "libdnnl.so.\(major)", "libdnnl.so", "/opt/homebrew/lib/libdnnl.dylib", "/usr/local/lib/libdnnl.dylib",
    ]
    if let given = EngineEnvironment.current["DESCENT_ONEDNN"] { names = [given] }
    var tried: [String] = []
    for name in names {
      let problem = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String? in
        descent_onednn_load(name, buffer.baseAddress, buffer.count) ? nil : String(cString: buffer.baseAddress!)
      }
      guard let problem else { return }
      // The loader's usual words say no more than the name.
      tried.append(problem.contains("cannot open shared object file") ? name : "\(name) (\(problem))")
    }
    throw .oneDNNUnusable(tried: tried)
  }

  /// Its version, for example `2.6.3`; nil when it cannot be loaded.
  package static var version: String? {
    guard (try? load()) != nil else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      descent_onednn_version(buffer.baseAddress, buffer.count)
      return String(cString: buffer.baseAddress!)
    }
  }

  /// The newest instruction set of this processor that it uses, for example `avx512_core_bf16`; nil when it cannot be
  /// loaded.
  package static var instructionSet: String? {
    guard (try? load()) != nil else { return nil }
    let name = String(cString: descent_onednn_instruction_set())
    let prefix = "cpu_isa_"
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }

  /// The floats in a vector of the instruction set that it uses, by which it blocks images; nil where it does not block,
  /// or cannot be loaded.
  static let vectorLanes: Int? = instructionSet.flatMap { name in
    name.contains("512") ? 16 : name.contains("avx2") ? 8 : nil
  }
}

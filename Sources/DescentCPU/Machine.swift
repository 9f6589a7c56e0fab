import DescentRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The machine and the libraries, as reports name them.
public enum Machine {
  /// Processor, instruction set and threads.
  public static var description: String {
    let isa = (try? KernelCompiler.shared()).map { "\($0.vectorByteCount * 8)-bit vectors" } ?? "no LLVM"
    let threads = ThreadTeam.threadCount
    return "\(processor), \(isa), \(threads) thread\(threads == 1 ? "" : "s")"
  }

  /// Of Descent and of the libraries that were found, in the order to show them.
  public static var versions: [(name: String, value: String)] {
    [
      ("Descent", Release.version), ("LLVM", (try? KernelCompiler.shared().library.version) ?? "not found"),
      ("oneDNN", OneDNNLibrary.version ?? "not found"),
      ("LAPACK", (try? LAPACKLibrary.shared().version) ?? "not found"),
    ]
  }

  /// The processor's name, or its architecture where the system does not tell.
  public static var processor: String {
    #if os(Linux)
      if let file = fopen("/proc/cpuinfo", "r") {
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
          let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
          if text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") {
            let name = text[text.index(after: colon)...]
            return String(name.drop { $0 == " " }.prefix { $0 != "\n" })
          }
        }
      }
    #elseif os(macOS)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      if size > 0 {
        var name = [CChar](repeating: 0, count: size)
        sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    #endif
    var info = utsname()
    uname(&info)
    return withUnsafeBytes(of: info.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

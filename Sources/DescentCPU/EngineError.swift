/// What can go wrong while the CPU engine loads its compiler, compiles a kernel or prepares a convolution.
///
/// Trouble with the kernel cache on disk is not here on purpose: the engine then compiles again and keeps going.
public enum EngineError: Error, Equatable, Sendable {
  /// No usable libLLVM was found; `searched` lists the names and paths tried, in order.
  case llvmNotFound(searched: [String])

  /// The library that the environment variable `DESCENT_LLVM` names cannot be used.
  case llvmUnusable(path: String, reason: String)

  /// An environment variable has a value that it cannot have.
  case badEnvironment(variable: String, value: String, expected: String)

  /// LLVM could not parse, verify or compile the text of a kernel. `message` is LLVM's own, `ir` the numbered text.
  case irRejected(symbol: String, message: String, ir: String)

  /// Machine code was made but could not be linked into the process (for example an unknown external function).
  case kernelNotLoaded(symbol: String, message: String)

  /// No usable oneDNN was found; `tried` lists the names, with the reason where there is more to say than that.
  case oneDNNUnusable(tried: [String])

  /// No usable LAPACK was found; `tried` lists the names, with the reason where there is more to say than that.
  case lapackUnusable(tried: [String])

  /// oneDNN refused a convolution. `status` is oneDNN's name for the reason.
  case convolution(descriptor: String, status: String)

  /// A step's intermediate results do not fit into `limit` bytes, whatever is computed again instead of being kept.
  /// `reached` is the smallest size found, `largest` names the largest buffers at its fullest step.
  case memoryLimit(limit: Int, reached: Int, largest: [String])
}

extension EngineError: CustomStringConvertible {
  /// One message for people: what was found, and what to do about it.
  public var description: String {
    switch self {
    case .badEnvironment(let variable, let value, let expected):
      "the environment variable \(variable) must be \(expected), not '\(value)'; correct it, or unset it."
    case .llvmNotFound(let searched):
      """
      libLLVM (version \(LLVMLibrary.oldestVersion) or later) was not found; the CPU engine compiles its kernels with it.
      Install it (Debian, Ubuntu: `apt-get install libllvm19`; macOS: `brew install llvm`), \
      or set DESCENT_LLVM to the path of a libLLVM.
      Tried: \(searched.joined(separator: ", "))
      """
    case .llvmUnusable(let path, let reason):
      """
      libLLVM at '\(path)' cannot be used: \(reason).
      Set DESCENT_LLVM to a libLLVM of version \(LLVMLibrary.oldestVersion) or later, or unset it to search the \
      usual places.
      """
    case .oneDNNUnusable(let tried):
      """
      oneDNN was not found or cannot be used; the CPU engine runs its convolutions with it,
      and without it as matrix products, which takes longer.
      Install it (Debian, Ubuntu: `apt-get install libdnnl-dev`; macOS: `brew install onednn`), \
      or set DESCENT_ONEDNN to the path of a libdnnl.
      Tried: \(tried.joined(separator: ", "))
      """
    case .lapackUnusable(let tried):
      """
      no LAPACK was found; factorizations of matrices (Shampoo, SOAP and others) run on it.
      Install OpenBLAS (Debian, Ubuntu: `apt-get install libopenblas0-serial`; macOS has Accelerate), \
      or set DESCENT_LAPACK to the path of a LAPACK library.
      Tried: \(tried.joined(separator: ", "))
      """
    case .irRejected(let symbol, let message, let ir):
      "LLVM rejected the kernel '\(symbol)': \(message)\n\(EngineError.excerpt(of: ir, for: message))"
    case .kernelNotLoaded(let symbol, let message):
      "the kernel '\(symbol)' compiled, but could not be loaded: \(message)"
    case .convolution(let descriptor, let status):
      "oneDNN cannot run the convolution \(descriptor): \(status)"
    case .memoryLimit(let limit, let reached, let largest):
      """
      the intermediate results of a step take \(reached) bytes at least, more than the memory limit of \(limit) bytes.
      Raise the limit, or make the batch or the network smaller.
      Largest at the fullest step: \(largest.joined(separator: "; "))
      """
    }
  }

  /// The numbered lines around the place that LLVM's message names (`kernel:12:3: error`), all lines if it names none.
  private static func excerpt(of text: String, for message: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let located = message.firstMatch(of: #/^[^:\n]*:(\d+):\d+:/#).flatMap { Int($0.output.1) }
    let shown = located.map { max(1, $0 - 5)...($0 + 2) } ?? 1...lines.count
    return zip(1..., lines).filter { shown.contains($0.0) }.map { "\($0.0)\t\($0.1)" }.joined(separator: "\n")
  }
}

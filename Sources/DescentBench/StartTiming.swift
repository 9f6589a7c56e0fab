import DescentCPU
import DescentRuntime
import DescentGraph

/// Where the time goes from the start of a process to the end of a workload's first training step.
package struct StartTiming: Sendable {
  /// The parts in order, each with its milliseconds.
  package let parts: [(name: String, milliseconds: Double)]
  /// Kernels that LLVM compiled, and those that were read from the disk cache.
  package let compiled: Int, loaded: Int

  /// Prepares the workload and runs one step, in a process that has done nothing else yet.
  ///
  /// - Parameter age: milliseconds since the process was started.
  package init(of workload: Workload, age: Double) throws {
    let clock = ContinuousClock()
    var last = clock.now
    var parts = [("process", age)]
    func note(_ name: String) {
      let now = clock.now
      parts.append((name, (now - last) / .milliseconds(1)))
      last = now
    }
    let step = try workload.make()
    note("model")
    let prepared = try Workload.Prepared(step, note: note)
    try prepared.step()
    note("first step")
    self.parts = parts
    let counters = try KernelCompiler.shared().counters
    (compiled, loaded) = (counters.compiled, counters.loadedFromDisk)
  }
}

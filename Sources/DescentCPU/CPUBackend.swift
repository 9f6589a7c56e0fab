import DescentGraph
import DescentRuntime

/// This machine's processors: plans, compiles with LLVM, and replays.
package final class CPUBackend: LinkedBackend {
  package init() {}

  /// LLVM takes about as long to open as a small network to trace and plan.
  package func beginOpening() -> @Sendable () -> Void {
    let opening = KernelCompiler.openingInBackground()
    return { opening.wait() }
  }

  package func prepare(
    _ program: Program, _ options: CompileOptions, note: (_ part: String) -> Void
  ) throws -> any PreparedStep {
    let plan = try Plan(program, options)
    note("trace and plan")
    _ = try KernelCompiler.shared()
    note("wait for LLVM")
    let step = CPUStep(program, options, try Executable(plan))
    note("compile and bind")
    return step
  }
}

/// A program's executable, which is made anew where the weights' order turns out not to pay.
///
/// `@unchecked Sendable`: whoever runs the step has its turn, and nobody else looks at the executable meanwhile.
package final class CPUStep: PreparedStep, @unchecked Sendable {
  private let program: Program
  private let options: CompileOptions
  package private(set) var executable: Executable

  init(_ program: Program, _ options: CompileOptions, _ executable: Executable) {
    self.program = program
    self.options = options
    self.executable = executable
  }

  package var arguments: [Buffer] { executable.arguments }
  package var results: [Buffer] { executable.results }

  /// How many runs in a row may find their weights brought into rows by somebody else before the program is planned again
  /// with its weights in rows.
  package static let mostDisturbedRuns = 8

  package func run() throws {
    // Where somebody reads the weights between all runs, bringing them there and back costs more than it saves.
    if executable.disturbedRuns > Self.mostDisturbedRuns {
      let plan = try Plan(program, options, keepsRows: true)
      executable = try Executable(plan, arguments: executable.arguments, results: executable.results)
    }
    executable.run()
  }
}

extension CompiledFunction {
  /// The plan for arguments of these types, traced anew: nothing is compiled, bound or run.
  package func plan(shapes: [Shape], dtypes: [DType]) throws -> Plan {
    try Plan(program(shapes: shapes, dtypes: dtypes), options)
  }

  /// What runs on the processors for arguments of these types; traps for a function of another device.
  package func executable(
    shapes: [Shape], dtypes: [DType], note: (_ part: String) -> Void = { _ in }
  ) throws -> Executable {
    let step = try step(shapes: shapes, dtypes: dtypes, note: note)
    guard let step = step.prepared as? CPUStep else {
      fatalError("a function on \(device) has no executable of the processors")
    }
    return step.executable
  }
}

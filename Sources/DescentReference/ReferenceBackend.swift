import DescentGraph
import DescentRuntime

/// The definition as a back end: one node at a time, in float64, whatever the options.
package final class ReferenceBackend: LinkedBackend {
  package init() {}

  package func prepare(
    _ program: Program, _ options: CompileOptions, note: (_ part: String) -> Void
  ) throws -> any PreparedStep {
    ReferencePreparedStep(program)
  }
}

/// A program with its buffers, run by the interpreter. Between two runs the variables are rounded to their types.
package final class ReferencePreparedStep: PreparedStep {
  private let program: Program
  private let interpreter = Interpreter<Double>()
  package let arguments: [Buffer]
  package let results: [Buffer]

  init(_ program: Program) {
    self.program = program
    arguments = program.arguments.map { Buffer(shape: $0.shape, dtype: $0.dtype) }
    results = program.results.map { Buffer(shape: $0.shape, dtype: $0.dtype) }
  }

  package func run() throws {
    let outcome = interpreter.run(program, arguments: arguments.map { Interpreter.Value($0.rows) })
    for (buffer, value) in zip(results, outcome.results) { buffer.fill(from: value.storage()) }
    for update in program.updates {
      update.buffer.fill(from: outcome.variables[ObjectIdentifier(update.variable)]!.storage())
    }
  }
}

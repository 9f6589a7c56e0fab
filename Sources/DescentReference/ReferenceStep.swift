import DescentGraph
import DescentRuntime
import RealModule

extension Interpreter {
  /// What one run of a program gives.
  package struct Outcome: Sendable {
    package let results: [Value]
    /// Every variable the program reads or updates, as the run leaves it.
    package let variables: [ObjectIdentifier: Value]
  }

  /// Runs `program` once. All updates happen together, after everything has been computed from the old values.
  ///
  /// - Parameters:
  ///   - arguments: one value for each of the program's arguments, in order.
  ///   - variables: the variables' values, by identity; one that is missing starts from its storage, which is not
  ///     written.
  package func run(
    _ program: Program, arguments: [Value], variables: [ObjectIdentifier: Value] = [:]
  ) -> Outcome {
    require(
      arguments.count == program.arguments.count,
      "reference: the program takes \(program.arguments.count) arguments, not \(arguments.count)")
    var inputs = Dictionary(uniqueKeysWithValues: zip(program.arguments, arguments))
    var state = variables
    for read in program.reads {
      let value = state[ObjectIdentifier(read.variable)] ?? Value(read.buffer.rows)
      inputs[read.input] = value
      state[ObjectIdentifier(read.variable)] = value
    }
    for feed in program.feeds {
      inputs[feed.input] = Value(floats: [Scalar(feed.value())], shape: feed.input.shape, dtype: feed.input.dtype)
    }
    let values = evaluate(program.roots, inputs: inputs)
    for (update, value) in zip(program.updates, values[program.results.count...]) {
      state[ObjectIdentifier(update.variable)] = value
    }
    return Outcome(results: Array(values[..<program.results.count]), variables: state)
  }
}

/// A program with its own copy of its variables' values, run step after step in `Scalar`.
///
/// The variables themselves are read once, when the step is made, and never written. With `Double` a whole
/// training run of a float32 program can be followed without rounding the state between steps.
package final class ReferenceStep<Scalar: Real & BinaryFloatingPoint & Sendable> {
  package typealias Value = Interpreter<Scalar>.Value

  package let program: Program
  package let interpreter: Interpreter<Scalar>
  private var state: [ObjectIdentifier: Value] = [:]

  package init(_ program: Program, interpreter: Interpreter<Scalar> = Interpreter()) {
    self.program = program
    self.interpreter = interpreter
    for read in program.reads { state[ObjectIdentifier(read.variable)] = Value(read.buffer.rows) }
  }

  /// Runs the program on the current state, keeps the updated state and gives the results.
  @discardableResult
  package func step(_ arguments: [Value] = []) -> [Value] {
    let outcome = interpreter.run(program, arguments: arguments, variables: state)
    state = outcome.variables
    return outcome.results
  }

  /// The variable's value after the steps so far; its storage's when the program does not use it.
  package func value(of variable: Variable) -> Value {
    state[ObjectIdentifier(variable)] ?? Value(variable.storage)
  }
}

import ArgumentParser
import Descent
import Foundation

/// The command `descent`: the root of its subcommands, and the one place where errors become text and exit codes.
@main
struct DescentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descent",
    abstract: "Train neural networks, and find out which optimization method trains yours best.",
    discussion: """
      EXAMPLES:
        descent doctor                                   is everything in place?
        descent train digits                             train on the built-in digits
        descent train cars.csv --target price            train on your own table
        descent compare digits --methods sgd,adam,geo    which method is best, and is that luck?
        descent bench mlp-mnist                          how fast is a training step?

      DATA: 'digits' (1,797 handwritten digits, built in) or the path of a CSV file.

      Results go to stdout, progress to stderr; --json makes results readable for programs. Ctrl-C ends a run with what
      it has so far. Exit codes: 0 success, 1 failure, 64 wrong usage, 130 interrupted.
      """,
    version: Machine.version,
    subcommands: [
      TrainCommand.self, PredictCommand.self, CompareCommand.self, OptimizersCommand.self, BenchCommand.self,
      InspectCommand.self, DoctorCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      report(error)
    }
  }

  /// Says what went wrong in one sentence and ends the process.
  private static func report(_ error: any Error) -> Never {
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    let code = exitCode(for: error)
    guard !code.isSuccess else {
      // Requests for help or the version arrive as errors too.
      print(fullMessage(for: error))
      Foundation.exit(code.rawValue)
    }
    if let error = error as? UsageError {
      StandardError.write("error: \(error.description)\n")
      Foundation.exit(ExitCode.validationFailure.rawValue)
    }
    guard code == .validationFailure else {
      StandardError.write("error: \(error)\n")
      Foundation.exit(ExitCode.failure.rawValue)
    }
    let hint = fullMessage(for: error).split(separator: "\n").last { $0.contains("--help") }
    StandardError.write("error: \(message(for: error))\n")
    if let hint { StandardError.write("\(hint.trimmingCharacters(in: .whitespaces))\n") }
    Foundation.exit(code.rawValue)
  }
}

/// A wrong use of the command that shows only when it runs, for example a missing `--target`.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A failure that no library's error describes.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

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
        descent doctor                                 is everything in place?
        descent train digits                           train on built-in data
        descent train cars.csv --target price          train on your own table
        descent compare digits --methods sgd,adam,geo  which method is best?
        descent find-lr digits                         which learning rate to start from?
        descent bench mlp-mnist                        how fast is a step?

      Data are 'digits' (1,797 handwritten digits, built in) or the path of a CSV file.

      Results go to stdout, progress to stderr; --json makes results readable for programs. Ctrl-C ends a run with \
      what it has so far. Exit codes: 0 success, 1 failure, 64 wrong usage, 130 interrupted (143 by SIGTERM \
      before the run has begun), 141 nobody reads the results.
      """,
    version: Release.version,
    subcommands: [
      TrainCommand.self, PredictCommand.self, CompareCommand.self, FindLRCommand.self, OptimizersCommand.self,
      BenchCommand.self, InspectCommand.self, DoctorCommand.self,
    ])

  static func main() {
    StandardOutput.prepare()
    do {
      try EngineEnvironment.check()
      try checkSubcommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      try command.run()
      StandardOutput.finish(0)
    } catch {
      report(error)
    }
  }

  /// The parser takes a misspelt subcommand for a surplus argument; this says what it is.
  private static func checkSubcommand(_ name: String?) throws {
    guard let name, !name.hasPrefix("-"), name != "help" else { return }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(name) else { return }
    let suggestion = nearestName(to: name, in: names).map { "; did you mean '\($0)'?" } ?? "."
    let list = names.joined(separator: ", ")
    throw UsageError("there is no subcommand '\(name)'\(suggestion) The subcommands are: \(list).")
  }

  /// Says what went wrong in one sentence and ends the process.
  private static func report(_ error: any Error) -> Never {
    if let code = error as? ExitCode { StandardOutput.finish(code.rawValue) }
    let code = exitCode(for: error)
    guard !code.isSuccess else {
      // Requests for help or the version arrive as errors too.
      print(fullMessage(for: error))
      StandardOutput.finish(code.rawValue)
    }
    if let error = error as? UsageError {
      StandardError.write("error: \(error.description)\n")
      StandardOutput.finish(ExitCode.validationFailure.rawValue)
    }
    guard code == .validationFailure else {
      StandardError.write("error: \(error)\n")
      StandardOutput.finish(ExitCode.failure.rawValue)
    }
    let hint = fullMessage(for: error).split(separator: "\n").last { $0.contains("--help") }
    StandardError.write("error: \(oneSentence(message(for: error)))\n")
    if let hint { StandardError.write("\(hint.trimmingCharacters(in: .whitespaces))\n") }
    StandardOutput.finish(code.rawValue)
  }
}

/// The parser's message as one sentence: lists of values come on lines of their own.
private func oneSentence(_ message: String) -> String {
  var lines = message.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  guard let first = lines.first else { return message }
  lines[0] = first.prefix(1).lowercased() + first.dropFirst()
  let items = lines.dropFirst().map { $0.hasPrefix("- ") ? String($0.dropFirst(2)) : $0 }
  return ([lines[0]] + (items.isEmpty ? [] : [items.joined(separator: ", ")])).joined(separator: " ")
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

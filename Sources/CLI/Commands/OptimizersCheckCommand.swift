import DescentRecorded
import DescentText
import ArgumentParser
import Descent
import Foundation

struct OptimizersCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Replay runs that other libraries recorded, and say how far the methods here are from them.",
    discussion: """
      The file holds gradients and the parameters that the optimizers of PyTorch, optax and pytorch_optimizer reached \
      with them, in the format of Tests/Golden/trajectories.json. Every run whose optimizer is known here is replayed \
      with the same gradients and hyper-parameters, in float64 and in float32.

      An error is |found − recorded| / max(|recorded|, 0.01): relative, and for values near zero relative to 0.01. The \
      greatest one over all kept steps and elements is printed. The exit code is 1 if one is above its tolerance.

      A run that starts from eigenvectors of its first gradient (SOAP) is not determined by what was recorded where \
      that gradient leaves several of them open, as one of too low rank does; an error of such a run is printed and \
      does not count.

      EXAMPLES:
        descent optimizers check trajectories.json
        descent optimizers check trajectories.json --tolerance64 1e-12 --json
      """)

  @Argument(help: "The file of recorded runs, JSON.")
  var file: String

  @Option(help: "The greatest relative error that float64 may have.")
  var tolerance64 = 1e-9

  @Option(help: "The greatest relative error that float32 may have.")
  var tolerance32 = 1e-4

  @Flag(help: "Write the results as JSON.")
  var json = false

  func validate() throws {
    for (option, value) in [("--tolerance64", tolerance64), ("--tolerance32", tolerance32)] {
      guard value > 0, value.isFinite else {
        throw ValidationError("\(option) must be a number above 0, for example 1e-9, not \(value).")
      }
    }
  }

  func run() throws {
    let recorded = try RecordedFile(path: file)
    let names = recorded.runs.map(\.name.count).max() ?? 0
    var checks: [RecordedCheck] = []
    for run in recorded.runs {
      let check = try recorded.check(run)
      checks.append(check)
      if !json { print(TextLayout.pad(check.name, to: names, alignRight: false) + "  " + text(of: check)) }
    }
    if json { print(report(checks).text()) } else { print("\n\(summary(checks))") }
    if !checks.allSatisfy(passes) { throw ExitCode.failure }
  }

  private func passes(_ check: RecordedCheck) -> Bool {
    switch check.outcome {
    case .replayed(let float64, let float32, let ambiguity):
      isWithin(float64, float32) || ambiguity != nil
    case .notCovered: true
    }
  }

  private func isWithin(_ float64: Double, _ float32: Double) -> Bool {
    float64 <= tolerance64 && float32 <= tolerance32
  }

  /// Why a run that is not within the tolerances says nothing; nil for others.
  private func excuse(_ check: RecordedCheck) -> String? {
    guard case .replayed(let float64, let float32, let ambiguity) = check.outcome else { return nil }
    return isWithin(float64, float32) ? nil : ambiguity
  }

  private func text(of check: RecordedCheck) -> String {
    switch check.outcome {
    case .replayed(let float64, let float32, _):
      "float64 \(short(float64))  float32 \(short(float32))"
        + (excuse(check).map { "  not determined: \($0)" } ?? (passes(check) ? "" : "  above tolerance"))
    case .notCovered(let reason): "not covered: \(reason)"
    }
  }

  /// Two digits, in a column.
  private func short(_ error: Double) -> String {
    guard error.isFinite, error > 0 else { return TextLayout.pad("\(error)", to: 7, alignRight: false) }
    let exponent = Int(floor(log10(error)))
    let digits = (error / pow(10, Double(exponent)) * 10).rounded() / 10
    return TextLayout.pad(digits < 10 ? "\(digits)e\(exponent)" : "1.0e\(exponent + 1)", to: 7, alignRight: false)
  }

  private func summary(_ checks: [RecordedCheck]) -> String {
    let replayed = checks.filter { if case .replayed = $0.outcome { true } else { false } }
    let failed = checks.filter { !passes($0) }.map(\.name)
    let open = checks.count { excuse($0) != nil }
    let verdict =
      failed.isEmpty
      ? "all \(open == 0 ? "" : "others ")within \(tolerance64) in float64 and \(tolerance32) in float32"
      : "above \(tolerance64) in float64 or \(tolerance32) in float32: \(failed.joined(separator: ", "))"
    let rest = open == 0 ? "" : "; \(open) not determined by what was recorded"
    return "\(replayed.count) of \(checks.count) runs replayed, \(verdict)\(rest)"
  }

  private func report(_ checks: [RecordedCheck]) -> OrderedJSON {
    let runs = checks.map { check -> OrderedJSON in
      let known: [(String, OrderedJSON)] = [("name", .string(check.name)), ("source", .string(check.source))]
      switch check.outcome {
      case .replayed(let float64, let float32, _):
        return .object(
          known + [
            ("float64", .number(float64)), ("float32", .number(float32)), ("passed", .bool(passes(check))),
            ("notDetermined", excuse(check).map(OrderedJSON.string) ?? .null),
          ])
      case .notCovered(let reason): return .object(known + [("notCovered", .string("\(reason)"))])
      }
    }
    return .object([
      ("file", .string(file)), ("tolerance64", .number(tolerance64)), ("tolerance32", .number(tolerance32)),
      ("passed", .bool(checks.allSatisfy(passes))), ("runs", .array(runs)),
    ])
  }
}

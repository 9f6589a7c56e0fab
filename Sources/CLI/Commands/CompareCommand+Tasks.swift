import ArgumentParser
import Descent

extension CompareCommand {
  /// The form that tunes each method and judges it on several tasks.
  func compareTasks(_ interruption: Interruption) throws {
    var chosen = try tasks.chosen()
    if data != nil { chosen.append(try ownTask()) }
    var runner = TournamentRunner(tasks: chosen, methods: try modifiedEntries(), plan: tasks.plan(seeds: seeds))
    runner.isCancelled = { interruption.isRequested }
    let display = TasksDisplay(output)
    let tournament = try runner.run(commandLine: CommandLineText.text, onProgress: { display.show($0) })
    display.finish()
    if output.json {
      print(TournamentJSON(tournament).text(), terminator: "")
    } else {
      print(TournamentTable(tournament).text(width: min(Terminal.width, 140)), terminator: "")
    }
    try writeReport(TournamentReport(tournament).html())
    if tournament.isInterrupted { throw ExitCode(Interruption.exitCode) }
  }

  /// The user's data with the perceptron of the options.
  private func ownTask() throws -> ComparisonTask {
    let source = try dataSource()
    let sample = try source.prepare(seed: 0)
    let experiment = try experiment(for: sample)
    let rows = sample.train.count + sample.validation.count + sample.test.count
    let widths = experiment.widths(for: sample).map(String.init).joined(separator: "-")
    return .own(
      experiment, on: sample,
      summary: "\(rows) rows of \(sample.name), network \(widths), batch \(experiment.batch ?? rows), "
        + "\(experiment.epochs) epochs; a fifth of the rows for tuning, of the rest a quarter for the test.",
      target: experiment.target)
  }
}

/// The progress of a comparison on tasks: a line for each task that is done.
private struct TasksDisplay {
  private let progress: Progress

  init(_ output: OutputOptions) { progress = Progress(quiet: output.quiet, isForPrograms: output.json) }

  func show(_ state: TournamentRunner.Progress) {
    if let task = state.finished {
      let runs = task.entries.flatMap(\.runs)
      let reached = runs.count { $0.evaluationsToTarget != nil }
      progress.line("\(task.name): \(reached) of \(runs.count) judged runs reached the target")
    }
    progress.bar(done: state.done, of: state.total, "\(state.task), \(state.stage.rawValue), \(state.contestant)")
  }

  func finish() { progress.clear() }
}

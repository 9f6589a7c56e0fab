import DescentText
import ArgumentParser
import Descent
import Foundation

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Train with several methods and say which is best, and how sure that is.",
    discussion: """
      EXAMPLES:
        descent compare digits
        descent compare digits --methods sgd,adam,geo --seeds 5 --target 0.97
        descent compare digits --learning-rates sgd=0.1,adam=1e-3
        descent compare cars.csv --column price --methods momentum,adamw
        descent compare digits --methods sgd,adam --with clip-norm=1
        descent compare --tasks all --tune 8
        descent compare --tasks quadratic,digits-cnn --methods sgd,adam,lion
        descent compare cars.csv --column price --tune 16

      The quick form trains one network on DATA: every method gets the same data, starting weights and epochs for each \
      seed, and a fixed learning rate.

      With --tasks or --tune each method is first tuned, all by equally many trials, and then judged on fresh seeds: by \
      how long it takes to a target that was fixed beforehand, over all tasks. DATA then is a task too. The tuning is \
      drawn several times, so that its luck shows; a method that is named twice is compared with itself. \
      'descent compare --list-tasks' says what is built in.
      """)

  @Argument(help: "'digits', or the path of a CSV file. With --tasks it may be left out.")
  var data: String?

  @OptionGroup(title: "Data") var table: TableOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The column of the table to predict.", valueName: "name"))
  var column: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The methods, or 'all'. (default: \(MethodTable.standardComparison.joined(separator: ", ")); with --tasks or "
        + "--tune \(TasksOptions.standardMethods.joined(separator: ", ")))",
      valueName: "names"),
    transform: commaSeparated)
  var methods: [String] = []

  @Option(
    help: ArgumentHelp(
      "Learning rates, for example sgd=0.1,adam=1e-3. (default: each method's own)", valueName: "name=rate,…"),
    transform: rates)
  var learningRates: [Assignment] = []

  @Option(
    help: ArgumentHelp(
      "How often each method is run, with seeds 0, 1, 2, … (default: 3; 12 with --tasks or --tune)", valueName: "count")
  )
  var seeds: Int?

  @Option(
    help: ArgumentHelp(
      "The accuracy (0.97 is 97 %) or RMSE to reach; time and steps to it are reported. (default: 0.97 for digits)",
      valueName: "value"))
  var target: Double?

  @OptionGroup var modifiers: ModifierOptions

  @OptionGroup(title: "Tasks") var tasks: TasksOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Network") var objective: ObjectiveOptions
  @OptionGroup(title: "Run") var budget: BudgetOptions

  @Option(
    help: ArgumentHelp(
      "Where to write the report; a file that is there is replaced. (default: report.html; with --json none is written)",
      valueName: "file"))
  var report: String?

  @Flag(help: "Write no report.")
  var noReport = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    try Bounds.check(seeds, "--seeds", to: Bounds.listed)
    try checkForm()
    let entries = try entries()
    for (i, entry) in entries.enumerated() where entries[..<i].contains(where: { $0.name == entry.name }) {
      guard tasks.isAskedFor else { throw ValidationError("--methods has '\(entry.name)' twice.") }
    }
    for (i, rate) in learningRates.enumerated() {
      let entry = try MethodChoice.entry(named: rate.name)
      guard entries.contains(where: { $0.name == entry.name }) else {
        throw ValidationError("--learning-rates has '\(rate.name)', which is not among the methods compared.")
      }
      guard !learningRates[..<i].contains(where: { $0.name.lowercased() == rate.name.lowercased() }) else {
        throw ValidationError("--learning-rates has '\(rate.name)' twice.")
      }
      try MethodChoice.check(learningRate: rate.value, option: "the learning rate of \(entry.name)")
    }
    if let target {
      guard target.isFinite, target > 0 else { throw ValidationError("--target must be above 0, not \(target).") }
    }
  }

  /// Options that belong to the other form of the command.
  private func checkForm() throws {
    if tasks.isAskedFor {
      guard learningRates.isEmpty else {
        throw ValidationError("--learning-rates is for fixed rates; with --tasks or --tune they are searched for.")
      }
      let forData = [
        ("--column", column != nil), ("--target", target != nil), ("--hidden", network.hidden != nil),
        ("--batch", budget.batch != nil), ("--objective", objective.objective != nil),
      ]
      if data == nil, let option = forData.first(where: \.1)?.0 ?? table.optionsForTables.first {
        throw ValidationError("\(option) is for data of your own; the built-in tasks are fixed.")
      }
    } else if !tasks.listTasks {
      if let option = tasks.given.first { throw ValidationError("\(option) goes with --tasks or --tune.") }
      guard data != nil else {
        throw ValidationError("name the data ('digits' or a CSV file), or give --tasks.")
      }
    }
  }

  func run() throws {
    if tasks.listTasks { return TasksOptions.list(asJSON: output.json) }
    let interruption = Interruption()
    if let reportPath { try AtomicFile.check(reportPath, reading: [data].compactMap { $0 }) }
    if tasks.isAskedFor { return try compareTasks(interruption) }
    let source = try dataSource()
    let sample = try source.prepare(seed: 0)
    let runner = try runner(for: sample) { interruption.isRequested }
    let display = CompareDisplay(output, epochs: budget.epochs, metric: .standard(for: sample))
    let comparison = try runner.run(
      description: source.summary(of: sample) + " " + rateOrigin(sample) + modifiers.sentence,
      commandLine: CommandLineText.text,
      data: source.prepare,
      onProgress: { display.show($0) })
    display.finish()
    if output.json {
      print(ComparisonJSON(comparison).text(), terminator: "")
    } else {
      print(ComparisonTable(comparison).text(width: min(Terminal.width, 140)), terminator: "")
    }
    try writeReport(ReportHTML().html(for: comparison))
    if comparison.interrupted { throw ExitCode(Interruption.exitCode) }
  }

  /// - Precondition: there are data.
  func dataSource() throws -> DataSource {
    try DataSource(data ?? "", table, column: column, columnOption: "--column")
  }

  /// Where the learning rates come from; without it a reader cannot judge the ranking.
  private func rateOrigin(_ sample: PreparedData) -> String {
    let others = learningRates.isEmpty ? "Learning rates" : "Learning rates that the command does not name"
    return sample.preprocessing == nil
      ? "\(others) were chosen beforehand, from one grid for all methods, by validation loss on other splits."
      : "\(others) are the methods' defaults and were not tuned on these data."
  }

  func entries() throws -> [MethodEntry] {
    if methods == ["all"] { return MethodTable.entries }
    let standard = tasks.isAskedFor ? TasksOptions.standardMethods : MethodTable.standardComparison
    return try (methods.isEmpty ? standard : methods).map { try MethodChoice.entry(named: $0) }
  }

  /// The methods with the modifiers that were asked for around each.
  func modifiedEntries() throws -> [MethodEntry] {
    guard !modifiers.choices.isEmpty else { return try entries() }
    return try entries().map { entry in
      try entry.changed { [modifiers] in try modifiers.applied(to: $0, named: entry.name) }
    }
  }

  private func runner(
    for sample: PreparedData, isCancelled: @escaping () -> Bool
  ) throws -> ComparisonRunner {
    let rates = Dictionary(learningRates.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
    let isDigits = sample.preprocessing == nil
    let entrants = try modifiedEntries().map {
      ComparisonRunner.Entrant(
        $0, learningRate: rates[$0.name] ?? (isDigits ? $0.digitsRate : $0.learningRate),
        batch: min(budget.batchSize, sample.train.count))
    }
    var runner = ComparisonRunner(entrants: entrants, seeds: Array(0..<(seeds ?? 3)))
    runner.experiment = try experiment(for: sample)
    runner.isCancelled = isCancelled
    return runner
  }

  /// The network and its training, without a method.
  func experiment(for sample: PreparedData) throws -> Experiment {
    var experiment = Experiment()
    experiment.hidden = network.hiddenWidths
    experiment.activation = network.activation
    experiment.dropout = network.dropout
    experiment.batch = min(budget.batchSize, sample.train.count)
    experiment.epochs = budget.epochs
    experiment.objective = try objective.chosen(for: sample)
    experiment.target = try checkedTarget(for: sample)
    try NetworkOptions.checkMemory(experiment.widths(for: sample))
    return experiment
  }

  func checkedTarget(for sample: PreparedData) throws -> Double? {
    guard let target else { return data == "digits" ? 0.97 : nil }
    guard !sample.isClassification || target <= 1 else {
      throw UsageError("--target is an accuracy from 0 to 1 here: write \(target / 100) for \(target) %.")
    }
    return target
  }

  /// Nil when no report is wanted: a program that reads the results has to ask for one.
  private var reportPath: String? { noReport ? nil : report ?? (output.json ? nil : "report.html") }

  func writeReport(_ html: @autoclosure () -> String) throws {
    guard let path = reportPath else { return }
    if !output.json { print() }
    try output.write(report: html(), to: path)
  }

  @Sendable private static func rates(_ text: String) throws -> [Assignment] {
    try commaSeparated(text).map { part in
      guard let assignment = Assignment(argument: part) else {
        throw ValidationError("'\(part)' must be a method and its learning rate, as in sgd=0.1.")
      }
      return assignment
    }
  }
}

/// The progress of a comparison: a line for each run that is done.
private struct CompareDisplay {
  private let progress: Progress
  private let epochs: Int
  private let metric: Metric

  init(_ output: OutputOptions, epochs: Int, metric: Metric) {
    progress = Progress(quiet: output.quiet, isForPrograms: output.json)
    self.epochs = epochs
    self.metric = metric
  }

  func show(_ state: ComparisonRunner.Progress) {
    if state.epoch == epochs {
      progress.line(
        "seed \(state.seed)  \(state.entrant.entry.title): \(metric.title) \(metric.text(state.point.metric)) "
          + "in \(NumberText.seconds(state.point.seconds)) s")
    }
    progress.bar(done: state.done, of: state.total, "seed \(state.seed), \(state.entrant.entry.title)")
  }

  func finish() { progress.clear() }
}

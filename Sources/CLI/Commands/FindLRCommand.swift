import DescentText
import ArgumentParser
import Descent

struct FindLRCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find-lr",
    abstract: "Find learning rates to start from: the range test.",
    discussion: """
      EXAMPLES:
        descent find-lr digits
        descent find-lr digits --optimizer sgd --to 100
        descent find-lr cars.csv --target price --optimizer momentum --report rates.html

      Takes steps with a rate that grows exponentially and watches the loss (Smith 2015). Of the three suggestions the \
      valley is the cautious one; the rates are for a run without warm-up and schedule.
      """)

  @OptionGroup(title: "Data") var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The column of the table to predict.", valueName: "column"))
  var target: String?

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Network") var objective: ObjectiveOptions

  @Option(help: "The optimization method; 'descent optimizers' lists them.")
  var optimizer = "adamw"

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("A hyper-parameter, for example --set beta2=0.99; may be repeated.", valueName: "name=value"))
  var settings: [Assignment] = []

  @Option(help: ArgumentHelp("The lowest rate.", valueName: "rate"))
  var from = 1e-6

  @Option(help: ArgumentHelp("The highest rate.", valueName: "rate"))
  var to = 10.0

  @Option(help: ArgumentHelp("Steps from the lowest to the highest.", valueName: "count"))
  var steps = 200

  @Option(help: ArgumentHelp("Examples per step.", valueName: "count"))
  var batch = 32

  @Option(help: "Decides the split, the starting weights and the order of examples.")
  var seed = 0

  @Option(help: ArgumentHelp("Write the plot as an HTML page.", valueName: "file"))
  var report: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    _ = try MethodChoice.entry(named: optimizer)
    try MethodChoice.check(learningRate: from, option: "--from")
    try MethodChoice.check(learningRate: to, option: "--to")
    guard Float(to).isFinite else { throw ValidationError("--to must be a number that float32 can hold, not \(to).") }
    guard from < to else { throw ValidationError("--from must be below --to, not \(from) and \(to).") }
    try Bounds.check(steps, "--steps", from: 10, to: Bounds.listed)
    try Bounds.check(batch, "--batch")
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, not \(seed).") }
  }

  func run() throws {
    let interruption = Interruption()
    if let report { try AtomicFile.check(report, reading: [data.data]) }
    let entry = try MethodChoice.entry(named: optimizer)
    let sample = try DataSource(data.data, data.table, column: target, columnOption: "--target").prepare(seed: 0)
    var experiment = Experiment()
    experiment.hidden = network.hiddenWidths
    experiment.activation = network.activation
    experiment.dropout = network.dropout
    experiment.batch = min(batch, sample.train.count)
    experiment.objective = try objective.chosen(for: sample)
    try NetworkOptions.checkMemory(experiment.widths(for: sample))
    let problem = try ComparisonTask.own(experiment, on: sample, summary: "", target: nil).make()
    let seed = UInt64(seed)
    try problem.draw(seed: seed)

    var test = LearningRateRangeTest()
    (test.lowest, test.highest, test.steps) = (from, to, steps)
    var method = entry.make(.constant(entry.learningRate))
    for setting in settings { method = try method.setting(setting.name, to: setting.value, method: entry.name) }
    let result = try test.run(
      on: problem, method: method, isFullBatch: entry.isFullBatch, seed: seed,
      isCancelled: { interruption.isRequested })
    try show(result, entry, sample)
    if interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }

  private func show(_ result: LearningRateRangeTest.Result, _ entry: MethodEntry, _ sample: PreparedData) throws {
    let suggestions = RangeTestReport.named(result.suggestions)
    if output.json {
      print(json(result, entry, sample).text())
    } else {
      let points = result.points.map { (x: $0.rate, y: $0.smoothed) }
      let marks = suggestions.map { (letter: $0.name.first ?? "?", x: $0.rate) }
      for line in TerminalPlot.lines(points, marks: marks) { print(line) }
      let end = result.points.last.map { NumberText.significant($0.rate, 2) } ?? "the first"
      if result.diverged { print("the loss diverged at a rate of \(end)") }
      for (name, rate) in suggestions {
        print("\(TextLayout.pad(name, to: 14, alignRight: false))\(NumberText.significant(rate, 3))")
      }
      if suggestions.isEmpty { print("the loss never fell: try a lower --from or more --steps") }
    }
    guard let report else { return }
    let page = RangeTestReport(result, title: "\(entry.title) on \(sample.name)", commandLine: CommandLineText.text)
    try output.write(report: page.html(), to: report)
  }

  private func json(
    _ result: LearningRateRangeTest.Result, _ entry: MethodEntry, _ sample: PreparedData
  ) -> OrderedJSON {
    .object([
      ("method", .string(entry.name)), ("data", .string(sample.name)), ("diverged", .bool(result.diverged)),
      (
        "suggestions",
        .object([
          ("valley", .optional(result.suggestions.valley)), ("steepest", .optional(result.suggestions.steepest)),
          ("minimum", .optional(result.suggestions.minimum)),
        ])
      ),
      ("learningRate", .array(result.points.map { .number($0.rate) })),
      ("loss", .array(result.points.map { .number($0.loss) })),
      ("smoothedLoss", .array(result.points.map { .number($0.smoothed) })),
      ("command", .string(CommandLineText.text)),
    ])
  }
}

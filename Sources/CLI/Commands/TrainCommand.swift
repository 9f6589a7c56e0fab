import DescentText
import ArgumentParser
import Descent

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network and measure it on held-out data.",
    discussion: """
      EXAMPLES:
        descent train digits
        descent train digits --optimizer sgd --learning-rate 0.1 --json
        descent train cars.csv --target price --hidden 64,64 --epochs 100
        descent train iris.csv --target species --save iris.safetensors
        descent train digits --schedule cosine --warm-up 2
        descent train digits --optimizer adam --set beta2=0.99
        descent train digits --with clip-norm=1 --with ema=0.99
        descent train digits --optimizer lbfgs --epochs 100

      A table's columns are prepared by themselves: numbers are standardized, each category becomes a feature, empty \
      cells are filled in. What is measured: accuracy for classes; for numbers the root mean squared error in the \
      target's own unit (RMSE) and R². The same seed gives the same run.
      """)

  @OptionGroup(title: "Data") var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The column of the table to predict.", valueName: "column"))
  var target: String?

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Network") var objective: ObjectiveOptions
  @OptionGroup(title: "Method") var optimizer: OptimizerOptions
  @OptionGroup(title: "Run") var budget: BudgetOptions
  @OptionGroup(title: "Run") var memoryOptions: MemoryOptions

  @Option(help: "Decides the split, the starting weights, the order of examples, and dropout.")
  var seed = 0

  @Option(help: ArgumentHelp("Save the trained model, for 'descent predict'.", valueName: "file"))
  var save: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, not \(seed).") }
  }

  func run() throws {
    let interruption = Interruption()
    // Before the training, not after it.
    if let save { try AtomicFile.check(save, reading: [data.data]) }
    let plan = try TrainingPlan(
      data: data, target: target, network: network, objective: objective, optimizer: optimizer, budget: budget,
      seed: seed, memoryLimit: memoryOptions.memoryLimit)
    let display = TrainDisplay(plan, output)
    let outcome = try plan.experiment.run(
      on: plan.data, onEpoch: { display.show($0) }, isCancelled: { interruption.isRequested })
    display.finish()
    if let save, outcome.divergence == nil {
      let split = SavedModel.SplitFractions(
        validation: data.table.split.validation, test: data.table.split.test, seed: seed)
      try SavedModel(
        outcome.model, of: plan.experiment, on: plan.data, optimizer: plan.optimizer.entry.name, split: split
      ).save(to: save)
    }
    let result = TrainResult(plan: plan, outcome: outcome, savedTo: outcome.divergence == nil ? save : nil)
    if output.json {
      print(result.json.text())
    } else if outcome.divergence == nil {
      print(result.text)
    }
    if let divergence = outcome.divergence { throw divergence }
    if outcome.wasCancelled { throw ExitCode(Interruption.exitCode) }
  }
}

/// The progress of one training run.
private final class TrainDisplay {
  private let progress: Progress
  private let plan: TrainingPlan
  private let metric: Metric
  /// Lines are kept to about ten, however long the run.
  private let interval: Int
  private var lastEpoch = 0

  init(_ plan: TrainingPlan, _ output: OutputOptions) {
    self.plan = plan
    progress = Progress(quiet: output.quiet, isForPrograms: output.json)
    metric = .standard(for: plan.data)
    interval = max(1, (plan.experiment.epochs + 9) / 10)
  }

  func show(_ point: RunRecord.Point) {
    let epochs = plan.experiment.epochs
    // An epoch that was cut short is measured too, under the number of the one before it.
    defer { lastEpoch = point.epoch }
    if point.epoch > lastEpoch, point.epoch / interval > lastEpoch / interval || point.epoch == epochs {
      let number = TextLayout.pad(String(point.epoch), to: String(epochs).count, alignRight: true)
      progress.line(
        "epoch \(number)/\(epochs)  train loss \(NumberText.significant(point.trainLoss))  "
          + "test loss \(NumberText.significant(point.testLoss))  \(metric.title) \(metric.text(point.metric))")
    }
    progress.bar(done: point.epoch, of: epochs, "epoch \(point.epoch)/\(epochs)  \(metric.text(point.metric))")
  }

  func finish() { progress.clear() }
}

import ArgumentParser
import Descent

/// The optimization method and its hyper-parameters.
struct OptimizerOptions: ParsableArguments {
  @Option(help: "The optimization method; 'descent optimizers' lists them.")
  var optimizer = "adamw"

  @Option(
    help: ArgumentHelp("The learning rate. (default: the method's own, see 'descent optimizers')", valueName: "rate"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "How the learning rate goes on, a name and numbers: step:0.5:10. 'descent optimizers schedules' lists them.",
      valueName: "name"))
  var schedule = "constant"

  @Option(help: ArgumentHelp("Epochs over which the learning rate rises from 0.", valueName: "epochs"))
  var warmUp = 0.0

  @Option(help: ArgumentHelp("Weight decay, where the method has it.", valueName: "value"))
  var weightDecay: Double?

  @Option(help: ArgumentHelp("Momentum, where the method has it.", valueName: "value"))
  var momentum: Double?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Any other hyper-parameter, for example --set beta2=0.99; may be repeated. "
        + "'descent optimizers show NAME' lists them.", valueName: "name=value"))
  var settings: [Assignment] = []

  func validate() throws {
    _ = try MethodChoice.entry(named: optimizer)
    if let learningRate { try MethodChoice.check(learningRate: learningRate, option: "--learning-rate") }
    _ = try ScheduleChoice(schedule)
    guard warmUp >= 0, warmUp.isFinite else { throw ValidationError("--warm-up must be at least 0, not \(warmUp).") }
  }

  /// The method ready for a run.
  ///
  /// - Throws: `UsageError` for a hyper-parameter that the method does not have.
  func make(epochs: Int, stepsPerEpoch: Int) throws -> Chosen {
    let entry = try MethodChoice.entry(named: optimizer)
    guard warmUp <= Double(epochs) else {
      throw UsageError("--warm-up \(warmUp) is longer than the run, which has --epochs \(epochs).")
    }
    let rate = learningRate ?? entry.learningRate
    let choice = try ScheduleChoice(schedule)
    let schedule = choice.schedule(rate: rate, epochs: epochs, warmUp: warmUp, stepsPerEpoch: stepsPerEpoch)
    var changes = settings.map { ($0.name, $0.value) }
    if let weightDecay { changes.append(("weightDecay", weightDecay)) }
    if let momentum { changes.append(("momentum", momentum)) }
    let method = try changes.reduce(entry.make(schedule)) { method, change in
      try method.setting(change.0, to: change.1, method: entry.name)
    }
    return Chosen(entry: entry, learningRate: rate, method: method, plateau: choice.plateau)
  }

  struct Chosen {
    let entry: MethodEntry
    /// The rate at the start, after a warm-up.
    let learningRate: Double
    let method: any OptimizationMethod
    /// Reduces the rate when the training loss has stopped falling.
    let plateau: ReduceOnPlateau?
  }
}

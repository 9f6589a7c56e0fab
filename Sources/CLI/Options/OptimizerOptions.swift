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
      "How the learning rate goes on, a name and numbers: step:0.5:10. 'descent optimizers schedules' lists them. "
        + "(default: constant)",
      valueName: "name"))
  var schedule: String?

  @Option(help: ArgumentHelp("Epochs over which the learning rate rises from 0. (default: 0)", valueName: "epochs"))
  var warmUp: Double?

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

  @OptionGroup var modifiers: ModifierOptions

  func validate() throws {
    _ = try MethodChoice.described(named: optimizer)
    if let learningRate { try MethodChoice.check(learningRate: learningRate, option: "--learning-rate") }
    _ = try ScheduleChoice(schedule ?? "constant")
    if let warmUp, !(warmUp >= 0 && warmUp.isFinite) {
      throw ValidationError("--warm-up must be at least 0, not \(warmUp).")
    }
  }

  /// A method that takes steps, ready for a run.
  ///
  /// - Throws: `UsageError` for a hyper-parameter that the method does not have, and for a modifier that does not fit it.
  func make(_ entry: MethodEntry, epochs: Int, stepsPerEpoch: Int) throws -> Chosen {
    let warmUp = warmUp ?? 0
    guard warmUp <= Double(epochs) else {
      throw UsageError("--warm-up \(warmUp) is longer than the run, which has --epochs \(epochs).")
    }
    let rate = learningRate ?? entry.learningRate
    let choice = try ScheduleChoice(schedule ?? "constant")
    // A schedule counts the method's own steps, which are fewer when several batches make one.
    let batchesPerStep = try modifiers.parsed().reduce(1) { $0 * $1.batchesPerStep }
    let steps = max(1, stepsPerEpoch / batchesPerStep)
    let rated = { @Sendable (rate: Double) in
      choice.schedule(rate: rate, epochs: epochs, warmUp: warmUp, stepsPerEpoch: steps)
    }
    var changes = settings.map { ($0.name, $0.value) }
    if let weightDecay { changes.append(("weightDecay", weightDecay)) }
    if let momentum { changes.append(("momentum", momentum)) }
    let plain = try changes.reduce(entry.make(rated(rate))) { method, change in
      try method.setting(change.0, to: change.1, method: entry.name)
    }
    let method = try modifiers.applied(to: plain, named: entry.name, rated: rated)
    return Chosen(
      entry: entry, title: entry.title + modifiers.suffix, learningRate: rate,
      kind: .steps(method, plateau: choice.plateau))
  }

  /// A minimization over all examples, ready for a run.
  ///
  /// - Throws: `UsageError` for options that only methods with steps have, and for hyper-parameters that it does not have.
  func make(_ entry: FullBatchEntry) throws -> Chosen {
    let refused = [
      ("--learning-rate", learningRate != nil, "a line search finds how far a step goes"),
      ("--schedule", schedule != nil, "a line search finds how far a step goes"),
      ("--warm-up", warmUp != nil, "a line search finds how far a step goes"),
      ("--weight-decay", weightDecay != nil, "it minimizes the loss as it is"),
      ("--momentum", momentum != nil, "its directions come from the last steps"),
      ("--with", !modifiers.choices.isEmpty, "nothing can go around a method that chooses its own steps"),
    ]
    if let (option, _, reason) = refused.first(where: \.1) {
      throw UsageError("\(entry.name) has no \(option): \(reason).")
    }
    let method = try settings.reduce(entry.method) { try $0.setting($1) }
    return Chosen(entry: entry, title: entry.title, learningRate: nil, kind: .fullBatch(method))
  }

  struct Chosen {
    enum Kind {
      /// `plateau` reduces the rate when the training loss has stopped falling.
      case steps(any OptimizationMethod, plateau: ReduceOnPlateau?)
      case fullBatch(LBFGS)
    }
    let entry: any DescribedMethod
    /// The method's name in running text, with its modifiers.
    let title: String
    /// The rate at the start, after a warm-up; nil for a method without one.
    let learningRate: Double?
    let kind: Kind
  }
}

extension LBFGS {
  /// The method with one hyper-parameter changed.
  fileprivate func setting(_ change: Assignment) throws -> LBFGS {
    func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
    guard let found = Self.adjustable.first(where: { plain($0.name) == plain(change.name) }) else {
      let names = Self.adjustable.map(\.name)
      let suggestion = nearestName(to: change.name, in: names).map { "; did you mean '\($0)'?" } ?? "."
      throw UsageError(
        "lbfgs has no hyper-parameter '\(change.name)'\(suggestion) It has: \(names.joined(separator: ", ")).")
    }
    guard found.kind.allows(change.value) else {
      throw UsageError("\(found.name) of lbfgs must be \(found.kind.rawValue), not \(change.value).")
    }
    var changed = self
    found.set(&changed, change.value)
    return changed
  }
}

import DescentText
import ArgumentParser
import Descent

/// Comparing on several tasks, with tuning.
struct TasksOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Built-in tasks to compare on, or 'all'; --list-tasks lists them.", valueName: "names"),
    transform: commaSeparated)
  var tasks: [String] = []

  @Flag(help: "List the built-in tasks and end.")
  var listTasks = false

  @Option(
    help: ArgumentHelp(
      "Settings to try for each method on each task before it is judged; 0 takes the defaults. (default: 8)",
      valueName: "count"))
  var tune: Int?

  @Option(
    help: ArgumentHelp(
      "How often a method is tuned on each task, with everything random drawn anew; at most --seeds. (default: 2; more "
        + "on one or two tasks)", valueName: "count"))
  var draws: Int?

  @Option(
    help: ArgumentHelp(
      "Another number repeats the comparison with other search points and seeds. (default: 0)", valueName: "number"))
  var repetition: Int?

  @Option(help: "What the way to the target is measured in. (default: evaluations)")
  var by: Tournament.Cost?

  @Option(help: "What tuning searches: the learning rate, or all hyper-parameters of a method. (default: all)")
  var search: SearchSpace.Scope?

  @Option(
    help: ArgumentHelp(
      "Powers of ten that the search for the learning rate spans, around each method's default. (default: 4)",
      valueName: "count"))
  var decades: Double?

  /// The methods that take part when none are named. Full-batch descent is left out: at an equal number of gradient
  /// evaluations it takes a few steps only.
  static let standardMethods = ["adamw"] + MethodTable.standardComparison.filter { $0 != "adamw" && $0 != "gd" }

  var isAskedFor: Bool { !tasks.isEmpty || tune != nil }

  /// Options that were given and mean nothing without tasks.
  var given: [String] {
    [
      ("--by", by != nil), ("--search", search != nil), ("--decades", decades != nil), ("--draws", draws != nil),
      ("--repetition", repetition != nil),
    ].filter(\.1).map(\.0)
  }

  func validate() throws {
    try Bounds.check(tune, "--tune", from: 0, to: Bounds.listed)
    try Bounds.check(draws, "--draws", to: Bounds.listed)
    try Bounds.check(repetition, "--repetition", from: 0, to: Bounds.listed)
    if let decades, !(decades > 0 && decades <= 12) {
      throw ValidationError("--decades must be above 0 and at most 12, not \(decades).")
    }
    _ = try chosen()
  }

  /// - Throws: `ValidationError` with a suggestion for a name that no task has.
  func chosen() throws -> [ComparisonTask] {
    if tasks == ["all"] { return TaskTable.tasks }
    let names = TaskTable.tasks.map(\.name)
    for (i, name) in tasks.enumerated() where tasks[..<i].contains(where: { $0.lowercased() == name.lowercased() }) {
      throw ValidationError("--tasks has '\(name)' twice.")
    }
    return try tasks.map { name in
      if let task = TaskTable.task(named: name) { return task }
      if let near = nearestName(to: name, in: names) {
        throw ValidationError("there is no task '\(name)'; did you mean '\(near)'? --list-tasks lists them.")
      }
      throw ValidationError("there is no task '\(name)'; the tasks are: \(names.joined(separator: ", ")).")
    }
  }

  func plan(seeds: Int?) -> Tournament.Settings {
    var plan = Tournament.Settings()
    plan.trials = tune ?? plan.trials
    plan.draws = draws
    plan.seed = UInt64(repetition ?? 0)
    plan.seeds = seeds ?? plan.seeds
    plan.cost = by ?? plan.cost
    plan.scope = search ?? plan.scope
    plan.decades = decades ?? plan.decades
    return plan
  }

  static func list(asJSON: Bool) {
    if asJSON { return print(TournamentJSON.tasks.text()) }
    for task in TaskTable.tasks {
      print("\(task.name): \(task.title)")
      let target = task.target.map { "; target \(task.metric.title) \(task.metric.targetText($0))" } ?? ""
      let text = task.summary + " Budget: \(NumberText.count(Double(task.budget))) gradient evaluations\(target)."
      for line in TextLayout.wrap(text, width: min(Terminal.width, 100) - 2) { print("  \(line)") }
    }
  }
}

extension Tournament.Cost: ExpressibleByArgument {}
extension SearchSpace.Scope: ExpressibleByArgument {}

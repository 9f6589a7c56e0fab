import ArgumentParser
import Descent

struct OptimizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizers",
    abstract: "List the optimization methods, show one, or check them against other libraries' recorded runs.",
    discussion: """
      EXAMPLES:
        descent optimizers
        descent optimizers show adamw
        descent optimizers schedules
        descent optimizers --json
        descent optimizers check trajectories.json
      """,
    subcommands: [List.self, Show.self, Schedules.self, OptimizersCheckCommand.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all methods. (default)")

    @Flag(help: "Write the list as JSON.")
    var json = false

    func run() {
      if json {
        print(OrderedJSON.array(MethodTable.entries.map { .object(summary(of: $0)) }).text())
        return
      }
      let names = MethodTable.entries.map(\.name.count).max() ?? 0
      func line(_ name: String, _ rate: String, _ state: String, _ text: String) -> String {
        TextLayout.pad(name, to: names, alignRight: false) + "  " + TextLayout.pad(rate, to: 7, alignRight: true) + "  "
          + TextLayout.pad(state, to: 5, alignRight: true) + "  " + text
      }
      print(line("name", "rate", "state", "when to use it · where it comes from"))
      for entry in MethodTable.entries {
        let width = max(24, min(Terminal.width, 120) - names - 18)
        let text = TextLayout.wrap("\(entry.use) · \(entry.paper)", width: width)
        print(line(entry.name, "\(entry.learningRate)", stateText(entry), text.first ?? ""))
        for rest in text.dropFirst() { print(line("", "", "", rest)) }
      }
      print(
        "\nThe rate is the default learning rate, the state what is remembered in numbers per parameter of a matrix of "
          + "64 × 32.\nMore on one: descent optimizers show NAME")
    }
  }

  struct Schedules: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the schedules of the learning rate, for --schedule.")

    func run() {
      let width = ScheduleChoice.grammars.map(\.grammar.count).max() ?? 0
      for (grammar, summary) in ScheduleChoice.grammars {
        print("\(TextLayout.pad(grammar, to: width, alignRight: false))  \(summary)")
      }
      print("\nNumbers that are left out have their standard: descent train digits --schedule step:0.5:10")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one method with its hyper-parameters.")

    @Argument(help: "The method's name, as 'descent optimizers' lists it.")
    var name: String

    @Flag(help: "Write the method as JSON.")
    var json = false

    func validate() throws { _ = try MethodChoice.entry(named: name) }

    func run() throws {
      let entry = try MethodChoice.entry(named: name)
      let parameters = entry.make(.constant(entry.learningRate)).hyperparameters
      if json {
        let values = OrderedJSON.object(parameters.map { ($0.name, .string($0.value)) })
        print(OrderedJSON.object(summary(of: entry) + [("hyperparameters", values)]).text())
        return
      }
      print("\(entry.title) (\(entry.family)): \(entry.summary).")
      if entry.isFullBatch { print("Takes all training examples in every step.") }
      print("\n  \(entry.formula)\n")
      let facts = [
        ("paper", entry.paper), ("use", entry.use), ("state", "\(stateText(entry)) numbers per parameter"),
        ("conventions", entry.conventions.joined(separator: "; ")),
      ]
      for (name, text) in facts where !text.isEmpty {
        let lines = TextLayout.wrap(text, width: max(24, min(Terminal.width, 120) - 13))
        for (i, line) in lines.enumerated() {
          print(TextLayout.pad(i == 0 ? name : "", to: 13, alignRight: false) + line)
        }
      }
      print("\nhyper-parameters and their defaults")
      let width = parameters.map(\.name.count).max() ?? 0
      for (name, value) in parameters { print("  \(TextLayout.pad(name, to: width, alignRight: false))  \(value)") }
      let setting = exampleSetting(entry.make(.constant(1))) ?? ""
      print("\ndescent train digits --optimizer \(entry.name) --learning-rate \(entry.learningRate)\(setting)")
    }

    private func exampleSetting(_ method: some OptimizationMethod) -> String? {
      guard let first = type(of: method).adjustable.first else { return nil }
      return " --set \(first.name)=\(method[keyPath: first.path])"
    }
  }
}

/// What a method remembers, in numbers for each parameter of a matrix.
private func stateText(_ entry: MethodEntry) -> String {
  let size = (entry.stateSize * 100).rounded() / 100
  return size == size.rounded() ? "\(Int(size))" : "\(size)"
}

private func summary(of entry: MethodEntry) -> [(String, OrderedJSON)] {
  [
    ("name", .string(entry.name)), ("title", .string(entry.title)), ("family", .string(entry.family)),
    ("learningRate", .number(entry.learningRate)), ("fullBatch", .bool(entry.isFullBatch)),
    ("summary", .string(entry.summary)), ("formula", .string(entry.formula)), ("paper", .string(entry.paper)),
    ("use", .string(entry.use)), ("stateSize", .number(entry.stateSize)),
    ("conventions", .array(entry.conventions.map { .string($0) })),
  ]
}

import ArgumentParser
import Descent

struct OptimizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizers",
    abstract: "List the optimization methods, or show one with its hyper-parameters.",
    discussion: """
      EXAMPLES:
        descent optimizers
        descent optimizers show adamw
        descent optimizers schedules
        descent optimizers --json
      """,
    subcommands: [List.self, Show.self, Schedules.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all methods. (default)")

    @Flag(help: "Write the list as JSON.")
    var json = false

    func run() {
      if json {
        print(OrderedJSON.array(MethodTable.entries.map { .object(summary(of: $0)) }).text())
        return
      }
      var rows = [("name", "rate", "family", "what a step is")]
      rows += MethodTable.entries.map { ($0.name, "\($0.learningRate)", $0.family, $0.summary) }
      let names = rows.map { $0.0.count }.max() ?? 0
      let rates = rows.map { $0.1.count }.max() ?? 0
      let families = rows.map { $0.2.count }.max() ?? 0
      let indent = names + rates + families + 6
      for row in rows {
        let start =
          TextLayout.pad(row.0, to: names, alignRight: false) + "  "
          + TextLayout.pad(row.1, to: rates, alignRight: true) + "  "
          + TextLayout.pad(row.2, to: families, alignRight: false) + "  "
        let text = TextLayout.wrap(row.3, width: max(24, min(Terminal.width, 120) - indent))
        print(start + (text.first ?? ""))
        for line in text.dropFirst() { print(String(repeating: " ", count: indent) + line) }
      }
      print("\nThe rate is the default learning rate. More on one: descent optimizers show NAME")
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

private func summary(of entry: MethodEntry) -> [(String, OrderedJSON)] {
  [
    ("name", .string(entry.name)), ("title", .string(entry.title)), ("family", .string(entry.family)),
    ("learningRate", .number(entry.learningRate)), ("fullBatch", .bool(entry.isFullBatch)),
    ("summary", .string(entry.summary)),
  ]
}

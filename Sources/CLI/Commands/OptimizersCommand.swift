import DescentText
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
        descent optimizers modifiers
        descent optimizers --json
        descent optimizers check trajectories.json
      """,
    subcommands: [List.self, Show.self, Schedules.self, Modifiers.self, OptimizersCheckCommand.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all methods. (default)")

    @Flag(help: "Write the list as JSON.")
    var json = false

    func run() {
      if json {
        print(OrderedJSON.array(MethodTable.described.map { .object(summary(of: $0)) }).text())
        return
      }
      let names = MethodTable.described.map(\.name.count).max() ?? 0
      func line(_ name: String, _ rate: String, _ state: String, _ text: String) -> String {
        TextLayout.pad(name, to: names, alignRight: false) + "  " + TextLayout.pad(rate, to: 7, alignRight: true) + "  "
          + TextLayout.pad(state, to: 5, alignRight: true) + "  " + text
      }
      print(line("name", "rate", "state", "when to use it · where it comes from"))
      for entry in MethodTable.described {
        let width = max(24, min(Terminal.width, 120) - names - 18)
        let text = TextLayout.wrap("\(entry.use) · \(entry.paper)", width: width)
        print(line(entry.name, entry.startingRate.map { "\($0)" } ?? "–", stateText(entry), text.first ?? ""))
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

    func validate() throws { _ = try MethodChoice.described(named: name) }

    func run() throws {
      let entry = try MethodChoice.described(named: name)
      let parameters = entry.hyperparameters
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
      let rate = entry.startingRate.map { " --learning-rate \($0)" } ?? ""
      print("\ndescent train digits --optimizer \(entry.name)\(rate)\(exampleSetting(entry))")
    }

    private func exampleSetting(_ entry: any DescribedMethod) -> String {
      func first<Method: OptimizationMethod>(_ method: Method) -> String? {
        Method.adjustable.first.map { "\($0.name)=\(method[keyPath: $0.path])" }
      }
      let setting =
        (entry as? MethodEntry).map { first($0.make(.constant(1))) }
        ?? entry.hyperparameters.first.map {
          "\($0.name)=\($0.value)"
        }
      return setting.map { " --set \($0)" } ?? ""
    }
  }

  struct Modifiers: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the modifiers that can go around a method, for --with.",
      discussion: """
        A modifier goes around the method and the modifiers before it: '--with clip-norm --with ema' averages what comes \
        out of the method on clipped gradients. Where several act on gradients, the last one sees them first.
        """)

    func run() {
      let width = ModifierTable.entries.map(\.grammar.count).max() ?? 0
      for entry in ModifierTable.entries {
        let lines = TextLayout.wrap(entry.summary, width: max(24, min(Terminal.width, 120) - width - 2))
        for (i, line) in lines.enumerated() {
          print(TextLayout.pad(i == 0 ? entry.grammar : "", to: width, alignRight: false) + "  " + line)
        }
      }
      print(
        "\nWhat is left out has its standard. PATTERN matches names of parameters: '*' any characters, '?' any one.\n"
          + "descent train digits --with clip-norm=1 --with 'weight-decay=0.1@*.weight' --with ema=0.99")
    }
  }
}

/// What a method remembers, in numbers for each parameter of a matrix.
private func stateText(_ entry: any DescribedMethod) -> String {
  let size = (entry.stateSize * 100).rounded() / 100
  return size == size.rounded() ? "\(Int(size))" : "\(size)"
}

private func summary(of entry: any DescribedMethod) -> [(String, OrderedJSON)] {
  [
    ("name", .string(entry.name)), ("title", .string(entry.title)), ("family", .string(entry.family)),
    ("learningRate", .optional(entry.startingRate)), ("fullBatch", .bool(entry.isFullBatch)),
    ("summary", .string(entry.summary)), ("formula", .string(entry.formula)), ("paper", .string(entry.paper)),
    ("use", .string(entry.use)), ("stateSize", .number(entry.stateSize)),
    ("conventions", .array(entry.conventions.map { .string($0) })),
  ]
}

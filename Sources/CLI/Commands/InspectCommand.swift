import DescentBench
import DescentText
import ArgumentParser
import Descent
import Foundation

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what one training step is compiled to.",
    discussion: """
      EXAMPLES:
        descent inspect digits --plan
        descent inspect digits --hidden none --graph
        descent inspect cars.csv --target price --memory
        descent inspect mlp-mnist --kernels --assembly
        descent inspect gpt-tiny --depth 12 --context 512 --memory

      On the way from your network to machine code: the graph of operations after simplification, the plan of kernels \
      in running order, the planned memory with its map, and the text of every kernel. Without options all four are \
      shown. No step is run for it.
      """)

  @OptionGroup(title: "Data, or a workload of 'descent bench'") var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The column of the table to predict.", valueName: "column"))
  var target: String?

  @Flag(help: "Show the graph.") var graph = false
  @Flag(help: "Show the kernels in running order.") var plan = false
  @Flag(help: "Show how much memory the step takes, and where buffers lie.") var memory = false
  @Flag(help: "Show the kernels' LLVM IR.") var kernels = false
  @Flag(help: "Show the kernels as this machine's assembly.") var assembly = false

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Network") var objective: ObjectiveOptions
  @OptionGroup(title: "Method") var optimizer: OptimizerOptions
  @OptionGroup(title: "Sizes, for the workloads that are transformers, with --batch") var sizes: SizeOptions
  @OptionGroup(title: "Run") var budget: BudgetOptions
  @OptionGroup(title: "Run") var memoryOptions: MemoryOptions

  func run() throws {
    let (stepPlan, memorySummary) = try makePlan()
    let showsAll = !(graph || plan || memory || kernels || assembly)
    var sections: [(String, String)] = []
    if graph || showsAll { sections.append(("graph", stepPlan.printedGraph)) }
    if plan || showsAll {
      let products = stepPlan.matrixProductCount
      let title = "plan: \(stepPlan.kernelCount) kernels, \(products) of them matrix products"
      sections.append((title, stepPlan.printedSteps))
    }
    if memory || showsAll { sections.append(("memory", Self.text(memorySummary) + "\n\n" + stepPlan.printedMemory)) }
    if kernels || showsAll { sections.append(("kernels (LLVM IR)", try stepPlan.printedKernels(assembly: false))) }
    if assembly { sections.append(("kernels (assembly)", try stepPlan.printedKernels(assembly: true))) }
    for (i, section) in sections.enumerated() {
      if sections.count > 1 { print("\(i > 0 ? "\n" : "")== \(section.0)\n") }
      print(section.1)
    }
  }

  /// The summary as aligned lines.
  private static func text(_ memory: MemorySummary) -> String {
    let parts = [
      ("parameters", memory.parameters), ("optimizer state", memory.optimizerState),
      ("intermediate results (arena)", memory.arena), ("arguments and results", memory.argumentsAndResults),
      ("constants", memory.constants), ("planned peak", memory.total),
    ]
    let lines = parts.map { name, bytes in
      let megabytes = String(format: "%.3f", Double(bytes) / 1e6)
      return TextLayout.pad(name, to: 28, alignRight: false) + TextLayout.pad(megabytes, to: 12, alignRight: true)
        + " MB"
    }
    return lines.joined(separator: "\n")
  }

  private func makePlan() throws -> (Plan, MemorySummary) {
    if let workload = Workload.named(data.data) {
      if let option = data.table.optionsForTables.first ?? (target == nil ? nil : "--target") {
        throw UsageError("\(option) is for CSV files; the workload '\(workload.name)' has data of its own.")
      }
      if memoryOptions.memoryLimit != nil {
        throw UsageError("--memory-limit is for data; the workload '\(workload.name)' is measured as it is.")
      }
      return try sizes.applied(to: workload, batch: budget.batch).plan()
    }
    if let option = sizes.given.first {
      throw UsageError("\(option) is for the workloads that are transformers, such as gpt-tiny.")
    }
    let isName = !data.data.contains("/") && !data.data.contains(".")
    let names = DataSource.builtIn + Workload.all.map(\.name)
    if isName, !names.contains(data.data), let near = nearestName(to: data.data, in: names),
      (try? DataSource.checkExistence(of: data.data)) == nil
    {
      throw UsageError("there is no data set, file or workload '\(data.data)'; did you mean '\(near)'?")
    }
    _ = try MethodChoice.entry(named: optimizer.optimizer)
    let plan = try TrainingPlan(
      data: data, target: target, network: network, objective: objective, optimizer: optimizer, budget: budget, seed: 0,
      memoryLimit: memoryOptions.memoryLimit)
    return try Self.stepPlan(plan, plan.experiment.optimizer)
  }

  private static func stepPlan(
    _ plan: TrainingPlan, _ optimizer: some OptimizationMethod
  ) throws -> (Plan, MemorySummary) {
    let model = Sequential.perceptron(
      plan.experiment.widths(for: plan.data), activation: plan.experiment.activation, dropout: plan.experiment.dropout)
    let trainer = try Trainer(
      model, optimizer: optimizer, on: plan.data.train, batch: plan.experiment.batch, seed: 0,
      objective: plan.experiment.objective, memoryLimit: plan.experiment.memoryLimit)
    let step = try Plan(trainer.stepProgram(), CompileOptions(memoryLimit: plan.experiment.memoryLimit))
    return (step, step.memorySummary(parameters: model.parameters.map(\.parameter.variable)))
  }
}

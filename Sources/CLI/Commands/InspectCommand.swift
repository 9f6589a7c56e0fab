import ArgumentParser
import Descent

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

      On the way from your network to machine code: the graph of operations after simplification, the plan of kernels \
      in running order, the map of memory, and the text of every kernel. Without options all four are shown.
      """)

  @OptionGroup(title: "Data, or a workload of 'descent bench'") var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The column of the table to predict.", valueName: "column"))
  var target: String?

  @Flag(help: "Show the graph.") var graph = false
  @Flag(help: "Show the kernels in running order.") var plan = false
  @Flag(help: "Show where buffers lie in memory.") var memory = false
  @Flag(help: "Show the kernels' LLVM IR.") var kernels = false
  @Flag(help: "Show the kernels as this machine's assembly.") var assembly = false

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Network") var objective: ObjectiveOptions
  @OptionGroup(title: "Method") var optimizer: OptimizerOptions
  @OptionGroup(title: "Run") var budget: BudgetOptions
  @OptionGroup(title: "Run") var memoryOptions: MemoryOptions

  func run() throws {
    let stepPlan = try makePlan()
    let showsAll = !(graph || plan || memory || kernels || assembly)
    var sections: [(String, String)] = []
    if graph || showsAll { sections.append(("graph", stepPlan.printedGraph)) }
    if plan || showsAll {
      let products = stepPlan.matrixProductCount
      let title = "plan: \(stepPlan.kernelCount) kernels, \(products) of them matrix products"
      sections.append((title, stepPlan.printedSteps))
    }
    if memory || showsAll { sections.append(("memory", stepPlan.printedMemory)) }
    if kernels || showsAll { sections.append(("kernels (LLVM IR)", try stepPlan.printedKernels(assembly: false))) }
    if assembly { sections.append(("kernels (assembly)", try stepPlan.printedKernels(assembly: true))) }
    for (i, section) in sections.enumerated() {
      if sections.count > 1 { print("\(i > 0 ? "\n" : "")== \(section.0)\n") }
      print(section.1)
    }
  }

  private func makePlan() throws -> Plan {
    if let workload = Workload.named(data.data) {
      if let option = data.optionsForTables.first ?? (target == nil ? nil : "--target") {
        throw UsageError("\(option) is for CSV files; the workload '\(workload.name)' has data of its own.")
      }
      if memoryOptions.memoryLimit != nil {
        throw UsageError("--memory-limit is for data; the workload '\(workload.name)' is measured as it is.")
      }
      return try workload.prepare().executable.plan
    }
    let isName = !data.data.contains("/") && !data.data.contains(".")
    let names = DataSource.builtIn + Workload.all.map(\.name)
    if isName, !names.contains(data.data), let near = nearestName(to: data.data, in: names),
      (try? DataSource.checkExistence(of: data.data)) == nil
    {
      throw UsageError("there is no data set, file or workload '\(data.data)'; did you mean '\(near)'?")
    }
    let plan = try TrainingPlan(
      data: data, target: target, network: network, objective: objective, optimizer: optimizer, budget: budget, seed: 0,
      memoryLimit: memoryOptions.memoryLimit)
    return try Self.stepPlan(plan, plan.experiment.optimizer)
  }

  private static func stepPlan(_ plan: TrainingPlan, _ optimizer: some Optimizer) throws -> Plan {
    let model = Sequential.perceptron(
      plan.experiment.widths(for: plan.data), activation: plan.experiment.activation, dropout: plan.experiment.dropout)
    let trainer = try Trainer(
      model, optimizer: optimizer, on: plan.data.train, batch: plan.experiment.batch, seed: 0,
      objective: plan.experiment.objective, memoryLimit: plan.experiment.memoryLimit)
    return try trainer.stepPlan()
  }
}

import DescentRuntime
import DescentGraph
import DescentNN

/// Draws a model's starting values: those of `Module.initialize(seed:)`, by one program for all seeds.
struct StartingValues: Sendable {
  private let variables: [Variable]
  private let draw: CompiledFunction

  init(_ model: some Module) {
    let parameters = model.parameters
    variables = parameters.map(\.parameter.variable)
    draw = compile { arguments in
      let key = RandomKey(arguments[0])
      return parameters.map { name, parameter in
        parameter.initializer.sample(parameter.shape, dtype: parameter.variable.dtype, key: key.folding(in: name))
      }
    }
  }

  func load(seed: UInt64) throws {
    let values = try draw([Tensor([Int64(bitPattern: seed)], shape: [])])
    for (variable, value) in zip(variables, values) { try variable.assign(value) }
  }
}

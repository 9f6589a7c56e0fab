import DescentGraph
import DescentNN
import Testing

private struct Block: Module {
  let norm = Parameter([2], .ones)
  let inner = Linear(2, 2)
}

private struct Nested: Module {
  let title = "not a module"
  let first = Block()
  let blocks = [Block(), Block()]
  let pair = (Linear(2, 2, bias: false), Parameter([1], .zeros))
  let present: Linear? = Linear(2, 3, bias: false)
  let absent: Linear? = nil
  let scale: Parameter? = Parameter([], .ones)
}

/// `@unchecked Sendable`: a constant is all it holds.
private class Base: Module, @unchecked Sendable {
  let weight = Parameter([2], .zeros)
}
/// `@unchecked Sendable`: constants are all it holds.
private final class Derived: Base, @unchecked Sendable {
  let scale = Parameter([3], .ones)
  let inner = Linear(2, 2, bias: false)
}

private struct Heads: Module {
  let heads: [String: Linear]
}

private struct Tied: Module {
  let encoder: Parameter
  let decoder: Parameter
}

@Suite struct ModuleNamesTests {
  @Test func `elements of an array have their index in their name`() {
    let model = Sequential(Linear(4, 3), Activation.relu, Linear(3, 2, bias: false))
    #expect(model.parameters.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.2.weight"])
    #expect(model.parameters.map(\.parameter.shape) == [[3, 4], [3], [2, 3]])
  }

  @Test func `names are paths through structs, arrays, tuples and optionals`() {
    #expect(
      Nested().parameters.map(\.name) == [
        "first.norm", "first.inner.weight", "first.inner.bias",
        "blocks.0.norm", "blocks.0.inner.weight", "blocks.0.inner.bias",
        "blocks.1.norm", "blocks.1.inner.weight", "blocks.1.inner.bias",
        "pair.0.weight", "pair.1", "present.weight", "scale",
      ])
  }

  @Test func `a class has its own parameters and its superclass's`() {
    #expect(Set(Derived().parameters.map(\.name)) == ["weight", "scale", "inner.weight"])
    #expect(Derived().parameters.count == 3)
  }

  @Test func `entries of a dictionary have their key in their name, in order`() {
    let keys = (0..<20).map { "head\($0)" }
    let model = Heads(heads: Dictionary(uniqueKeysWithValues: keys.map { ($0, Linear(2, 2, bias: false)) }))
    #expect(model.parameters.map(\.name) == keys.sorted().map { "heads.\($0).weight" })
  }

  @Test func `a parameter used in two places is one parameter`() {
    let shared = Parameter([2, 2], .ones)
    let model = Tied(encoder: shared, decoder: shared)
    #expect(model.parameters.map(\.name) == ["encoder"])
    #expect(model.parameterCount == 4)
  }

  @Test func `variables are named when they are first needed`() {
    let model = Sequential(Linear(2, 2))
    #expect(model.trainableVariables.map(\.name) == ["layers.0.weight", "layers.0.bias"])
  }
}

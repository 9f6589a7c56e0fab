import DescentGraph
import DescentNN
import DescentRuntime
import Testing

/// A struct that is no module, an enum with a payload, a lazy property: wherever a parameter stands, it is found.
private struct Pair {
  let left = Linear(2, 2, bias: false)
  let right = Parameter([3], .ones)
}
private enum Head: Sendable {
  case plain
  case linear(Linear)
}
/// `@unchecked Sendable`: the circle is closed before anybody else sees it.
private final class Knot: Module, @unchecked Sendable {
  let weight = Parameter([2], .zeros)
  var next: Knot?
}
private struct Everything: Module {
  let pair = Pair()
  let pairs = [Pair()]
  let head = Head.linear(Linear(2, 3, bias: false))
  let none = Head.plain
  let knot: Knot = {
    let (a, b) = (Knot(), Knot())
    (a.next, b.next) = (b, a)
    return a
  }()
}
private struct InSet: Module {
  struct Key: Hashable, Sendable {
    let parameter: Parameter
    static func == (a: Key, b: Key) -> Bool { a.parameter === b.parameter }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(parameter)) }
  }
  let keys: Set<Key> = [Key(parameter: Parameter([1], .zeros))]
}
private struct HoldsVariable: Module {
  let weight = Parameter([2], .zeros)
  let counter = Variable(shape: [])
}

@Suite struct ModuleSearchTests {
  @Test func `parameters are found wherever they stand`() {
    #expect(
      Everything().parameters.map(\.name) == [
        "pair.left.weight", "pair.right", "pairs.0.left.weight", "pairs.0.right", "head.linear.weight", "knot.weight",
        "knot.next.weight",
      ])
  }

  @Test func `two parameters of one name are refused`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Same: Module {
        let x: [String: [String: Parameter]] = [
          "a.b": ["c": Parameter([1], .ones)], "a": ["b.c": Parameter([1], .ones)],
        ]
      }
      _ = Same().parameters
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("two parameters are called 'x.a.b.c'"))
  }

  @Test func `what has no name, or no parameter, is refused`() async throws {
    let inSet = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = InSet().parameters
    }
    let message1 = String(decoding: try #require(inSet).standardErrorContent, as: UTF8.self)
    #expect(message1.contains("'keys' is a Set"))
    let variable = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = HoldsVariable().parameters
    }
    let message2 = String(decoding: try #require(variable).standardErrorContent, as: UTF8.self)
    #expect(message2.contains("'counter' is a Variable"))
  }

  @Test func `asking a part renames nothing`() {
    let model = Sequential(Linear(2, 3), Linear(3, 1))
    _ = model.trainableVariables
    guard let part = model.layers[0] as? Linear else { return }
    #expect(part.parameterCount == 9)
    _ = part.trainableVariables
    #expect(part.weight.variable.name == "layers.0.weight")

    // Asked the other way round, the longer name is learned later.
    let other = Sequential(Linear(2, 3))
    guard let inner = other.layers[0] as? Linear else { return }
    _ = inner.parameterCount
    #expect(inner.weight.variable.name.isEmpty)
    _ = inner.trainableVariables
    #expect(inner.weight.variable.name == "weight")
    _ = other.trainableVariables
    #expect(inner.weight.variable.name == "layers.0.weight")
  }

  @Test func `value and gradient of a model, traced and eagerly`() throws {
    let model = Sequential(Linear(3, 2))
    try model.initialize(seed: 1)
    let x = Tensor([Float(1), 2, 3, -1, 0, 1], shape: [2, 3])
    let (value, gradients) = try valueAndGradient(model) { $0(x).sum() }
    #expect(gradients.map(\.name) == ["layers.0.weight", "layers.0.bias"])
    #expect(try gradients[0].gradient.scalars() as [Float] == [0, 2, 4, 0, 2, 4])
    #expect(try gradients[1].gradient.scalars() as [Float] == [2, 2])
    let traced = compile { (_: [Tensor]) in
      let (value, gradients) = try valueAndGradient(model) { $0(x).sum() }
      return [value] + gradients.map(\.gradient)
    }
    let results = try traced([])
    #expect(try results[0].scalar() == value.scalar())
    #expect(try results[1].scalars() as [Float] == gradients[0].gradient.scalars())
  }
}

/// A layer of one's own that draws, as users write it.
private struct DropPath: UnaryModule {
  let rate: Double
  func callAsFunction(_ x: Tensor) -> Tensor {
    guard Forward.isTraining else { return x }
    let keeps = Forward.key("path").bernoulli(Tensor(1 - rate), [x.shape[0], 1]).broadcast(to: x.shape)
    return select(keeps, x * (1 / (1 - rate)), .zeros(like: x))
  }
}

@Suite struct OwnLayerTests {
  @Test func `a layer of one's own knows the mode and draws anew each time`() throws {
    let layers = Sequential(DropPath(rate: 0.5), DropPath(rate: 0.5))
    let x = Tensor.ones([64, 3])
    #expect(try layers(x).scalars() as [Float] == [Float](repeating: 1, count: 192))
    let once: [Float] = try Forward.training(key: RandomKey(1)) { DropPath(rate: 0.5)(x) }.scalars()
    let again: [Float] = try Forward.training(key: RandomKey(1)) { DropPath(rate: 0.5)(x) }.scalars()
    let twice: [Float] = try Forward.training(key: RandomKey(1)) { layers(x) }.scalars()
    #expect(once == again && Set(once) == [0, 2])
    #expect(Set(twice) == [0, 4] && twice.count { $0 == 4 } < once.count { $0 == 2 })
  }
}

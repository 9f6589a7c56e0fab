import DescentGraph
import DescentNN
import Testing

@Suite struct InitializeTests {
  private func bits(_ model: some Module) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.parameter.variable.values) })
  }

  @Test func `the same seed gives the same bits, another seed others`() throws {
    let (a, b, c) = (
      Sequential.perceptron([6, 5, 4]), Sequential.perceptron([6, 5, 4]), Sequential.perceptron([6, 5, 4])
    )
    try a.initialize(seed: 3)
    try b.initialize(seed: 3)
    try c.initialize(seed: 4)
    #expect(bits(a) == bits(b))
    for name in ["layers.0.weight", "layers.2.weight"] { #expect(bits(a)[name] != bits(c)[name]) }
    try b.initialize(seed: 4)
    #expect(bits(b) == bits(c))
  }

  @Test func `adding a layer does not change the others`() throws {
    let small = Sequential(Linear(6, 5), Linear(5, 4))
    let large = Sequential(Linear(6, 5), Linear(5, 4), Linear(4, 3))
    try small.initialize(seed: 1)
    try large.initialize(seed: 1)
    let (few, many) = (bits(small), bits(large))
    #expect(many.count == few.count + 2)
    for (name, values) in few { #expect(many[name] == values) }
  }

  @Test func `parameters of equal shape differ`() throws {
    let model = Sequential(Linear(4, 4), Linear(4, 4))
    try model.initialize(seed: 0)
    #expect(bits(model)["layers.0.weight"] != bits(model)["layers.1.weight"])
  }

  @Test func `each parameter is drawn from its own initializer`() throws {
    struct Model: Module {
      let ones = Parameter([3], .ones)
      let constant = Parameter([2], .constant(0.1))
      let wide = Parameter([1000], .uniform(bound: 2), dtype: .float64)
      let zeros = Parameter([2], .zeros)
    }
    let model = Model()
    try model.initialize(seed: 0)
    #expect(model.ones.variable.values == [1, 1, 1])
    #expect(model.constant.variable.values == [Double(Float(0.1)), Double(Float(0.1))])
    #expect(model.zeros.variable.values == [0, 0])
    #expect(model.wide.variable.dtype == .float64)
    #expect(model.wide.variable.values.contains { Double(Float($0)) != $0 }, "a float64 draw has float64's digits")
  }
}

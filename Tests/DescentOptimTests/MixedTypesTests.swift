import DescentGraph
import DescentOptim
import DescentRuntime
import Testing

/// Matrices in half width beside normalizations in float32, and tensors without elements: every method and every modifier
/// takes them in one updater.
@Suite struct MixedTypesTests {
  private static let parameters: [(name: String, shape: Shape, dtype: DType)] = [
    ("w", [6, 4], .float32), ("half.w", [4, 6], .bfloat16), ("half.b", [6], .float16), ("empty.w", [0, 4], .float32),
    ("empty.b", [0], .bfloat16), ("scale", [], .float64),
  ]

  /// The parameters after four steps.
  private func run(_ method: any OptimizationMethod) throws -> [[Double]] {
    let variables = Self.parameters.map { name, shape, dtype in
      let storage = Storage(shape: shape, dtype: dtype)
      for i in 0..<shape.elementCount { storage.set(Double((i * 7) % 11) / 8 - 0.5, at: i) }
      return Variable(storage, name: name)
    }
    let updater = try Updater(method, parameters: variables)
    let step = compile { (shift: [Tensor]) -> [Tensor] in
      let losses = variables.map { variable -> Tensor in
        let x = variable.value.cast(to: .float32) + shift[0]
        return (x * x).sum()
      }
      updater.minimize(losses.dropFirst().reduce(losses[0]) { $0 + $1 })
      return []
    }
    for i in 0..<4 { _ = try step([Tensor([Float(i) / 5 - 0.75], shape: [])]) }
    return variables.map(\.elements)
  }

  private func check(_ values: [[Double]], _ name: String) {
    let all = values.flatMap { $0 }
    #expect(all.allSatisfy { $0.isFinite }, "\(name): \(values)")
    let start = (0..<24).map { Double(Float(Double(($0 * 7) % 11) / 8 - 0.5)) }
    #expect(values[0] != start || name == "frozen", "\(name) moves")
  }

  @Test(arguments: MethodTable.entries.map(\.name)) func `every method`(name: String) throws {
    let entry = try #require(MethodTable.entry(named: name))
    check(try run(entry.make(.constant(entry.learningRate))), name)
  }

  @Test(arguments: ModifierCase.all) func `every modifier`(row: ModifierCase) throws {
    let method = try AdamW(learningRate: 0.05).modified(by: row.kind, row.arguments)
    check(try run(method), row.kind.rawValue)
  }
}

import DescentRuntime
import DescentReference
import DescentGraph
import DescentNN
import DescentOptim
import Testing

@testable import DescentCPU

/// Variables that live in the order their convolutions want. The counts hold where oneDNN has blocks.
@Suite(.enabled(if: OneDNNLibrary.vectorLanes != nil)) struct WeightLayoutTests {
  static let weightShapes: [Shape] = [[16, 3, 3, 3], [32, 16, 3, 3], [32, 1, 3, 3], [32, 16, 1, 1], [4, 32, 2, 2]]
  static let inputShape: Shape = [2, 3, 8, 8]

  /// The first has few channels, the third is depthwise, the last's four outputs fill no block.
  static func loss(_ x: Tensor, _ weights: [Tensor]) -> Tensor {
    let a = relu(convolution(x, weights[0], padding: 1))
    let b = tanh(convolution(a, weights[1], strides: [2, 2], padding: 1))
    let c = convolution(b, weights[2], padding: 1, groups: 32) + convolution(a, weights[3], strides: [2, 2])
    return squared(convolution(tanh(c), weights[4])).mean()
  }
  private static func squared(_ x: Tensor) -> Tensor { x * x }

  static func variables() throws -> [Variable] {
    let values = try evaluate(
      weightShapes.enumerated().map { RandomKey($0).normal($1) * 0.3 })
    return zip(values, values.indices).map { Variable($0, name: "w\($1)") }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// How many of the weights live in an order of their own, and how many variables with them.
    let weights: Int
    let variables: Int
    /// Takes a step down a loss.
    let minimizing: @Sendable ([Variable]) throws -> @Sendable (Tensor) -> Void

    init(_ name: String, weights: Int, variables: Int, _ method: some OptimizationMethod & Sendable) {
      testDescription = name
      (self.weights, self.variables) = (weights, variables)
      minimizing = { variables in
        let updater = try Updater(method, parameters: variables)
        return { updater.minimize($0) }
      }
    }
  }
  static let cases = [
    Case("sgd", weights: 4, variables: 4, SGD(learningRate: 0.1)),
    Case("adamw", weights: 4, variables: 12, AdamW(learningRate: 0.01)),
    Case(
      "adamw, clipped by the global norm", weights: 4, variables: 12, AdamW(learningRate: 0.01).clipped(globalNorm: 0.1)
    ),
    Case("lamb, which takes norms of tensors", weights: 4, variables: 12, LAMB(learningRate: 0.01)),
    // Matrices of a row for each output.
    Case("muon", weights: 0, variables: 0, Muon(learningRate: 0.01)),
  ]

  @Test(arguments: cases) func `weights live in their kernels' order, and nobody sees it`(_ example: Case) throws {
    let variables = try Self.variables()
    let minimize = try example.minimizing(variables)
    @Sendable func train(_ arguments: [Tensor]) -> [Tensor] {
      let loss = Self.loss(arguments[0], variables.map(\.value))
      minimize(loss)
      return [loss]
    }
    let step = compile { train($0) }
    let evaluation = compile { Self.loss($0, variables.map(\.value)) }
    let x = try RandomKey(7).normal(Self.inputShape).evaluated()

    let plan = try step.plan(shapes: [Self.inputShape], dtypes: [.float32])
    let moved = plan.program.reads.map(\.variable).filter { plan.orders[ObjectIdentifier($0)] != nil }
    #expect(moved.count { variable in variables.contains { $0 === variable } } == example.weights)
    #expect(moved.count == example.variables)
    let types = [(name: "x", shape: Self.inputShape, dtype: DType.float32)]
    let read = Plan(Trace.record(arguments: types) { [Self.loss($0[0], variables.map(\.value))] })
    #expect(read.orders.isEmpty)

    // The same in Double, whose convolutions are no business of oneDNN.
    let program = Trace.record(arguments: types, train)
    let reference = ReferenceStep<Double>(program)
    let value = Interpreter<Double>.Value(try x.storage())
    for round in 0..<4 {
      let loss = try step([x])[0].scalars(as: Float.self)[0]
      let expected = reference.step([value])[0]
      #expect(abs(Double(loss) - expected.floats[0]) < 1e-5)
      // Now and then somebody looks.
      guard round % 2 == 1 else { continue }
      let seen = try evaluation(x).scalars(as: Float.self)[0]
      for variable in program.reads.compactMap({ $0.variable as? Variable }) where variable.dtype == .float32 {
        let wanted = reference.value(of: variable).floats
        let found: [Float] = variable.storage.scalars()
        let scale = wanted.map(abs).max() ?? 0
        let error = zip(found, wanted).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(error <= 2e-3 * scale + 1e-7, "\(variable.name), round \(round)")
      }
      #expect(try seen == evaluation(x).scalars(as: Float.self)[0])
    }
  }

  @Test func `weights that somebody reads between all steps stay in rows`() throws {
    let variables = try Self.variables()
    let updater = try Updater(SGD(learningRate: 0.01), parameters: variables)
    let step = compile { arguments in
      let loss = Self.loss(arguments[0], variables.map(\.value))
      updater.minimize(loss)
      return [loss]
    }
    let x = try RandomKey(7).normal(Self.inputShape).evaluated()
    func executable() throws -> Executable { try step.executable(shapes: [Self.inputShape], dtypes: [.float32]) }
    func isMoved() throws -> Bool { try !executable().plan.orders.isEmpty }
    for _ in 0..<2 * CPUStep.mostDisturbedRuns { _ = try step([x]) }
    let before = try isMoved()
    #expect(before)
    var losses: [Float] = []
    for _ in 0..<2 * CPUStep.mostDisturbedRuns {
      losses += try step([x])[0].scalars(as: Float.self)
      let seen: [Float] = variables[1].storage.scalars()
      #expect(seen.allSatisfy { $0.isFinite })
    }
    let after = try isMoved()
    #expect(!after)
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
  }

  /// What lies at a place of the order, by the name's meaning.
  @Test(
    arguments: [
      ("OIhw16i16o", [32, 48, 3, 2], 1), ("Ohwi8o", [24, 3, 5, 5], 1), ("gOIhw8i8o", [32, 8, 3, 3], 2),
      ("Goihw16g", [32, 1, 3, 3], 32), ("OIhw16i16o", [16, 32, 5], 1),
    ] as [(String, Shape, Int)])
  func `orders are what oneDNN's names say`(name: String, shape: Shape, groups: Int) throws {
    let order = try #require(MemoryOrder(oneDNN: name, weights: shape, groups: groups))
    let count = shape.elementCount
    let buffer = Buffer(owning: Storage((0..<count).map { Float($0) }, shape: shape))
    buffer.bring(to: KernelPlacement.of(order))
    let lying = (0..<count).map { buffer.memory.pointer.load(fromByteOffset: $0 * 4, as: Float.self) }
    let extents: [Character: Int] = [
      "g": groups, "o": shape[0] / groups, "i": shape[1], "h": shape.rank == 3 ? 1 : shape[2], "w": shape.last!,
    ]
    // The place of an element, digit by digit.
    func place(_ index: [Character: Int]) -> Int {
      let outer = name.prefix { !$0.isNumber }
      let blocks = name.dropFirst(outer.count).split(whereSeparator: \.isLetter).map { Int($0)! }
      let letters = name.dropFirst(outer.count).filter(\.isLetter)
      let size = Dictionary(uniqueKeysWithValues: zip(letters, blocks))
      var result = 0
      for letter in outer {
        let axis = Character(letter.lowercased())
        result = result * (extents[axis]! / (size[axis] ?? 1)) + index[axis]! / (size[axis] ?? 1)
      }
      for letter in letters { result = result * size[letter]! + index[letter]! % size[letter]! }
      return result
    }
    var next = 0
    for g in 0..<groups {
      for o in 0..<extents["o"]! {
        for i in 0..<extents["i"]! {
          for h in 0..<extents["h"]! {
            for w in 0..<extents["w"]! {
              #expect(lying[place(["g": g, "o": o, "i": i, "h": h, "w": w])] == Float(next))
              next += 1
            }
          }
        }
      }
    }
    #expect(buffer.scalars(as: Float.self) == (0..<count).map { Float($0) })
  }

  @Test func `blocks that do not divide the axes make no order`() {
    #expect(MemoryOrder(oneDNN: "OIhw16i16o", weights: [24, 16, 3, 3], groups: 1) == nil)
  }
}

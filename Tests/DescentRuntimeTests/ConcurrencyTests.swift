import Descent
import DescentGraph
import DescentRuntime
import Testing

/// Compiled functions and variables in the hands of several tasks. `make test-tsan` runs these under the thread sanitizer.
@Suite struct ConcurrencyTests {
  static let tasks = 8

  @Test func `one function, called a thousand times by eight tasks, is right each time`() async throws {
    let weight = try RandomKey(1).normal([24, 16]).evaluated()
    let f = compile { (x: Tensor) in tanh(matmul(x, weight)).sum(axes: [1]) }
    // What one task alone gets, for each argument.
    let arguments = try (0..<10).map { try RandomKey(100 + $0).normal([8, 24]).evaluated() }
    let expected: [[Float]] = try arguments.map { try f($0).scalars() }
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<Self.tasks {
        group.addTask {
          var wrong = 0
          for call in 0..<125 {
            let i = (task + call) % arguments.count
            let found: [Float] = try f(arguments[i]).scalars()
            if found != expected[i] { wrong += 1 }
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func `tasks that want a new signature at once trace it once`() async throws {
    let f = compile { (x: [Tensor]) in [exp(x[0]) + 1] }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<Self.tasks {
        group.addTask {
          for count in 1...4 {
            let found = try f([.zeros([count])])[0].scalars(as: Float.self)
            #expect(found == [Float](repeating: 2, count: count), "task \(task)")
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(f.traceCount == 4)
  }

  /// Two functions move two counters in step, others read both: nobody may see one without the other.
  @Test func `functions that share variables take turns`() async throws {
    let (a, b, c) = (Variable(shape: [], dtype: .int64), Variable(shape: [], dtype: .int64), Variable(shape: [513]))
    let one = compile { (_: [Tensor]) -> [Tensor] in
      a.value = a.value + 1
      b.value = b.value - 1
      return []
    }
    let two = compile { (_: [Tensor]) -> [Tensor] in
      b.value = b.value - 2
      a.value = a.value + 2
      c.value = c.value + 1
      return []
    }
    let sum = compile { (_: [Tensor]) in [a.value + b.value, c.value.max() - c.value.min()] }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<Self.tasks {
        group.addTask {
          for _ in 0..<100 {
            if task % 2 == 0 { _ = try one([]) } else { _ = try two([]) }
            let seen = try sum([])
            #expect(try seen[0].scalar() == 0 && seen[1].scalar() == 0)
            let snapshot: [Float] = c.snapshot().scalars()
            #expect(Set(snapshot).count == 1)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(a.snapshot().integer(at: 0) == 4 * 100 + 4 * 200)
    #expect(b.snapshot().integer(at: 0) == -(4 * 100 + 4 * 200))
    #expect(c.snapshot().double(at: 512) == 400)
  }

  /// An evaluation swaps the weights for their average; a step in between would train on that and be lost.
  @Test func `evaluation beside training changes nothing of it`() async throws {
    func trained(beside count: Int) async throws -> [[Float]] {
      let model = Sequential.perceptron([6, 16, 3])
      try model.initialize(seed: 3)
      let updater = try Updater(
        AdamW(learningRate: 0.01).averaged(.ema(0.9)), parameters: model.trainableVariables)
      let x = try RandomKey(5).normal([32, 6]).evaluated()
      let y = Tensor((0..<32).map { Int32($0 % 3) })
      let step = compile { (x: Tensor, y: Tensor) in
        let loss = Forward.training(key: RandomKey(0)) { crossEntropy(model(x), labels: y) }
        updater.minimize(loss)
        return loss
      }
      let evaluation = compile { (x: Tensor) in model(x).sum() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for _ in 0..<200 { _ = try step(x, y) } }
        for _ in 0..<count {
          group.addTask {
            for _ in 0..<60 {
              let (first, second) = try updater.withEvaluationPoint {
                (try evaluation(x).scalar(), try evaluation(x).scalar())
              }
              #expect(first == second && first.isFinite)
            }
          }
        }
        try await group.waitForAll()
      }
      return model.parameters.map { $0.parameter.variable.snapshot().scalars() }
    }
    let alone = try await trained(beside: 0)
    let together = try await trained(beside: Self.tasks - 1)
    #expect(alone == together)
  }
}

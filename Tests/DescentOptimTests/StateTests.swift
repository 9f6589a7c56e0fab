import DescentRuntime
import DescentFiles
import DescentGraph
import DescentOptim
import DescentTrain
import Foundation
import Testing

/// A method with everything that is remembered around it.
struct StatefulCase: Sendable, CustomTestStringConvertible {
  let name: String
  let method: any OptimizationMethod
  var testDescription: String { name }

  private init(_ name: String, _ method: any OptimizationMethod) { (self.name, self.method) = (name, method) }

  /// Every method of the table, and every modifier that remembers something.
  static let all: [StatefulCase] =
    MethodTable.entries.map { .init($0.name, $0.make(.exponential(from: 0.05, rate: 0.9))) } + [
      .init("averaged", AdamW().averaged(.ema(0.9))), .init("swa", AdamW().averaged(.swa(from: 2, every: 2))),
      .init("accumulating", AdamW(learningRate: .exponential(from: 0.05, rate: 0.9)).accumulating(steps: 3)),
      .init("skipping", AdamW(learningRate: .exponential(from: 0.05, rate: 0.9)).skippingNonFinite()),
      .init("noise", SGD().gradientNoise(key: RandomKey(1))), .init("lookahead", SGD().lookahead(every: 3)),
      .init("groups", AdamW().group("b", SGD().skippingNonFinite()).averaged()),
      .init("8-bit", AdamW().quantizedState(minimumCount: 1)),
      .init("8-bit accumulating", AdamW().accumulating(steps: 2).quantizedState(minimumCount: 1)),
      .init("bfloat16", AdamW().quantizedState(.bfloat16, minimumCount: 1).averaged()),
    ]
    // Every modifier that commands know, as they make it with its standard arguments.
    + ModifierTable.entries.map { entry in
      .init("--with \(entry.name)", try! AdamW(learningRate: 0.05).modified(by: entry.kind, entry.standard))
    }
}

@Suite struct StateTests {
  /// Parameters, their state and the count of steps by name: all that resuming needs.
  private static func saved<Method: OptimizationMethod>(_ updater: Updater<Method>) -> [String: Storage] {
    let named =
      updater.parameters.map { ($0.name, $0) } + updater.state.map { ($0.name, $0.variable) }
      + [(updater.stepCount.name, updater.stepCount)]
    return Dictionary(uniqueKeysWithValues: named.map { ($0, $1.storage.copy()) })
  }

  /// What comes back of `state` after it was written to a safetensors file.
  private static func throughFile(_ state: [String: Storage]) throws -> [String: Storage] {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("descent-state-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try SafeTensors(tensors: state.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).write(to: url.path)
    let file = try SafeTensors.read(url.path)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.storage) })
  }

  /// Saving to a file after some of ten steps and going on from there in a new updater changes no bit of what comes later.
  @Test(arguments: StatefulCase.all)
  func `a run goes on from its saved state bit for bit`(row: StatefulCase) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      func run(_ count: Int, from start: [String: Storage]?) throws -> [[String: Storage]] {
        let variables = [Variable(shape: [4, 64], name: "w"), Variable(shape: [64], name: "b")]
        for (i, variable) in variables.enumerated() { try variable.assign(RandomKey(i).normal(variable.shape)) }
        let updater = try Updater(method, parameters: variables)
        let step = compile { _ in
          let loss = variables.map { (cos($0.value) * $0.value).sum() }
          updater.minimize(loss[0] + loss[1])
          return []
        }
        if let start {
          for variable in variables + updater.state.map(\.variable) + [updater.stepCount] {
            variable.assign(try #require(start[variable.name]))
          }
        }
        let states = try (0..<count).map { _ in
          _ = try step([])
          return Self.saved(updater)
        }
        #expect(step.traceCount == 1)
        return states
      }
      func bits(_ state: [String: Storage]) -> [String: [UInt8]] {
        state.mapValues { Array(UnsafeRawBufferPointer(start: $0.pointer, count: $0.byteCount)) }
      }
      let whole = try run(10, from: nil)
      for start in [1, 4, 7] {
        let rest = try run(10 - start, from: Self.throughFile(whole[start - 1]))
        #expect(rest.map(bits) == whole[start...].map(bits))
      }
    }
    try check(row.method)
  }
}

import DescentGraph
import DescentOptim
import DescentRuntime
import Testing

/// A rate of 0, as a warm-up starts from, is a step of length 0 and no division by it.
@Suite struct WarmUpTests {
  @Test(arguments: MethodTable.entries.map(\.name)) func `a warm-up from 0`(name: String) throws {
    let entry = try #require(MethodTable.entry(named: name))
    let warmed = Schedule.constant(entry.learningRate).warmingUp(over: 3)
    let w = Variable(Storage((0..<16).map { Float($0) / 7 - 1.1 }, shape: [4, 4]), name: "w")
    let updater = try Updater(AnyMethod(entry.make(warmed)), parameters: [w])
    let step = compile { () in
      let loss = (w.value * w.value).sum()
      updater.minimize(loss)
      return loss
    }
    for _ in 0..<8 { #expect(try step().scalar().isFinite, "\(name)") }
    #expect(w.elements.allSatisfy { $0.isFinite })
  }
}

import DescentRuntime
import Foundation
import Testing

@Suite struct TurnTests {
  /// Counts what is not protected by anything but the turn.
  private final class Counter: @unchecked Sendable { var value = 0 }

  @Test func `joined turns keep everyone apart, whichever of them one knows`() {
    let turns = (0..<8).map { _ in Turn() }
    let counter = Counter()
    _ = Turn.joining(Array(turns[0..<4]))
    _ = Turn.joining(Array(turns[4..<8]))
    _ = Turn.joining([turns[7], turns[0]])
    DispatchQueue.concurrentPerform(iterations: 8) { i in
      for _ in 0..<2000 { turns[i].take { counter.value += 1 } }
    }
    #expect(counter.value == 16_000)
  }

  /// Some take while others join: nobody waits for ever, and in the end there is one turn.
  @Test(.timeLimit(.minutes(1))) func `turns are joined while they are taken`() {
    for round in 0..<50 {
      let turns = (0..<6).map { _ in Turn() }
      DispatchQueue.concurrentPerform(iterations: 6) { i in
        for step in 0..<20 {
          if step == (i + round) % 20 { _ = Turn.joining([turns[i], turns[(i + 1) % 6]]) }
          // Within a turn one may take it again, and join it to another.
          turns[i].take { turns[i].take { if step == 10 { _ = Turn.joining([turns[i]]) } } }
        }
      }
      let counter = Counter()
      let whole = Turn.joining(turns)
      DispatchQueue.concurrentPerform(iterations: 6) { i in
        for _ in 0..<200 { (i % 2 == 0 ? turns[i] : whole).take { counter.value += 1 } }
      }
      #expect(counter.value == 1200)
    }
  }
}

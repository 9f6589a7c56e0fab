import DescentData
import DescentGraph
import Foundation
import Testing

/// Every source, in the ways that a loop uses it.
@Suite struct BatchSourceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () -> any BatchSource
  }
  static let rows = [
    Row(testDescription: "tensors") { TensorSource(["x": Tensor((0..<10).map { Float($0) })], batch: 4, seed: 1) },
    Row(testDescription: "tensors, all at once") { TensorSource(["x": Tensor([Float(1), 2])], batch: nil) },
    Row(testDescription: "tokens") { TokenSource((0..<50).map { Int32($0) }, context: 4, batch: 3, seed: 2) },
    Row(testDescription: "stream") { stream() },
    Row(testDescription: "stream, read ahead") { PrefetchedSource(stream(), depth: 3) },
    Row(testDescription: "tensors, read ahead") {
      PrefetchedSource(TensorSource(["x": Tensor((0..<10).map { Float($0) })], batch: 4, seed: 1), depth: 4)
    },
  ]

  static func stream() -> StreamSource {
    StreamSource(exampleCount: 6) { epoch in
      var batch = 0
      return {
        defer { batch += 1 }
        return batch < 3 ? Batch(["x": Tensor([Float(100 * epoch + batch), 0])]) : nil
      }
    }
  }

  /// The batches of some epochs as text, an empty one at each end.
  private func batches(_ source: any BatchSource, epochs: Int) throws -> [String] {
    var texts: [String] = []
    for _ in 0..<epochs {
      while let batch = try source.next() { texts.append(text(batch)) }
      texts.append("")
    }
    return texts
  }
  private func text(_ batch: Batch) -> String {
    batch.fields.map { name, tensor in
      guard let data = tensor.data else { return "?" }
      return "\(name): \((0..<data.shape.elementCount).map { data.double(at: $0) })"
    }.joined(separator: "; ")
  }

  @Test(arguments: rows) func `an epoch ends once, and the next one begins`(_ row: Row) throws {
    let source = row.make()
    let first = try batches(source, epochs: 1)
    let second = try batches(source, epochs: 1)
    #expect(first.count == second.count && first.count > 1)
    #expect(source.position == BatchPosition(epoch: 2, batch: 0))
    #expect(try batches(row.make(), epochs: 2) == first + second)
  }

  @Test(arguments: rows) func `from every position on it gives what it would have given`(_ row: Row) throws {
    let all = try batches(row.make(), epochs: 3)
    let (source, perEpoch) = (row.make(), all.count / 3)
    for taken in 0..<(2 * perEpoch) {
      let position = source.position
      // A position is kept as text in a checkpoint.
      let kept = try JSONDecoder().decode(BatchPosition.self, from: JSONEncoder().encode(position))
      let other = row.make()
      _ = try other.next()
      try other.restore(kept)
      #expect(other.position == position)
      let rest = try batches(other, epochs: 3 - taken / perEpoch)
      #expect(rest == Array(all[taken...]), "after \(taken)")
      _ = try source.next()
    }
  }

  @Test func `rows in memory are gathered in the step`() throws {
    let source = TensorSource(
      ["x": Tensor((0..<12).map { Float($0) }, shape: [6, 2]), "y": Tensor((0..<6).map { Int32(10 * $0) })], batch: 6)
    let batch = try #require(source.next())
    let made = source.assembly(batch)
    #expect(made.fields.map(\.name) == ["x", "y"] && made["x"].shape == [6, 2] && made.count == 6)
    #expect(made.fields.allSatisfy { !$0.tensor.isData })
  }

  /// A loop that gives each batch back gets the same memory again; one that keeps it does not.
  @Test func `a batch's memory is used again only when nobody has it`() throws {
    let source = TensorSource(["x": Tensor((0..<8).map { Float($0) })], batch: 4, seed: 3)
    let first = try #require(source.next())
    let second = try #require(source.next())
    #expect(Set([text(first), text(second)]).count == 2)
    let rows = [first, second].flatMap { batch in (0..<4).map { batch["rows"].data!.integer(at: $0) } }
    #expect(rows.sorted() == Array(0..<8))
    var addresses: Set<UnsafeMutableRawPointer> = []
    for _ in 0..<6 { if let batch = source.next() { addresses.insert(batch["rows"].data!.pointer) } }
    #expect(addresses.count == 1)
  }

  @Test func `tokens come in windows and one later`() throws {
    let tokens = (0..<50).map { Int32($0 * $0 % 17) }
    let source = TokenSource(tokens, context: 4, batch: 2, seed: 0)
    #expect(source.exampleCount == 11)
    var starts: Set<Int> = []
    for _ in 0..<3 {
      while let batch = source.next() {
        let offset = batch["offset"].data!.integer(at: 0)
        for i in 0..<2 { starts.insert(batch["rows"].data!.integer(at: i) * 4 + offset) }
      }
    }
    #expect(starts.max()! + 4 < tokens.count && starts.count > 11)
  }

  struct Failure: Error {}

  @Test(.timeLimit(.minutes(1))) func `what reading throws arrives where the batch would have been`() throws {
    let source = PrefetchedSource(
      StreamSource { _ in
        var batch = 0
        return {
          defer { batch += 1 }
          if batch == 2 { throw Failure() }
          return Batch(["x": Tensor([Float(batch)])])
        }
      }, depth: 4)
    #expect(try source.next() != nil && source.next() != nil)
    #expect(throws: Failure.self) { try source.next() }
    #expect(throws: Failure.self) { try source.next() }
    try source.restore(BatchPosition())
    #expect(try source.next() != nil)
  }

  @Test func `a position that the data do not have is an error`() throws {
    let position = BatchPosition(epoch: 0, batch: 7)
    #expect(throws: BatchSourceError.positionBeyondEnd(position: position, batches: 3)) {
      try Self.stream().restore(position)
    }
  }
}

import Testing

@testable import DescentData

/// Random texts that are rich in what the reader has to tell apart: each gives rows or a `DataError`.
@Suite struct CSVFuzzTests {
  private static let pieces: [[UInt8]] =
    ["\"", "\"\"", ",", ",", ";", "\t", "\n", "\n", "\r", "\r\n", " ", "1", "2.5", "-3e2", "nan", "NA", "?", "a", "é"]
    .map { Array($0.utf8) } + [[0xEF, 0xBB, 0xBF], [0xFF], [0xC3], [0x00]]

  /// Pieces in any order.
  private func randomText(_ generator: inout SeededGenerator) -> [UInt8] {
    (0..<generator.next(below: 40)).flatMap { _ in Self.pieces[Int(generator.next(below: UInt64(Self.pieces.count)))] }
  }

  /// A table with a few pieces put in anywhere, or none.
  private func damagedTable(_ generator: inout SeededGenerator) -> [UInt8] {
    let columnCount = Int(generator.next(below: 4)) + 1
    let words = ["a", "b", "1", "2.5", "-3e2", "", "\"x,\"\"\n\"", "nan", "7", "8"]
    let rowCount = generator.next(below: 8)
    var text = (0..<columnCount).map { "name\($0)" }.joined(separator: ",")
    for _ in 0..<rowCount {
      let row = (0..<columnCount).map { _ in words[Int(generator.next(below: UInt64(words.count)))] }
      text += "\n" + row.joined(separator: ",")
    }
    var bytes = Array(text.utf8)
    for _ in 0..<generator.next(below: 3) {
      let place = Int(generator.next(below: UInt64(bytes.count)))
      bytes.insert(contentsOf: Self.pieces[Int(generator.next(below: UInt64(Self.pieces.count)))], at: place)
    }
    return bytes
  }

  @Test func neverCrashes() throws {
    var generator = SeededGenerator(seed: 42)
    var accepted = 0
    var trained = 0
    for round in 0..<20_000 {
      let bytes = round % 2 == 0 ? randomText(&generator) : damagedTable(&generator)
      do throws(DataError) {
        let document = try CSVReader.parse(bytes, file: "fuzz")
        accepted += 1
        let found = cells(of: document)
        #expect(!found.isEmpty && found.allSatisfy { $0.count == document.columnNames.count })
        let table = try Table(document)
        let target = document.columnNames[document.columnNames.count - 1]
        let data = try TableTask.make(table: table, target: target, validation: 0, test: 0)
        trained += 1
        #expect(data.train.features.allSatisfy { $0.isFinite })
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    // Were all texts refused, nothing behind the first check would have been tried.
    #expect(accepted > 3000 && trained > 500, "\(accepted) texts were accepted, \(trained) trained on")
  }

  @Test func writtenRowsComeBack() throws {
    var generator = SeededGenerator(seed: 43)
    for _ in 0..<2000 {
      let columnCount = Int(generator.next(below: 4)) + 1
      let rowCount = Int(generator.next(below: 5)) + 1
      let written = (0..<rowCount).map { _ in
        (0..<columnCount).map { _ in
          (0..<generator.next(below: 4)).map { _ in
            String(decoding: Self.pieces[Int(generator.next(below: 19))], as: UTF8.self)
          }.joined()
        }
      }
      let text = written.map { row in
        row.map { "\"" + $0.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" }.joined(separator: ",")
      }.joined(separator: "\r\n")
      let document = try makeDocument(text, delimiter: .comma, hasHeader: false)
      #expect(cells(of: document).map { $0.map { Array($0.utf8) } } == written.map { $0.map { Array($0.utf8) } })
    }
  }
}

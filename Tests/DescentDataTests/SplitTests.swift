import Testing

@testable import DescentData

@Suite struct SplitTests {
  private func draw(
    _ count: Int, validation: Double, test: Double, seed: UInt64 = 0, labels: [Int32]? = nil
  ) throws -> SplitRows {
    try SplitRows.draw(
      name: "rows", count: count, validation: validation, test: test, seed: seed, labels: labels)
  }

  @Test func partsAreDisjointAndComplete() throws {
    let rows = try draw(1003, validation: 0.1, test: 0.2)
    #expect(rows.train.count == 702 && rows.validation.count == 100 && rows.test.count == 201)
    #expect((rows.train + rows.validation + rows.test).sorted() == Array(0..<1003))
  }

  @Test func seedDecidesTheSplit() throws {
    #expect(try draw(100, validation: 0.1, test: 0.2, seed: 1) == draw(100, validation: 0.1, test: 0.2, seed: 1))
    #expect(try draw(100, validation: 0.1, test: 0.2, seed: 1) != draw(100, validation: 0.1, test: 0.2, seed: 2))
  }

  @Test func rowsAreDrawnFromEverywhere() throws {
    // Over 400 seeds, each of 20 rows is in a quarter of the test parts: 100 times, standard deviation 9.
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<400 as Range<UInt64> {
      for row in try draw(20, validation: 0.25, test: 0.25, seed: seed).test { counts[row] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - 100) < 50 }, "\(counts)")
  }

  @Test func classesKeepTheirShares() throws {
    let labels = (0..<1000).map { Int32($0 % 10 < 7 ? 0 : $0 % 10 < 9 ? 1 : 2) }
    let rows = try draw(1000, validation: 0.1, test: 0.2, seed: 5, labels: labels)
    func counts(_ rows: [Int]) -> [Int] { (0..<3).map { label in rows.count { labels[$0] == label } } }
    #expect(counts(rows.test) == [140, 40, 20])
    #expect(counts(rows.validation) == [70, 20, 10])
    #expect(counts(rows.train) == [490, 140, 70])
  }

  @Test func digitsSplitIsStratifiedWithinOneExample() throws {
    let digits = Digits.load()
    let parts = try digits.split(validation: 0.1, test: 0.2, seed: 0)
    #expect(parts.train.count + parts.validation.count + parts.test.count == 1797)
    guard case .classes(let all, _) = digits.targets, case .classes(let test, _) = parts.test.targets else {
      Issue.record("the targets are not classes")
      return
    }
    for label in 0..<10 as Range<Int32> {
      let share = Double(all.count { $0 == label }) * Double(parts.test.count) / 1797
      #expect(abs(Double(test.count { $0 == label }) - share) < 1)
    }
  }

  @Test func datasetSplitTakesTheRows() throws {
    let dataset = Dataset(
      name: "numbers", features: (0..<50).map(Float.init), featureShape: [1], featureNames: ["x"],
      targets: .values((0..<50).map { Float($0) * 2 }, name: "y"))
    let parts = try dataset.split(validation: 0.2, test: 0.2, seed: 9)
    let rows = try draw(50, validation: 0.2, test: 0.2, seed: 9)
    #expect(parts.test.features == rows.test.map(Float.init))
    #expect(parts.test.targets == .values(rows.test.map { Float($0) * 2 }, name: "y"))
    #expect(parts.train == dataset.subset(rows: rows.train))
  }

  @Test func zeroFractionsGiveEmptyParts() throws {
    let rows = try draw(3, validation: 0, test: 0)
    #expect(rows == SplitRows(train: [0, 1, 2], validation: [], test: []))
  }

  @Test(arguments: [(0.5, 0.5), (-0.1, 0.2), (0.1, 1.0), (.nan, 0.2), (0.1, .infinity)])
  func nonsensicalFractions(validation: Double, test: Double) {
    #expect {
      try draw(100, validation: validation, test: test)
    } throws: { error in
      guard case DataError.invalidFractions = error else { return false }
      return "\(error)"
        == "The fractions validation \(validation) and test \(test) cannot be used: each must be at least 0, and "
        + "their sum below 1."
    }
  }

  @Test func tooFewRows() {
    expectError(
      .tooFewRows(name: "rows", rows: 1, validation: 0.1, test: 0.2),
      "rows: 1 row cannot be split into parts for training, validation (0.1) and test (0.2) that all have a row. "
        + "Add rows, or set a fraction to 0."
    ) { _ = try draw(1, validation: 0.1, test: 0.2) }
    expectError(
      .tooFewRows(name: "rows", rows: 2, validation: 0.4, test: 0.4),
      "rows: 2 rows cannot be split into parts for training, validation (0.4) and test (0.4) that all have a row. "
        + "Add rows, or set a fraction to 0."
    ) { _ = try draw(2, validation: 0.4, test: 0.4) }
    #expect(throws: DataError.tooFewRows(name: "rows", rows: 0, validation: 0, test: 0)) {
      try draw(0, validation: 0, test: 0)
    }
  }
}

import Testing

@testable import DescentData

@Suite struct IDXReaderTests {
  private func file(_ shape: [UInt8], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, $0] } + elements
  }

  @Test func readsAnArray() throws {
    let array = try IDXReader.parse(file([2, 3], [1, 2, 3, 4, 5, 6]), file: "x")
    #expect(array == .init(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6]))
    let large = try IDXReader.parse([0, 0, 8, 1, 0, 0, 1, 2] + [UInt8](repeating: 7, count: 258), file: "x")
    #expect(large.shape == [258])
  }

  @Test func readsADataset() throws {
    try withFile(file([2, 1, 3], [0, 51, 255, 255, 0, 102])) { images in
      try withFile(file([2], [1, 3])) { labels in
        let dataset = try IDXReader.dataset(images: images, labels: labels, name: "tiny")
        #expect(dataset.features == [0, 0.2, 1, 1, 0, 0.4])
        #expect(dataset.featureShape == [3])
        #expect(dataset.imageShape == .init(channels: 1, height: 1, width: 3))
        #expect(dataset.targets == .classes(labels: [1, 3], names: ["0", "1", "2", "3"]))
        let named = try IDXReader.dataset(
          images: images, labels: labels, name: "tiny", classNames: ["a", "b", "c", "d"])
        #expect(named.targets == .classes(labels: [1, 3], names: ["a", "b", "c", "d"]))
        expectError(
          .tooManyClasses(file: labels, column: "label", count: 4, limit: 2),
          "\(labels): the target 'label' has 4 different values, more than the 2 classes that are supported. Choose "
            + "another target, or the task regression if it is a quantity."
        ) { _ = try IDXReader.dataset(images: images, labels: labels, name: "tiny", classNames: ["a", "b"]) }
        expectError(
          .wrongRank(file: labels, found: 1, expected: "3 (count, height, width, none of size 0)"),
          "\(labels): the IDX array has 1 dimension, expected 3 (count, height, width, none of size 0). Check that "
            + "images and labels are not swapped."
        ) { _ = try IDXReader.dataset(images: labels, labels: images, name: "tiny") }
        expectError(
          .wrongRank(file: images, found: 3, expected: "1 (count)"),
          "\(images): the IDX array has 3 dimensions, expected 1 (count). Check that images and labels are not swapped."
        ) { _ = try IDXReader.dataset(images: images, labels: images, name: "tiny") }
      }
      try withFile(file([3], [1, 3, 0])) { labels in
        expectError(
          .countMismatch(images: images, imageCount: 2, labels: labels, labelCount: 3),
          "\(images) has 2 images, \(labels) has 3 labels. Give two files of the same part."
        ) { _ = try IDXReader.dataset(images: images, labels: labels, name: "tiny") }
      }
    }
  }

  @Test func wrongMagic() {
    expectError(
      .notIDX(file: "x", found: [80, 75, 3, 4]),
      "x: not an IDX file: it starts with the bytes [80, 75, 3, 4], not with 0, 0, an element type and a number of "
        + "dimensions. Check that it is the right file."
    ) { _ = try IDXReader.parse([80, 75, 3, 4, 5], file: "x") }
    #expect(throws: DataError.notIDX(file: "x", found: [0, 0])) { try IDXReader.parse([0, 0], file: "x") }
    #expect(throws: DataError.notIDX(file: "x", found: [0, 0, 8, 0])) { try IDXReader.parse([0, 0, 8, 0], file: "x") }
    expectError(.compressed(file: "x.gz"), "x.gz: the file is compressed. Unpack it first: gunzip -k x.gz") {
      _ = try IDXReader.parse([0x1F, 0x8B, 8, 0], file: "x.gz")
    }
    expectError(
      .unsupportedElementType(file: "x", code: 13),
      "x: the IDX element type 13 is not supported, only unsigned bytes (8). Convert the file."
    ) { _ = try IDXReader.parse(file([1], [0, 0, 0, 0], type: 13), file: "x") }
  }

  @Test func truncatedOrTooLong() {
    let whole = file([2, 3], [1, 2, 3, 4, 5, 6])
    expectError(
      .wrongLength(file: "x", found: 17, expected: 18),
      "x: the file has 17 bytes, its header promises 18. Get the file again."
    ) { _ = try IDXReader.parse(Array(whole.dropLast()), file: "x") }
    #expect(throws: DataError.wrongLength(file: "x", found: 19, expected: 18)) {
      try IDXReader.parse(whole + [0], file: "x")
    }
    #expect(throws: DataError.wrongLength(file: "x", found: 9, expected: 12)) {
      try IDXReader.parse(Array(whole.prefix(9)), file: "x")
    }
    // Dimensions whose product does not fit 64 bits.
    #expect(throws: DataError.self) {
      try IDXReader.parse([0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12), file: "x")
    }
  }
}

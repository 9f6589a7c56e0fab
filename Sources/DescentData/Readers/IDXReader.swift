/// Reads IDX files, the format of MNIST and of the datasets made in its likeness.
///
/// An IDX file starts with two zero bytes, the element type (8 for unsigned bytes, the only one read here) and the
/// number of dimensions; then the dimensions, 32 bits each, high byte first; then the elements, row-major
/// (Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits").
public enum IDXReader {
  /// An array of unsigned bytes, row-major.
  public struct ByteArray: Sendable, Equatable {
    /// The dimensions, outermost first: `[count, height, width]` for images, `[count]` for labels.
    public let shape: [Int]
    /// As many as the product of the shape.
    public let elements: [UInt8]
  }

  /// Reads one IDX file.
  ///
  /// - Throws: `DataError.missingFile`, `.unreadableFile`, `.notIDX`, `.compressed`, `.unsupportedElementType`,
  ///   `.wrongLength` for a file that is cut off or too long.
  public static func read(path: String) throws(DataError) -> ByteArray {
    try parse(try readBytes(path: path), file: path)
  }

  /// Reads a file of images and the file of their labels.
  ///
  /// - Parameters:
  ///   - imagePath: path of an array `[count, height, width]`
  ///   - labelPath: path of an array `[count]`
  ///   - name: name of the dataset
  ///   - classNames: a name per label; "0", "1", … up to the largest label if left out
  /// - Returns: features `[count, height · width]` in 0 ... 1, the bytes divided by 255.
  /// - Throws: what `read(path:)` throws, `DataError.wrongRank`, `.countMismatch`, and `.tooManyClasses` for a label
  ///   without a name.
  public static func dataset(
    images imagePath: String, labels labelPath: String, name: String, classNames: [String]? = nil
  ) throws(DataError) -> Dataset {
    let images = try read(path: imagePath)
    let labels = try read(path: labelPath)
    guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
      throw .wrongRank(file: imagePath, found: images.shape.count, expected: "3 (count, height, width, none of size 0)")
    }
    guard labels.shape.count == 1 else {
      throw .wrongRank(file: labelPath, found: labels.shape.count, expected: "1 (count)")
    }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    guard count == labels.shape[0] else {
      throw .countMismatch(images: imagePath, imageCount: count, labels: labelPath, labelCount: labels.shape[0])
    }
    let largest = Int(labels.elements.max() ?? 0)
    let names = classNames ?? (0...largest).map(String.init)
    guard largest < names.count else {
      throw .tooManyClasses(file: labelPath, column: "label", count: largest + 1, limit: names.count)
    }
    return Dataset(
      name: name, features: images.elements.map { Float($0) / 255 }, featureShape: [height * width],
      featureNames: (0..<height * width).map { "pixel_\($0 / width)_\($0 % width)" },
      imageShape: .init(channels: 1, height: height, width: width),
      targets: .classes(labels: labels.elements.map(Int32.init), names: names))
  }

  /// Reads IDX data in memory; `file` is what errors call it.
  static func parse(_ bytes: [UInt8], file: String) throws(DataError) -> ByteArray {
    if bytes.starts(with: [0x1F, 0x8B]) { throw .compressed(file: file) }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[3] > 0 else {
      throw .notIDX(file: file, found: Array(bytes.prefix(4)))
    }
    guard bytes[2] == 8 else { throw .unsupportedElementType(file: file, code: bytes[2]) }
    let rank = Int(bytes[3])
    let headerLength = 4 + 4 * rank
    guard bytes.count >= headerLength else {
      throw .wrongLength(file: file, found: bytes.count, expected: headerLength)
    }
    let shape = (0..<rank).map { dimension in
      bytes[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
    }
    var expected = 1
    for size in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      expected = overflow ? .max / 2 : product
    }
    guard bytes.count - headerLength == expected else {
      throw .wrongLength(file: file, found: bytes.count, expected: headerLength + expected)
    }
    return ByteArray(shape: shape, elements: Array(bytes[headerLength...]))
  }
}

import DescentGraph
import DescentText
import Foundation

/// The JSON header of a safetensors file.
struct SafeTensorsHeader {
  struct Entry {
    var name: String
    var type: String
    var shape: [Int]
    /// Offsets of the first byte and of the byte after the last, from the end of the header.
    var start: Int
    var end: Int
  }

  static let metadataKey = "__metadata__"
  /// The format's limit of the header's length in bytes.
  static let longest: UInt64 = 100_000_000

  var metadata: [String: String]
  var entries: [Entry] = []

  init(metadata: [String: String]) { self.metadata = metadata }

  /// The header as JSON, the metadata first, all in a fixed order.
  var text: String {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quote($0.key)):\(Self.quote($0.value))" }
      members.append("\(Self.quote(Self.metadataKey)):{\(pairs.joined(separator: ","))}")
    }
    for entry in entries {
      members.append(
        "\(Self.quote(entry.name)):{\"dtype\":\"\(entry.type)\",\"shape\":\(Self.list(entry.shape)),"
          + "\"data_offsets\":\(Self.list([entry.start, entry.end]))}")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func quote(_ text: String) -> String { OrderedJSON.string(text).text() }
  private static func list(_ numbers: [Int]) -> String { "[\(numbers.map(String.init).joined(separator: ","))]" }

  init(decoding json: Data, file: String) throws(SafeTensorsError) {
    let decoded: DecodedHeader
    do {
      decoded = try JSONDecoder().decode(DecodedHeader.self, from: json)
    } catch let error as DecodingError {
      throw .badHeader(file: file, reason: Self.reason(error))
    } catch {
      throw .badHeader(file: file, reason: "it is not JSON")
    }
    metadata = decoded.metadata
    for (name, tensor) in decoded.tensors {
      guard tensor.dataOffsets.count == 2 else {
        throw .badHeader(file: file, reason: "'\(name)' has \(tensor.dataOffsets.count) offsets instead of 2")
      }
      entries.append(
        Entry(
          name: name, type: tensor.dtype, shape: tensor.shape, start: tensor.dataOffsets[0],
          end: tensor.dataOffsets[1]))
    }
  }

  /// The place in the header and what is wrong there.
  private static func reason(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ last: String? = nil) -> String {
      let path = (context.codingPath.map(\.stringValue) + [last].compactMap { $0 }).joined(separator: ".")
      return path.isEmpty ? "it" : "'\(path)'"
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context, key.stringValue)) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)) has a value of the wrong kind"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not JSON" : "\(place(context)) has a value that cannot be used"
    @unknown default: return "it cannot be decoded"
    }
  }
}

/// What JSON has of a header.
private struct DecodedHeader: Decodable {
  struct Tensor: Decodable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }
  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  var metadata: [String: String] = [:]
  var tensors: [(String, Tensor)] = []

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == SafeTensorsHeader.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors.append((key.stringValue, try container.decode(Tensor.self, forKey: key)))
      }
    }
  }
}

extension SafeTensorsHeader.Entry {
  /// Memory for the tensor, once everything that the header says about it has been found right.
  ///
  /// - Parameters:
  ///   - covered: where the tensor before this one ends, and so where this one must start.
  ///   - dataCount: bytes after the header.
  ///   - start: offset of the data in the file.
  func storage(after covered: Int, dataCount: Int, start: Int, file: String) throws(SafeTensorsError) -> Storage {
    func bad(_ reason: String) -> SafeTensorsError { .badOffsets(file: file, tensor: name, reason: reason) }
    guard self.start >= 0, end >= self.start else { throw bad("has the offsets \(self.start) and \(end)") }
    guard end <= dataCount else {
      // Offsets in order that end too far are a file cut short; the sum cannot overflow where it is reported.
      let (expected, overflows) = start.addingReportingOverflow(end)
      if overflows { throw bad("ends at byte \(end), outside the file") }
      throw .truncated(file: file, expected: expected, found: start + dataCount)
    }
    guard self.start >= covered else { throw bad("overlaps the tensor before it") }
    guard self.start == covered else { throw bad("leaves a gap of \(self.start - covered) bytes before it") }
    guard let dtype = DType(safeTensorsName: type) else {
      throw .unsupportedType(file: file, tensor: name, type: type)
    }
    guard shape.allSatisfy({ $0 >= 0 }) else { throw bad("has a negative extent in its shape \(shape)") }
    var byteCount = dtype.byteCount
    for extent in shape {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: extent)
      if overflows { throw bad("has the impossible shape \(shape)") }
      byteCount = product
    }
    guard byteCount == end - self.start else {
      throw bad("takes \(end - self.start) bytes, but its shape \(shape) of \(type) needs \(byteCount)")
    }
    return Storage(shape: Shape(shape), dtype: dtype)
  }
}

extension DType {
  /// The format's name of the type.
  var safeTensorsName: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int32: "I32"
    case .int64: "I64"
    case .bfloat16: "BF16"
    case .float16: "F16"
    case .float32: "F32"
    case .float64: "F64"
    }
  }

  init?(safeTensorsName name: String) {
    guard let type = DType.allCases.first(where: { $0.safeTensorsName == name }) else { return nil }
    self = type
  }
}

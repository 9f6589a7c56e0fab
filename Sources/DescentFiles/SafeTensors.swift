import DescentGraph
import Foundation

/// The contents of a safetensors file: tensors by name, and text about them.
///
/// | bytes | contents |
/// |---|---|
/// | 0–7 | length n of the header, little-endian |
/// | 8–(7 + n) | the header: a JSON object, then spaces |
/// | (8 + n)– | the tensors' elements, row-major and little-endian, one tensor after the other |
///
/// The header has for each tensor its `dtype`, its `shape` and its `data_offsets` (first byte and the byte after the
/// last, counted from the end of the header), and under `__metadata__` text by name. Format:
/// https://github.com/huggingface/safetensors.
///
/// ```swift
/// var file = SafeTensors(metadata: ["made by": "me"])
/// file.tensors.append(("weight", weight.storage))
/// try file.write(to: "weights.safetensors")
/// let weight = try SafeTensors.read("weights.safetensors")["weight"]
/// ```
public struct SafeTensors: Sendable {
  /// The tensors in the order of their bytes. Names are unique.
  public var tensors: [(name: String, storage: Storage)]
  /// The text under `__metadata__`.
  public var metadata: [String: String]

  /// The contents of a file that is to be written.
  public init(tensors: [(name: String, storage: Storage)] = [], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor called `name`; nil where there is none.
  public subscript(name: String) -> Storage? { tensors.first { $0.name == name }?.storage }

  /// Reads the file at `path`.
  public static func read(_ path: String) throws(SafeTensorsError) -> SafeTensors {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missingFile(file: path) }
    guard !isFolder.boolValue else { throw .unreadableFile(file: path, reason: "it is a folder") }
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadableFile(file: path, reason: error.localizedDescription)
    }
    return try SafeTensors(decoding: bytes, file: path)
  }

  /// Writes the file to `path`, whole or not at all.
  ///
  /// - Throws: `SafeTensorsError` for two tensors of one name, and when the file cannot be written.
  public func write(to path: String) throws(SafeTensorsError) {
    var names: Set<String> = []
    for (name, _) in tensors where !names.insert(name).inserted { throw .repeatedName(file: path, tensor: name) }
    do {
      try AtomicFile.write(encoded(), to: path)
    } catch {
      throw .cannotWrite(file: error.file, reason: error.reason)
    }
  }

  /// The bytes of the file. Traps when two tensors have one name.
  public func encoded() -> [UInt8] {
    require(Set(tensors.map(\.name)).count == tensors.count, "two tensors have the same name")
    require(!tensors.contains { $0.name == SafeTensorsHeader.metadataKey }, "a tensor has the metadata's name")
    var header = SafeTensorsHeader(metadata: metadata)
    var end = 0
    for (name, storage) in tensors {
      let start = end
      end += storage.byteCount
      header.entries.append(
        .init(name: name, type: storage.dtype.safeTensorsName, shape: storage.shape.extents, start: start, end: end))
    }
    var text = Array(header.text.utf8)
    // Elements then start at a multiple of 8 bytes, where readers that map the file may use them in place.
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + end)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: text.count >> (8 * shift))) }
    bytes += text
    for (_, storage) in tensors {
      bytes += UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount)
    }
    return bytes
  }

  /// Takes a file apart. Every number in it is checked before it is used; the tensors' bytes must cover what follows
  /// the header without gap or overlap.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: what errors call the file.
  public init(decoding bytes: [UInt8], file: String) throws(SafeTensorsError) {
    guard bytes.count >= 8 else {
      throw .notSafeTensors(file: file, reason: "it has \(bytes.count) bytes, and the header's length alone takes 8")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard length >= 2, length <= SafeTensorsHeader.longest else {
      throw .notSafeTensors(file: file, reason: "its first 8 bytes give a header of \(length) bytes")
    }
    let start = 8 + Int(length)
    if bytes.count > 8, bytes[8] != UInt8(ascii: "{") {
      throw .notSafeTensors(file: file, reason: "its header does not start with '{'")
    }
    guard bytes.count >= start else { throw .truncated(file: file, expected: start, found: bytes.count) }
    let header = try SafeTensorsHeader(decoding: Data(bytes[8..<start]), file: file)
    metadata = header.metadata
    tensors = []
    var covered = 0
    for entry in header.entries.sorted(by: { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }) {
      let storage = try entry.storage(after: covered, dataCount: bytes.count - start, start: start, file: file)
      bytes.withUnsafeBytes { buffer in
        storage.pointer.copyMemory(from: buffer.baseAddress! + start + entry.start, byteCount: storage.byteCount)
      }
      tensors.append((entry.name, storage))
      covered = entry.end
    }
    guard covered == bytes.count - start else {
      let rest = bytes.count - start - covered
      throw .badHeader(file: file, reason: "\(rest) bytes at the end belong to no tensor")
    }
  }
}

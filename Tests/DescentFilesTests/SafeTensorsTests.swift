import TestSupport
import DescentGraph
@testable import DescentFiles
import Foundation
import Testing

struct SafeTensorsTests {
  /// Written by the Python package safetensors 0.8.0 with NumPy: a = int64 [1, 2]; b = float32 0…5 as [2, 3];
  /// e = float32 [0, 4]; h = float16 [1.5]; s = float64 scalar 2.5; t = bool [true, false, true].
  static let writtenByPython = """
    eAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIGJ5IjoibnVtcHkifSwiYSI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMl0sImRhdGFfb2\
    Zmc2V0cyI6WzAsMTZdfSwicyI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMTYsMjRdfSwiYiI6eyJkdHlwZSI6\
    IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbMjQsNDhdfSwiZSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCw0XSwiZGF0YV\
    9vZmZzZXRzIjpbNDgsNDhdfSwiaCI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQ4LDUwXX0sInQiOnsiZHR5\
    cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNTAsNTNdfX0gICAgICAgAQAAAAAAAAACAAAAAAAAAAAAAAAAAARAAAAAAA\
    AAgD8AAABAAABAQAAAgEAAAKBAAD4BAAE=
    """

  private static var pythonBytes: [UInt8] { [UInt8](Data(base64Encoded: writtenByPython)!) }

  /// A file of the given header and `dataCount` bytes of data.
  private static func file(_ header: String, dataCount: Int = 0) -> [UInt8] {
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return length + text + [UInt8](repeating: 0, count: dataCount)
  }

  @Test func readsWhatPythonWrote() throws {
    let file = try SafeTensors(decoding: Self.pythonBytes, file: "python")
    #expect(file.metadata == ["made by": "numpy"])
    #expect(Set(file.tensors.map(\.name)) == ["a", "b", "e", "h", "s", "t"])
    #expect(file["a"]?.scalars(as: Int64.self) == [1, 2])
    #expect(file["b"]?.shape == [2, 3])
    #expect(file["b"]?.scalars(as: Float.self) == [0, 1, 2, 3, 4, 5])
    #expect(file["e"]?.shape == [0, 4])
    #expect(file["h"]?.dtype == .float16)
    #expect(file["h"]?.double(at: 0) == 1.5)
    #expect(file["s"]?.shape == [])
    #expect(file["s"]?.double(at: 0) == 2.5)
    #expect((0..<3).map { file["t"]?.double(at: $0) } == [1, 0, 1])
    #expect(file["absent"] == nil)
  }

  @Test(arguments: DType.allCases) func everyTypeComesBack(_ dtype: DType) throws {
    let storage = Storage(shape: [2, 3], dtype: dtype)
    for i in 0..<6 { storage.set(Double(i % 2), at: i) }
    let written = SafeTensors(tensors: [("x", storage)], metadata: ["k": "v \"quoted\"\n"])
    let read = try SafeTensors(decoding: written.encoded(), file: "memory")
    #expect(read.metadata == written.metadata)
    #expect(read["x"]?.dtype == dtype)
    #expect(read["x"]?.shape == [2, 3])
    #expect((0..<6).map { read["x"]?.double(at: $0) } == [0, 1, 0, 1, 0, 1])
  }

  @Test func bytesAreThoseOfTheFormat() {
    let tensors = [("w", Storage([1 as Float, -2], shape: [2])), ("é", Storage([7 as Int32], shape: []))]
    let header =
      #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""é":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}"#
    // The header is 105 bytes long and is filled up to a multiple of 8.
    let expected =
      [112, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + Array(repeating: 32, count: 112 - header.utf8.count)
      + [0, 0, 128, 63, 0, 0, 0, 192, 7, 0, 0, 0]
    #expect(SafeTensors(tensors: tensors).encoded() == expected)
  }

  @Test func filesAreWrittenAndRead() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.safetensors")
    try SafeTensors(tensors: [("x", Storage([3 as Float], shape: [1]))]).write(to: path)
    #expect(try SafeTensors.read(path)["x"]?.scalars(as: Float.self) == [3])
    #expect(throws: SafeTensorsError.missingFile(file: folder.path("y"))) { try SafeTensors.read(folder.path("y")) }
    #expect(throws: SafeTensorsError.unreadableFile(file: folder.url.path, reason: "it is a folder")) {
      try SafeTensors.read(folder.url.path)
    }
    #expect(throws: SafeTensorsError.self) { try SafeTensors().write(to: folder.path("absent/x")) }
  }

  @Test func whatIsNoSafetensorsFileIsSaid() {
    func reason(_ bytes: [UInt8]) -> String? {
      guard case .notSafeTensors(_, let reason)? = Self.error(bytes) else { return nil }
      return reason
    }
    #expect(reason([])?.contains("0 bytes") == true)
    #expect(reason(Array("a,b,c\n1,2,3\n4,5,6\n".utf8))?.contains("first 8 bytes") == true)
    #expect(reason(Self.file("[1, 2]"))?.contains("'{'") == true)
    #expect(reason([UInt8](repeating: 0, count: 100))?.contains("0 bytes") == true)
  }

  @Test func cutFilesAreTruncated() {
    let bytes = Self.pythonBytes
    #expect(Self.error(Array(bytes.prefix(100))) == .truncated(file: "f", expected: 384, found: 100))
    let last = SafeTensorsError.truncated(file: "f", expected: bytes.count, found: bytes.count - 1)
    #expect(Self.error(Array(bytes.dropLast())) == last)
  }

  @Test(arguments: [
    ("not JSON", "{nonsense}"),
    ("'x.dtype'", #"{"x":{"shape":[],"data_offsets":[0,0]}}"#),
    ("'x.shape", #"{"x":{"dtype":"F32","shape":["a"],"data_offsets":[0,0]}}"#),
    ("3 offsets", #"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0,0]}}"#),
    ("wrong kind", #"{"__metadata__":{"a":1}}"#),
  ]) func badHeadersSayWhere(_ expected: String, _ header: String) {
    guard case .badHeader(_, let reason)? = Self.error(Self.file(header)) else {
      Issue.record("\(header) was not refused as a bad header: \(String(describing: Self.error(Self.file(header))))")
      return
    }
    #expect(reason.contains(expected))
  }

  @Test func bytesAtTheEndBelongToSomething() {
    guard case .badHeader(_, let reason)? = Self.error(Self.file("{}", dataCount: 3)) else {
      Issue.record("3 surplus bytes were accepted")
      return
    }
    #expect(reason.contains("3 bytes"))
  }

  private static func entry(_ name: String, _ shape: String, _ start: Int, _ end: Int, type: String = "F32") -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
  }

  @Test(arguments: [
    ("overlaps", "{\(entry("a", "[2]", 0, 8)),\(entry("b", "[2]", 4, 12))}", 12),
    ("gap of 4", "{\(entry("a", "[1]", 0, 4)),\(entry("b", "[1]", 8, 12))}", 12),
    ("needs 16", "{\(entry("a", "[4]", 0, 8))}", 8),
    ("negative", "{\(entry("a", "[-1]", 0, 0))}", 0),
    ("impossible", "{\(entry("a", "[4611686018427387904,4]", 0, 8))}", 8),
    ("offsets", "{\(entry("a", "[0]", -4, 0))}", 0),
    ("offsets", "{\(entry("a", "[0]", 8, 4))}", 8),
    ("outside", "{\(entry("a", "[2]", 0, .max))}", 8),
  ]) func badOffsetsNameTheTensor(_ expected: String, _ header: String, _ dataCount: Int) {
    guard case .badOffsets(_, let tensor, let reason)? = Self.error(Self.file(header, dataCount: dataCount)) else {
      Issue.record("\(header): \(String(describing: Self.error(Self.file(header, dataCount: dataCount))))")
      return
    }
    #expect(["a", "b"].contains(tensor))
    #expect(reason.contains(expected))
  }

  @Test func unknownTypesAreNamed() {
    let bytes = Self.file("{\(Self.entry("a", "[2]", 0, 2, type: "F8_E4M3"))}", dataCount: 2)
    #expect(Self.error(bytes) == .unsupportedType(file: "f", tensor: "a", type: "F8_E4M3"))
  }

  /// Whatever is done to a file, reading it gives tensors or an error of the type declared, and never a trap.
  @Test func damagedFilesNeverTrap() {
    let original = Self.pythonBytes
    var refused = 0
    for length in 0..<original.count where Self.error(Array(original.prefix(length))) != nil { refused += 1 }
    #expect(refused == original.count, "every shorter file is refused")
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var changedHeaders = 0
    for _ in 0..<2000 {
      var bytes = original
      for _ in 0...random(3) { bytes[random(384)] = UInt8(random(256)) }
      if Self.error(bytes) != nil { changedHeaders += 1 }
    }
    #expect(changedHeaders > 1000, "most damage to the header is noticed")
  }

  private static func error(_ bytes: [UInt8]) -> SafeTensorsError? {
    do throws(SafeTensorsError) {
      _ = try SafeTensors(decoding: bytes, file: "f")
      return nil
    } catch {
      return error
    }
  }
}

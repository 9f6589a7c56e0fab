import TestSupport
import Foundation
import Testing

@testable import DescentFiles

struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try AtomicFile.write([1, 2, 3], to: path)
    try AtomicFile.write([4], to: path)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == [4])
    #expect(try folder.names == ["file"], "nothing is left beside the file")
  }

  @Test func missingFolderIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("absent/file")
    #expect(throws: AtomicFile.Failure(file: path, reason: "there is no folder '\(folder.path("absent"))'")) {
      try AtomicFile.write([1], to: path)
    }
  }

  @Test func folderIsNotAFile() throws {
    let folder = try TemporaryFolder()
    for path in [folder.url.path, folder.url.path + "/", ""] {
      #expect(throws: AtomicFile.Failure.self) { try AtomicFile.check(path) }
    }
    #expect(throws: Never.self) { try AtomicFile.check(folder.path("new")) }
    #expect(try folder.names.isEmpty, "checking leaves no trace")
  }
}

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

  @Test func aReplacedFileKeepsItsMode() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try AtomicFile.write([1], to: path)
    #expect(chmod(path, 0o640) == 0)
    try AtomicFile.write([2], to: path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
  }

  @Test(arguments: [true, false]) func aLinkStaysAndItsTargetIsWritten(isTargetThere: Bool) throws {
    let folder = try TemporaryFolder()
    let (file, link) = (folder.path("file"), folder.path("link"))
    if isTargetThere { try AtomicFile.write([1], to: file) }
    #expect(symlink("file", link) == 0)
    try AtomicFile.write([2], to: link)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: file))) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file")
  }

  @Test func whatIsNoFileIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    let (pipe, loop) = (folder.path("pipe"), folder.path("loop"))
    #expect(mkfifo(pipe, 0o600) == 0 && symlink("loop", loop) == 0)
    for path in [pipe, loop] { #expect(throws: AtomicFile.Failure.self) { try AtomicFile.write([1], to: path) } }
    #expect(try folder.names.sorted() == ["loop", "pipe"])
    var status = stat()
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  /// By whatever name: another spelling, a symbolic link, a hard link.
  @Test func whatIsReadIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("file")
    try AtomicFile.write([1], to: file)
    #expect(symlink(file, folder.path("soft")) == 0 && Foundation.link(file, folder.path("hard")) == 0)
    for path in [file, folder.path("./file"), folder.path("soft"), folder.path("hard")] {
      #expect(throws: AtomicFile.Failure.self) { try AtomicFile.check(path, reading: [file]) }
    }
    #expect(throws: Never.self) { try AtomicFile.check(folder.path("other"), reading: [file]) }
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

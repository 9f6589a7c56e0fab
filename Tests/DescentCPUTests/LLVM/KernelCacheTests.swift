import DescentGraph
import Foundation
import Testing

@testable import DescentCPU

@Suite struct KernelCacheTests {
  let folder: TemporaryDirectory
  let cache: KernelCache

  init() throws {
    folder = try TemporaryDirectory()
    cache = KernelCache(directory: folder.path + "/a/b")
  }

  func compiler() throws -> KernelCompiler {
    try KernelCompiler(library: KernelCompilerTests.library.get(), cache: cache)
  }

  func tripled(_ compiler: KernelCompiler) throws -> [Float] {
    let code = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 3))
    return KernelSamples.run(code, [1, 2], [0, 0], count: 2)
  }

  @Test func secondProcessLoadsWhatTheFirstCompiled() throws {
    let first = try compiler()
    #expect(try tripled(first) == [3, 6])
    #expect(first.counters == .init(compiled: 1, loadedFromDisk: 0, reusedInMemory: 0))
    let second = try compiler()
    #expect(try tripled(second) == [3, 6])
    #expect(second.counters == .init(compiled: 0, loadedFromDisk: 1, reusedInMemory: 0))
    #expect(cache.usage().entries == 1)
  }

  enum Damage: CaseIterable {
    case truncated, empty, flippedCode, flippedHeader, foreign
  }

  @Test(arguments: Damage.allCases)
  func damagedEntryIsCompiledAgainAndRewritten(damage: Damage) throws {
    let first = try compiler()
    _ = try tripled(first)
    let path = cache.path(of: first.key(symbol: "kernel", ir: KernelSamples.axpy(factor: 3)))
    let intact = try Data(contentsOf: URL(fileURLWithPath: path))
    var broken = intact
    switch damage {
    case .truncated: broken.removeLast(100)
    case .empty: broken = Data()
    case .flippedCode: broken[200] ^= 0x10
    case .flippedHeader: broken[20] ^= 0x01
    case .foreign: broken = Data("not a kernel, but a text that is long enough to look like one ".utf8 + intact)
    }
    try broken.write(to: URL(fileURLWithPath: path))

    let second = try compiler()
    #expect(try tripled(second) == [3, 6])
    #expect(second.counters == .init(compiled: 1, loadedFromDisk: 0, reusedInMemory: 0))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == intact)
  }

  enum Stranger: CaseIterable {
    case writableEntry, writableFolder, link, pipe
  }

  /// What others could have written is neither run nor waited for.
  @Test(arguments: Stranger.allCases) func codeOfOthersIsNotRun(_ stranger: Stranger) throws {
    let first = try compiler()
    _ = try tripled(first)
    let path = cache.path(of: first.key(symbol: "kernel", ir: KernelSamples.axpy(factor: 3)))
    switch stranger {
    case .writableEntry: #expect(chmod(path, 0o620) == 0)
    case .writableFolder: #expect(chmod(cache.directory, 0o777) == 0)
    case .link: #expect(rename(path, path + ".moved") == 0 && symlink(path + ".moved", path) == 0)
    case .pipe: #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
    }
    let second = try compiler()
    #expect(try tripled(second) == [3, 6])
    #expect(second.counters == .init(compiled: 1, loadedFromDisk: 0, reusedInMemory: 0))
    #expect((cache.objection != nil) == (stranger == .writableFolder))
  }

  @Test func folderThatCannotBeMadeIsNotAnError() throws {
    let file = folder.path + "/occupied"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    let cache = KernelCache(directory: file + "/kernels")
    let compiler = try KernelCompiler(library: KernelCompilerTests.library.get(), cache: cache)
    #expect(try tripled(compiler) == [3, 6])
    #expect(cache.usage() == (0, 0))
  }

  @Test func leastRecentlyUsedEntriesGoFirst() throws {
    let entrySize = 1080
    let small = KernelCache(directory: folder.path, sizeLimit: 4 * entrySize)
    let code = [UInt8](repeating: 7, count: 1000)
    let keys = (0..<5).map { KernelCacheKey(parts: ["\($0)"]) }
    for key in keys[..<4] { small.store(code, for: key) }
    #expect(small.usage() == (4, 4 * entrySize))
    // Distinct times of last use, the first entry's being the latest.
    for (age, key) in [keys[0], keys[3], keys[2], keys[1]].enumerated() {
      let date = Date(timeIntervalSinceNow: -100 * Double(age + 1))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: small.path(of: key))
    }
    small.store(code, for: keys[4])
    #expect(small.usage() == (3, 3 * entrySize))
    #expect(keys.map { small.object(for: $0) != nil } == [true, false, false, true, true])
  }

  @Test func readingAnEntryMarksItAsUsed() throws {
    let key = KernelCacheKey(parts: ["used"])
    cache.store([1, 2, 3], for: key)
    let long = Date(timeIntervalSinceNow: -100_000)
    try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: cache.path(of: key))
    #expect(cache.object(for: key) == [1, 2, 3])
    let attributes = try FileManager.default.attributesOfItem(atPath: cache.path(of: key))
    let modified = try #require(attributes[.modificationDate] as? Date)
    #expect(modified.timeIntervalSinceNow > -1000)
  }

  @Test func environmentChoosesTheFolder() {
    #expect(KernelCache.standard(environment: ["DESCENT_CACHE": "off", "HOME": "/h"]) == nil)
    #expect(KernelCache.standard(environment: ["DESCENT_CACHE": "/k", "HOME": "/h"])?.directory == "/k")
    #expect(
      KernelCache.standard(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h"])?.directory == "/x/descent/kernels")
    #expect(KernelCache.standard(environment: ["HOME": "/h"])?.directory.hasPrefix("/h/") == true)
    #expect(KernelCache.standard(environment: [:]) == nil)
  }

  @Test func keyDependsOnEveryPartAndTheirBorders() {
    let keys = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["ab", "d"]].map { KernelCacheKey(parts: $0) }
    #expect(Set(keys).count == keys.count)
  }

  /// The examples of FIPS 180-4 and the lengths around a block's end.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
  ])
  func digestIsSHA256(message: String, digest: String) {
    let text = SHA256.digest(Array(message.utf8)).map { String(format: "%02x", $0) }.joined()
    #expect(text == digest)
  }
}

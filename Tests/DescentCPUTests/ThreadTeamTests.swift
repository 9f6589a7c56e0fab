import Testing

@testable import DescentCPU

@Suite struct ThreadTeamTests {
  /// Adds one to a counter per task, and to the counter behind the last per call. Buffers: counters, number of tasks.
  private static let count: ThreadTeam.Body = { arguments, lo, hi in
    guard let counters = arguments?[0]?.assumingMemoryBound(to: Int32.self) else { return }
    for task in lo..<hi { counters[task] += 1 }
  }

  /// Stores the bounds of the range at the range's first task.
  private static let bounds: ThreadTeam.Body = { arguments, lo, hi in
    guard let ends = arguments?[0]?.assumingMemoryBound(to: Int32.self) else { return }
    ends[lo] = Int32(hi)
  }

  private func run(_ body: ThreadTeam.Body, tasks: Int, threads: Int) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: tasks + 1)
    numbers.withUnsafeMutableBytes { bytes in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 1) { arguments in
        arguments.initializeElement(at: 0, to: bytes.baseAddress)
        ThreadTeam.run(tasks: tasks, threads: threads, arguments: UnsafePointer(arguments.baseAddress), body)
      }
    }
    return numbers
  }

  @Test(arguments: [1, 2, 3, 4, 7, 16])
  func everyTaskRunsOnce(threads: Int) {
    for tasks in [0, 1, 2, 3, 5, 8, 15, 16, 17, 100, 1023] {
      let expected = [Int32](repeating: 1, count: tasks) + [0]
      #expect(run(Self.count, tasks: tasks, threads: threads) == expected)
    }
  }

  @Test func rangesAreContiguousAndEven() {
    #expect(run(Self.bounds, tasks: 10, threads: 4) == [3, 0, 0, 6, 0, 0, 8, 0, 10, 0, 0])
    #expect(run(Self.bounds, tasks: 10, threads: 1) == [10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(run(Self.bounds, tasks: 2, threads: 4) == [1, 2, 0])
  }

  @Test func manyRunsInARow() {
    var total = 0
    for _ in 0..<2000 { total += run(Self.count, tasks: 9, threads: 2).reduce(0) { $0 + Int($1) } }
    #expect(total == 18_000)
  }

  @Test func compiledKernelsRunOnTheTeam() throws {
    let compiler = try KernelCompiler(library: KernelCompilerTests.library.get(), cache: nil)
    let code = try compiler.function(symbol: "kernel", ir: KernelSamples.axpy(factor: 2))
    let kernel = unsafeBitCast(code, to: ThreadTeam.Body.self)
    var x = (0..<1000).map { Float($0) }
    var y = [Float](repeating: 1, count: 1000)
    let expected = x.map { 2 * $0 + 1 }
    x.withUnsafeMutableBytes { x in
      y.withUnsafeMutableBytes { y in
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 2) { buffers in
          buffers.initializeElement(at: 0, to: x.baseAddress)
          buffers.initializeElement(at: 1, to: y.baseAddress)
          ThreadTeam.run(tasks: 1000, threads: 3, arguments: UnsafePointer(buffers.baseAddress), kernel)
        }
      }
    }
    #expect(y == expected)
  }

  @Test func threadCountFollowsTheEnvironment() {
    #expect(ThreadTeam.threadCount(environment: ["DESCENT_THREADS": "3", "OMP_NUM_THREADS": "5"]) == 3)
    #expect(ThreadTeam.threadCount(environment: ["OMP_NUM_THREADS": "5"]) == 5)
    #expect(ThreadTeam.threadCount(environment: ["OMP_NUM_THREADS": "4, 2"]) == 4)
    let usual = ThreadTeam.threadCount(environment: [:])
    #expect(usual >= 1)
    for value in ["none", "0", "-1", "1025", "9223372036854775808", "٣", "1e3", "4,2"] {
      #expect(throws: EngineError.self) { try EngineEnvironment.check(["DESCENT_THREADS": value]) }
    }
    #expect(throws: Never.self) { try EngineEnvironment.check(["DESCENT_THREADS": "1024"]) }
    #expect(ThreadTeam.threadCount(environment: ["DESCENT_THREADS": "none"]) == usual)
    #expect(ThreadTeam.threadCount(environment: ["DESCENT_THREADS": "0"]) == usual)
  }
}

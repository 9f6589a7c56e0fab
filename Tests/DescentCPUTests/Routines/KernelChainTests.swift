import DescentData
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct KernelChainTests {
  private typealias Table = UnsafePointer<UnsafeMutableRawPointer?>

  /// A kernel that does nothing and looks at nothing.
  private static func idle(tasks: Int = 1, work: Int = 1) -> KernelCall {
    let body: ThreadTeam.Body = { _, _, _ in }
    return call(body, Table(bitPattern: 64)!, tasks: tasks, work: work)
  }

  private static func call(_ body: ThreadTeam.Body, _ table: Table, tasks: Int, work: Int) -> KernelCall {
    KernelCall(unsafeBitCast(body, to: UnsafeRawPointer.self), table, tasks: tasks, threads: 2, work: work)
  }

  // MARK: Phases

  struct Touches: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What each kernel reads and writes.
    let kernels: [(reads: [Range<UInt>], writes: [Range<UInt>])]
    /// The phase of each kernel, counted from 1.
    let phases: [Int]

    init(_ description: String, _ kernels: [([Range<UInt>], [Range<UInt>])], _ phases: [Int]) {
      testDescription = description
      self.kernels = kernels.map { (reads: $0.0, writes: $0.1) }
      self.phases = phases
    }
  }

  static let touches: [Touches] = {
    let (x, y, z): (Range<UInt>, Range<UInt>, Range<UInt>) = (0..<64, 64..<128, 128..<192)
    return [
      Touches("reads of what was written", [([], [x]), ([x], [y])], [1, 2]),
      Touches("writes of what was read", [([x], [y]), ([], [x])], [1, 2]),
      Touches("writes of what was written", [([], [x]), ([], [x])], [1, 2]),
      Touches("reads of what was read", [([x], [y]), ([x], [z])], [1, 1]),
      Touches("neighbours", [([x], [y]), ([0..<64], [z]), ([], [192..<256])], [1, 1, 1]),
      Touches("one byte in common", [([], [0..<65]), ([64..<80], [z])], [1, 2]),
      Touches("a range within another", [([], [0..<192]), ([y], [256..<260])], [1, 2]),
      Touches("the second of several ranges", [([], [x, z]), ([y, z], [256..<260])], [1, 2]),
      Touches("not only the kernel before", [([], [x]), ([], [y]), ([x], [z])], [1, 1, 2]),
      Touches("only kernels of the own phase", [([], [x]), ([x], [y]), ([x], [z])], [1, 2, 2]),
      Touches("in place", [([x], [x]), ([x], [x]), ([x], [x])], [1, 2, 3]),
    ]
  }()

  @Test(arguments: touches) func `phases are cut where memory is touched`(touches: Touches) {
    let links = touches.kernels.map { KernelChain.Link(call: Self.idle(), reads: $0.reads, writes: $0.writes) }
    // Every beginning of the list has as many phases as its last kernel's number.
    for count in 0...links.count {
      let chain = KernelChain(Array(links.prefix(count)), threads: 2)
      #expect(chain.phaseCount == (count == 0 ? 0 : touches.phases[count - 1]))
      chain.execute()
    }
  }

  // MARK: Threads

  /// Whether a team has two threads at the same time.
  static let hasTwoThreads: Bool = {
    var size = 0
    ThreadTeam.enter(threads: 2, argument: &size) { argument, number, count in
      if number == 0 { argument?.assumingMemoryBound(to: Int.self).pointee = count }
    }
    return size == 2
  }()

  /// Stores for each task on which thread it ran.
  private static let identify: ThreadTeam.Body = { arguments, lo, hi in
    guard let threads = arguments?[0]?.assumingMemoryBound(to: UInt.self) else { return }
    #if canImport(Glibc)
      let own = UInt(pthread_self())
    #else
      let own = UInt(bitPattern: pthread_self())
    #endif
    for task in lo..<hi { threads[task] = own }
  }

  /// The threads on which the tasks of independent kernels ran.
  private func threads(_ kernels: [(tasks: Int, work: Int)]) -> [[UInt]] {
    let memory = ChainMemory<UInt>(count: kernels.count * 8)
    let links = kernels.enumerated().map { i, kernel in
      let table = memory.table([8 * i])
      return KernelChain.Link(
        call: Self.call(Self.identify, table, tasks: kernel.tasks, work: kernel.work), reads: [],
        writes: [memory.range(8 * i, 8)])
    }
    let chain = KernelChain(links, threads: 2)
    #expect(chain.phaseCount == 1)
    chain.execute()
    return kernels.enumerated().map { i, kernel in (0..<kernel.tasks).map { memory.cells[8 * i + $0] } }
  }

  @Test(.enabled(if: hasTwoThreads)) func `small kernels go whole to the thread with the least to do`() {
    let ran = threads([(4, 100), (4, 30), (1, 30), (2, 30), (3, 30)])
    #expect(ran.allSatisfy { Set($0).count == 1 && $0[0] != 0 }, "each ran on one thread")
    let first = ran[0][0]
    #expect(ran.map { $0[0] == first } == [true, false, false, false, false])
  }

  @Test(.enabled(if: hasTwoThreads)) func `large kernels are shared, where there are tasks to share`() {
    let ran = threads([(6, KernelChain.sharedWork), (1, KernelChain.sharedWork), (6, KernelChain.sharedWork - 1)])
    let (first, second) = (ran[0][0], ran[0][5])
    #expect(first != second)
    #expect(ran[0] == [first, first, first, second, second, second])
    // A single task is not cut; what comes then goes to the other thread.
    #expect(ran[1] == [first])
    #expect(ran[2] == [UInt](repeating: second, count: 6))
  }

  // MARK: Results

  /// `out[t] = a[t] · factor + b[(5t + 1) mod count]`. Buffers: out, a, b, and two numbers.
  private static let mix: ThreadTeam.Body = { arguments, lo, hi in
    guard let arguments, let out = arguments[0]?.assumingMemoryBound(to: UInt.self),
      let a = arguments[1]?.assumingMemoryBound(to: UInt.self), let b = arguments[2]?.assumingMemoryBound(to: UInt.self)
    else { return }
    let (factor, count) = (UInt(bitPattern: arguments[3]), Int(bitPattern: arguments[4]))
    for t in lo..<hi { out[t] = a[t] &* factor &+ b[(5 * t + 1) % count] }
  }

  /// Kernels that read and write parts of 256 numbers; they may write over what they read at the same place.
  private static func program(_ random: inout SplitMix, _ memory: ChainMemory<UInt>) -> [KernelChain.Link] {
    (0..<random.integer(2...24)).map { _ in
      let count = random.element(of: [32, 64, 96])
      func place() -> Int { 32 * random.integer(0...(256 - count) / 32) }
      let out = place()
      var (a, b) = (place(), place())
      while a != out && abs(a - out) < count { a = place() }
      while abs(b - out) < count { b = place() }
      let factor = UInt(random.integer(1...1000))
      let table = memory.table([out, a, b], numbers: [factor, UInt(count)])
      let work = random.element(of: [1, 5000, KernelChain.sharedWork])
      return KernelChain.Link(
        call: call(mix, table, tasks: count, work: work), reads: [memory.range(a, count), memory.range(b, count)],
        writes: [memory.range(out, count)])
    }
  }

  @Test(arguments: 0..<60) func `a chain does what its kernels do one by one`(seed: Int) {
    var random = SplitMix(UInt64(seed))
    let memory = ChainMemory<UInt>(count: 256)
    let links = Self.program(&random, memory)
    func results(_ body: () -> Void) -> [UInt] {
      for i in 0..<256 { memory.cells[i] = UInt(i) }
      for _ in 0..<3 { body() }
      return (0..<256).map { memory.cells[$0] }
    }
    let expected = results { for link in links { link.call.body(link.call.arguments, 0, link.call.tasks) } }
    for threads in 1...3 {
      let chain = KernelChain(links, threads: threads)
      #expect(results { chain.execute() } == expected, "\(links.count) kernels on \(threads) threads")
    }
  }

  @Test(.enabled(if: AllocationTests.works), arguments: [1, 2, 3])
  func `executing a chain allocates nothing`(threads: Int) {
    var random = SplitMix(1)
    let memory = ChainMemory<UInt>(count: 256)
    let chain = KernelChain(Self.program(&random, memory), threads: threads)
    #expect(withExtendedLifetime(memory) { AllocationTests.allocations(50) { chain.execute() } } == 0)
  }

  // MARK: Which kernels are chained

  /// `k` for a kernel, `c` for a copy, and the number of phases for a chain.
  private func kinds(_ instructions: [Executable.Instruction], threads: Int = 2, origins: [Int?]? = nil) -> String {
    let origins = origins ?? Array(instructions.indices)
    let chained = Executable.chained(instructions, origins, threads: threads) { position in
      // Every second kernel reads what the one before wrote.
      let written = UInt(position) * 64
      return (position % 2 == 0 ? [] : [written - 64..<written], [written..<written + 64])
    }
    return chained.map { instruction in
      switch instruction {
      case .kernel: "k"
      case .copy: "c"
      case .routine(let routine): (routine as? KernelChain).map { "\($0.phaseCount)" } ?? "?"
      }
    }.joined(separator: " ")
  }

  @Test func `a run of kernels is chained where it is worth it`() {
    func kernel(_ work: Int) -> Executable.Instruction { .kernel(Self.idle(work: work)) }
    let byte = UnsafeMutableRawPointer(bitPattern: 64)!
    let copy = Executable.Instruction.copy(to: byte, from: byte, byteCount: 0)
    let limit = Binder.parallelWork
    #expect(kinds([kernel(limit - 2), kernel(1)]) == "k k", "below the limit")
    #expect(kinds([kernel(limit - 1), kernel(1)]) == "2")
    #expect(kinds([kernel(limit - 1), kernel(1)], threads: 1) == "k k")
    #expect(kinds([kernel(limit)]) == "k", "one kernel is no chain")
    #expect(kinds([kernel(limit), kernel(limit), copy, kernel(limit), kernel(limit)]) == "2 c 1")
    #expect(kinds([kernel(limit - 1), copy, kernel(1)]) == "k c k", "what stands between parts the runs")
    #expect(kinds([kernel(limit), kernel(1), kernel(1)], origins: [0, 1, nil]) == "2 k", "who knows what it touches")
    #expect(kinds([]) == "")
  }

  @Test func `a program gives the same bits with chains and without`() throws {
    let data = try RandomKey(0).normal([777, 301]).storage()
    let program = Trace.record(arguments: [("x", data.shape, data.dtype)]) { x in
      let p = softmax(x[0])
      let update = x[0] - 0.1 * p / (sqrt(p * p) + 1e-8)
      return [p, p.sum(axes: [0]), (p * p).sum(), update, update.max(axes: [1]), matmul(p.transposed, update)]
    }
    let results = try (1...3).map { threads in
      let executable = try Executable(Plan(program), threads: threads)
      let chains = executable.chained.count {
        if case .routine(let routine) = $0 { routine is KernelChain } else { false }
      }
      #expect((chains > 0) == (threads > 1))
      executable.arguments[0].pointer.copyMemory(from: data.pointer, byteCount: data.byteCount)
      executable.run()
      return executable.results.map { $0.scalars(as: Float.self) }
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }
}

/// Numbers for kernels, and the argument tables that point to them.
private final class ChainMemory<Number: FixedWidthInteger> {
  let cells: UnsafeMutablePointer<Number>
  private var tables: [UnsafeMutablePointer<UnsafeMutableRawPointer?>] = []

  init(count: Int) {
    cells = .allocate(capacity: count)
    cells.initialize(repeating: 0, count: count)
  }

  deinit {
    cells.deallocate()
    for table in tables { table.deallocate() }
  }

  /// An argument table of places and numbers.
  func table(_ places: [Int], numbers: [UInt] = []) -> UnsafePointer<UnsafeMutableRawPointer?> {
    let entries =
      places.map { UnsafeMutableRawPointer(cells + $0) } + numbers.map { UnsafeMutableRawPointer(bitPattern: $0) }
    let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: entries.count)
    table.initialize(from: entries, count: entries.count)
    tables.append(table)
    return UnsafePointer(table)
  }

  /// The addresses of `count` cells.
  func range(_ first: Int, _ count: Int) -> Range<UInt> {
    UInt(bitPattern: cells + first)..<UInt(bitPattern: cells + first + count)
  }
}

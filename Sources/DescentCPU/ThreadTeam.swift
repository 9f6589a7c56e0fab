import COneDNN
import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one team of threads that a step runs on.
///
/// Where there is GNU's OpenMP runtime, kernels enter its team, as oneDNN does: a second pool would compete with it
/// for the processors. Elsewhere (macOS) they run on Dispatch. The team belongs to the thread that calls, so a program
/// should run its steps on one thread, and use only two team sizes, one and ``threadCount``: the runtime ends threads
/// when a team shrinks, and starts them again when it grows.
///
/// OpenMP's threads wait actively, which makes a fork and join take less than a microsecond, but milliseconds where
/// other programs keep the processors busy. `GOMP_SPINCOUNT`, which the runtime reads when it is loaded, shortens the wait;
/// it is set to 1000 before that unless the environment has settings of its own.
package enum ThreadTeam {
  /// Work on the tasks `lo..<hi`. `arguments` is passed on as it was given.
  package typealias Body =
    @convention(c) (_ arguments: UnsafePointer<UnsafeMutableRawPointer?>?, _ lo: Int, _ hi: Int) -> Void

  /// The number of threads to use: `DESCENT_THREADS`, else `OMP_NUM_THREADS`, else the processors this process may
  /// run on.
  package static let threadCount = threadCount(environment: EngineEnvironment.current)

  /// Calls `body` on contiguous ranges that together cover `0..<tasks`, each on a thread of its own, and returns when
  /// all have returned. The ranges depend on `tasks` and `threads` only. Allocates nothing with an OpenMP team.
  ///
  /// - Parameters:
  ///   - tasks: how many there are; with none, nothing is called.
  ///   - threads: how many threads at most; one means a plain call.
  ///   - arguments: for a kernel its table of buffers.
  ///   - body: a kernel or another C function. It must not call `run` itself.
  package static func run(
    tasks: Int, threads: Int, arguments: UnsafePointer<UnsafeMutableRawPointer?>?, _ body: Body
  ) {
    precondition(tasks >= 0 && threads >= 1, "\(tasks) tasks on \(threads) threads")
    if tasks == 0 { return }
    // The whole team enters even for fewer tasks than threads, so that its size does not change.
    guard threads > 1, tasks > 1 else { return body(arguments, 0, tasks) }
    var region = Region(tasks: tasks, parts: threads, arguments: arguments, body: body)
    if let openMP {
      withUnsafeMutablePointer(to: &region) { openMP.parallel(Region.enter, $0, UInt32(threads), 0) }
    } else {
      let region = region
      DispatchQueue.concurrentPerform(iterations: threads) { region.work(on: $0) }
    }
  }

  /// What a member of the team does that may wait for the others: its number, and how many there are.
  typealias Member = @convention(c) (_ argument: UnsafeMutableRawPointer?, _ number: Int, _ count: Int) -> Void

  /// Calls `body` once on each of up to `threads` threads that run at the same time, so that they may wait for each other,
  /// and returns when all have returned. Dispatch does not promise the same time: there, one thread does it all.
  static func enter(threads: Int, argument: UnsafeMutableRawPointer?, _ body: Member) {
    guard threads > 1, let openMP else { return body(argument, 0, 1) }
    var membership = Membership(argument: argument, body: body)
    withUnsafeMutablePointer(to: &membership) { openMP.parallel(Membership.enter, $0, UInt32(threads), 0) }
  }

  private struct Membership {
    let argument: UnsafeMutableRawPointer?
    let body: Member

    static let enter: OpenMP.Function = { argument in
      guard let openMP = ThreadTeam.openMP, let argument else { return }
      let membership = argument.assumingMemoryBound(to: Membership.self).pointee
      membership.body(membership.argument, Int(openMP.threadNumber()), Int(openMP.teamSize()))
    }
  }

  /// How threads are made, for people to read.
  package static var runtimeName: String { openMP == nil ? "Dispatch" : "OpenMP (GOMP_parallel)" }

  /// The rule behind ``threadCount``.
  static func threadCount(environment: [String: String]) -> Int {
    for name in ["DESCENT_THREADS", "OMP_NUM_THREADS"] {
      // OpenMP allows a list, one number for each level of nesting.
      let first = environment[name]?.split(separator: ",").first.map { $0.filter { !$0.isWhitespace } }
      if let count = first.flatMap({ Int($0) }), count >= 1 { return min(count, EngineEnvironment.mostThreads) }
    }
    // Counts only the processors that the process may run on, which sysconf does not.
    if let openMP { return max(1, Int(openMP.processorCount())) }
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// One fork and join.
  ///
  /// `@unchecked Sendable`: it is constant while threads use it. What `arguments` points to is shared by intention,
  /// each range of tasks writing its own part.
  private struct Region: @unchecked Sendable {
    let tasks: Int
    let parts: Int
    let arguments: UnsafePointer<UnsafeMutableRawPointer?>?
    let body: Body

    /// Does one of `parts` shares of the tasks; the first shares are one task longer where they do not divide evenly.
    func work(on part: Int) {
      let (share, rest) = tasks.quotientAndRemainder(dividingBy: parts)
      let lo = part * share + min(part, rest)
      let hi = lo + share + (part < rest ? 1 : 0)
      if lo < hi { body(arguments, lo, hi) }
    }

    /// What each thread of an OpenMP team calls.
    static let enter: OpenMP.Function = { argument in
      guard let openMP = ThreadTeam.openMP, let argument else { return }
      let region = argument.assumingMemoryBound(to: Region.self).pointee
      // The runtime may give fewer threads than asked for; then some do several shares.
      let count = Int(openMP.teamSize())
      var part = Int(openMP.threadNumber())
      while part < region.parts {
        region.work(on: part)
        part += count
      }
    }
  }

  /// The functions with which compilers enter a parallel region of GNU's runtime; LLVM's runtime has them as well.
  private struct OpenMP: Sendable {
    typealias Function = @convention(c) @Sendable (UnsafeMutableRawPointer?) -> Void
    typealias Parallel = @convention(c) @Sendable (Function, UnsafeMutableRawPointer?, UInt32, UInt32) -> Void
    typealias Query = @convention(c) @Sendable () -> Int32

    let parallel: Parallel
    let threadNumber: Query
    let teamSize: Query
    let processorCount: Query

    /// Loads the runtime if nobody has; oneDNN does not have to be there.
    static func find() -> OpenMP? {
      descent_openmp_prepare()
      #if canImport(Darwin)
        let everywhere = UnsafeMutableRawPointer(bitPattern: -2)
      #else
        let everywhere: UnsafeMutableRawPointer? = nil
      #endif
      guard let parallel = dlsym(everywhere, "GOMP_parallel"),
        let number = dlsym(everywhere, "omp_get_thread_num"), let size = dlsym(everywhere, "omp_get_num_threads"),
        let processors = dlsym(everywhere, "omp_get_num_procs")
      else { return nil }
      return OpenMP(
        parallel: unsafeBitCast(parallel, to: Parallel.self), threadNumber: unsafeBitCast(number, to: Query.self),
        teamSize: unsafeBitCast(size, to: Query.self), processorCount: unsafeBitCast(processors, to: Query.self))
    }
  }

  private static let openMP = OpenMP.find()
}

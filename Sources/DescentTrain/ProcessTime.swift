#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a piece of work takes: the clock's time, and the processor time of all threads.
package struct ProcessTime {
  package init() {}

  package private(set) var wallSeconds = 0.0
  package private(set) var cpuSeconds = 0.0

  /// Adds what `body` takes.
  package mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (wall, cpu) = (ContinuousClock.now, Self.cpuNow)
    defer {
      wallSeconds += (ContinuousClock.now - wall) / .seconds(1)
      cpuSeconds += Self.cpuNow - cpu
    }
    return try body()
  }

  /// Seconds that the process has kept processors busy.
  private static var cpuNow: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Kernels that run one after another on the team, which is entered once for all of them.
///
/// Kernels that touch none of each other's memory form a phase; the threads meet only between phases. In a phase a large
/// kernel is shared by all threads, and a small one goes whole to the thread that has the least to do. Who does what is
/// settled when the chain is made, from shapes and the number of threads.
///
/// `@unchecked Sendable`: what it points to is written when it is made and only read after that.
final class KernelChain: Routine, @unchecked Sendable {
  /// One kernel, and what it touches.
  struct Link {
    var call: KernelCall
    var reads: [Range<UInt>]
    var writes: [Range<UInt>]
  }
  /// Scalar operations below which a kernel is not worth sharing: about a microsecond's.
  static let sharedWork = 150_000

  private struct Share {
    let body: ThreadTeam.Body
    let arguments: UnsafePointer<UnsafeMutableRawPointer?>
    let lo: Int
    let hi: Int
  }
  private let parts: Int
  let phaseCount: Int
  /// All shares, by phase and within it by part; those of (phase, part) end at `ends[phase · parts + part]`.
  private let shares: UnsafeMutablePointer<Share>
  private let ends: UnsafeMutablePointer<Int>
  private let arrived = Atomic<Int>(0)
  private let meeting = Atomic<Int>(0)

  /// - Parameters:
  ///   - links: in running order.
  ///   - threads: how many parts the work is cut into.
  init(_ links: [Link], threads: Int) {
    parts = threads
    let phases = Self.phases(links)
    phaseCount = phases.count
    var all: [Share] = []
    var ends: [Int] = []
    for phase in phases {
      for own in Self.divided(phase, among: threads) {
        all += own
        ends.append(all.count)
      }
    }
    shares = .allocate(capacity: max(all.count, 1))
    shares.initialize(from: all, count: all.count)
    self.ends = .allocate(capacity: max(ends.count, 1))
    self.ends.initialize(from: ends, count: ends.count)
  }

  deinit {
    shares.deallocate()
    ends.deallocate()
  }

  func execute() {
    ThreadTeam.enter(threads: parts, argument: Unmanaged.passUnretained(self).toOpaque()) { argument, member, count in
      guard let argument else { return }
      Unmanaged<KernelChain>.fromOpaque(argument).takeUnretainedValue().work(member, of: count)
    }
  }

  /// What one of `count` threads does; with fewer threads than parts, some do several.
  private func work(_ member: Int, of count: Int) {
    var phase = 0
    while phase < phaseCount {
      var part = member
      while part < parts {
        let slot = phase * parts + part
        var i = slot == 0 ? 0 : ends[slot - 1]
        while i < ends[slot] {
          shares[i].body(shares[i].arguments, shares[i].lo, shares[i].hi)
          i += 1
        }
        part += count
      }
      phase += 1
      // Leaving the team is a meeting of its own.
      if phase < phaseCount && count > 1 { meet(count) }
    }
  }

  /// Waits until all `count` threads are here.
  private func meet(_ count: Int) {
    let number = meeting.load(ordering: .relaxed)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      meeting.store(number &+ 1, ordering: .releasing)
      return
    }
    var spins = 0
    while meeting.load(ordering: .acquiring) == number {
      spins += 1
      // On a busy machine the other thread may need this processor.
      if spins % 2048 == 0 { sched_yield() }
    }
  }

  // MARK: Making

  /// Cuts the links, in order, where one touches what an earlier one of the phase writes, or writes what it reads.
  private static func phases(_ links: [Link]) -> [[Link]] {
    func overlap(_ a: [Range<UInt>], _ b: [Range<UInt>]) -> Bool { a.contains { x in b.contains { x.overlaps($0) } } }
    var phases: [[Link]] = []
    var current: [Link] = []
    for link in links {
      let conflicts = current.contains {
        overlap($0.writes, link.reads) || overlap($0.writes, link.writes) || overlap($0.reads, link.writes)
      }
      if conflicts {
        phases.append(current)
        current = []
      }
      current.append(link)
    }
    return current.isEmpty ? phases : phases + [current]
  }

  private static func divided(_ phase: [Link], among parts: Int) -> [[Share]] {
    var result = [[Share]](repeating: [], count: parts)
    var load = [Int](repeating: 0, count: parts)
    func add(_ link: Link, _ part: Int, _ lo: Int, _ hi: Int) {
      if lo == hi { return }
      result[part].append(Share(body: link.call.body, arguments: link.call.arguments, lo: lo, hi: hi))
      load[part] += link.call.work * (hi - lo) / max(link.call.tasks, 1)
    }
    for link in phase {
      if link.call.work < sharedWork || link.call.tasks == 1 {
        add(link, load.indices.min { (load[$0], $0) < (load[$1], $1) }!, 0, link.call.tasks)
      } else {
        for part in 0..<parts { add(link, part, link.call.tasks * part / parts, link.call.tasks * (part + 1) / parts) }
      }
    }
    return result
  }
}

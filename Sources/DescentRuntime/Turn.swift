import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whose turn it is: of all who read or write the same variables, one at a time.
///
/// A variable comes with a turn of its own. With a step's first run the turns of all its variables become one, so that a run
/// takes a single lock whatever it touches: steps that share a variable, directly or by way of others, follow each other,
/// and steps that share none do not meet. `Benchmarks/RESULTS.md` has what a turn costs.
///
/// `@unchecked Sendable`: the lock is a system mutex, and who a turn was joined to is atomic.
package final class Turn: @unchecked Sendable {
  /// Recursive, because what runs within a turn (an evaluation around its swap of the weights) may run steps of its own.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// The turn that this one has become a part of, once and for all: written while this one is taken.
  private let successor = AtomicLazyReference<Turn>()
  /// Whether there is one: asking is quicker than looking at it.
  private let isJoined = Atomic(false)

  package init() {
    mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Calls `body` when it is nobody else's turn. Allocates nothing.
  package func take<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    // Joined to another one before, or while this thread waited.
    if isJoined.load(ordering: .relaxed), let next = successor.load() {
      pthread_mutex_unlock(mutex)
      return try next.take(body)
    }
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// One turn made of all given ones, once nobody runs in any of them; a new one where none is given.
  ///
  /// Joined turns stay joined. Whoever joins holds nothing while it waits, except turns that it had before.
  package static func joining(_ turns: [Turn]) -> Turn {
    guard let first = turns.first else { return Turn() }
    while true {
      let root = first.root
      let others = Set(turns.map { ObjectIdentifier($0.root) }).subtracting([ObjectIdentifier(root)])
      if others.isEmpty { return root }
      // One join at a time, so that two do not each follow the other.
      let isDone = joins.withLock { _ in
        root.takeIfFree {
          turns.allSatisfy { turn in
            let other = turn.root
            return other === root || other.takeIfFree { other.follow(root) } != nil
          }
        } ?? false
      }
      if isDone { return root.root }
      usleep(50)
    }
  }
  private static let joins = Mutex(())

  /// Calls `body` if it is nobody else's turn; nil if it is, or if this turn has become a part of another.
  private func takeIfFree<Result>(_ body: () -> Result) -> Result? {
    guard pthread_mutex_trylock(mutex) == 0 else { return nil }
    defer { pthread_mutex_unlock(mutex) }
    return successor.load() == nil ? body() : nil
  }

  private func follow(_ root: Turn) {
    _ = successor.storeIfNil(root)
    isJoined.store(true, ordering: .relaxed)
  }

  private var root: Turn {
    var turn = self
    while let next = turn.successor.load() { turn = next }
    return turn
  }
}

/// A compiled kernel and its argument table.
final class KernelRoutine: Routine {
  private let body: ThreadTeam.Body
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let tasks: Int
  private let threads: Int

  /// Takes over `table`.
  ///
  /// - Parameters:
  ///   - function: the address of `kernel(ptr args, i64 lo, i64 hi)`.
  init(
    _ function: UnsafeRawPointer, table: UnsafeMutablePointer<UnsafeMutableRawPointer?>, tasks: Int, threads: Int
  ) {
    body = unsafeBitCast(function, to: ThreadTeam.Body.self)
    self.table = table
    self.tasks = tasks
    self.threads = threads
  }

  deinit { table.deallocate() }

  func execute() { ThreadTeam.run(tasks: tasks, threads: threads, arguments: table, body) }
}

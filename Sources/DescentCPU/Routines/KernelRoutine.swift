/// A compiled kernel that owns its argument table.
final class KernelRoutine: Routine {
  private let call: KernelCall
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  /// Takes over `table`.
  ///
  /// - Parameters:
  ///   - function: the address of `kernel(ptr args, i64 lo, i64 hi)`.
  init(
    _ function: UnsafeRawPointer, table: UnsafeMutablePointer<UnsafeMutableRawPointer?>, tasks: Int, threads: Int,
    work: Int
  ) {
    call = KernelCall(function, table, tasks: tasks, threads: threads, work: work)
    self.table = table
  }

  deinit { table.deallocate() }

  func execute() { call.execute() }
}

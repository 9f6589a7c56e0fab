/// A compiled kernel with its arguments.
struct KernelCall {
  let body: ThreadTeam.Body
  let arguments: UnsafePointer<UnsafeMutableRawPointer?>
  let tasks: Int
  let threads: Int
  /// Rough count of scalar operations, for deciding whether threads pay.
  let work: Int

  /// - Parameters:
  ///   - function: the address of `kernel(ptr args, i64 lo, i64 hi)`.
  init(
    _ function: UnsafeRawPointer, _ arguments: UnsafePointer<UnsafeMutableRawPointer?>, tasks: Int, threads: Int,
    work: Int
  ) {
    body = unsafeBitCast(function, to: ThreadTeam.Body.self)
    self.arguments = arguments
    self.tasks = tasks
    self.threads = threads
    self.work = work
  }

  func execute() { ThreadTeam.run(tasks: tasks, threads: threads, arguments: arguments, body) }
}

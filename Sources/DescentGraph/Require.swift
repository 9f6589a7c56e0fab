/// Stops the program with `message` when `condition` is false.
///
/// Swift's `precondition` drops its message in optimized builds. A mistake in a model is found in an optimized build
/// more often than not, and its message (the op and the shapes) is the whole help a user gets, so it is always printed.
@inlinable
package func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}

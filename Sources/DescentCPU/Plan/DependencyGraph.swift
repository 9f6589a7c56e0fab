/// Which of some works wait for which.
struct DependencyGraph {
  /// For each work, those it waits for.
  private(set) var dependencies: [Set<Int>] = []
  private var dependents: [Set<Int>] = []
  /// A work's level is above those of all that it waits for. So a search for one goes down no further than its level, and
  /// in a network of thousands of layers asks a few works and not all of them.
  private var levels: [Int] = []

  var count: Int { dependencies.count }

  /// Adds a work that waits for these.
  mutating func append(waitingFor dependencies: Set<Int>) {
    self.dependencies.append([])
    dependents.append([])
    levels.append(0)
    for dependency in dependencies { insert(dependency, of: count - 1) }
  }

  /// `work` waits for `dependency` as well.
  ///
  /// - Returns: false when it did before.
  @discardableResult
  mutating func insert(_ dependency: Int, of work: Int) -> Bool {
    guard dependency != work, dependencies[work].insert(dependency).inserted else { return false }
    dependents[dependency].insert(work)
    var raised = [(work: work, level: levels[dependency] + 1)]
    while let (work, level) = raised.popLast() {
      guard levels[work] < level else { continue }
      levels[work] = level
      for dependent in dependents[work] { raised.append((dependent, level + 1)) }
    }
    return true
  }

  /// `work` no longer waits for `dependency`.
  mutating func remove(_ dependency: Int, of work: Int) {
    dependencies[work].remove(dependency)
    dependents[dependency].remove(work)
  }

  /// Whether `start` is `goal` or waits for it, directly or through others.
  func waits(_ start: Int, for goal: Int) -> Bool {
    var seen: Set<Int> = []
    var stack = [start]
    while let next = stack.popLast() {
      if next == goal { return true }
      guard levels[next] > levels[goal], seen.insert(next).inserted else { continue }
      stack += dependencies[next]
    }
    return false
  }
}

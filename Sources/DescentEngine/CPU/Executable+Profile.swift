import DescentGraph

/// What the kernels of a step took, measured one by one.
public struct Profile: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Matrix products.
    case product
    /// Fused loops and scatter-adds.
    case loop
    /// Everything else that has a kernel of its own: convolutions, attention, sorting.
    case routine
    /// Copies at the end of the step.
    case copy
  }

  /// Kernels that do the same to different buffers, as the layers of a deep network do.
  public struct Kernel: Sendable {
    /// Where they stand in the plan, from 1; empty for copies.
    public let positions: [Int]
    /// The first one's title in the printed plan.
    public let title: String
    public let kind: Kind
    /// How often they run in a step.
    public let calls: Int
    /// The median time of one call.
    public let microseconds: Double
    /// All calls of a step together.
    public let stepMicroseconds: Double
    /// What one call has to do.
    public let cost: Cost

    /// 10⁹ operations a second.
    public var gigaflops: Double { Double(cost.operations) / microseconds / 1e3 }
    /// 10⁹ bytes a second.
    public var gigabytesPerSecond: Double { Double(cost.bytes) / microseconds / 1e3 }
  }

  /// The slowest first.
  public let kernels: [Kernel]
  /// The median time of whole steps, run without a look at the clock in between.
  public let stepMicroseconds: Double
  public let steps: Int

  /// The time of a step in which no kernel runs, or in which it runs slower than on its own. May be negative where the
  /// clock's own time is more than that.
  public var betweenKernels: Double { stepMicroseconds - kernels.reduce(0) { $0 + $1.stepMicroseconds } }
}

extension Executable {
  /// Runs `steps` steps whole and as many instruction by instruction, in turn, and says what each kernel took.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before every step.
  /// - Returns: nil when it was cancelled before the first step was over.
  public func profile(steps: Int, isCancelled: () -> Bool = { false }) -> Profile? {
    require(steps > 0, "a profile needs at least one step, not \(steps)")
    var samples = [[Double]](repeating: [], count: origins.count)
    var whole: [Double] = []
    let clock = ContinuousClock()
    for _ in 0..<steps where !isCancelled() {
      let start = clock.now
      run()
      whole.append((clock.now - start).microseconds)
      computeFeeds()
      var before = clock.now
      for i in origins.indices {
        run(from: i, to: i + 1)
        let after = clock.now
        samples[i].append((after - before).microseconds)
        before = after
      }
    }
    guard !whole.isEmpty else { return nil }
    return Profile(kernels: kernels(samples), stepMicroseconds: whole.median, steps: whole.count)
  }

  /// The instructions' samples, those of equal kernels together.
  private func kernels(_ samples: [[Double]]) -> [Profile.Kernel] {
    let names = BufferNames(plan)
    var order: [String] = []
    var equal: [String: [Int]] = [:]
    for (i, origin) in origins.enumerated() {
      let key = origin.map { plan.schedule.steps[$0].signature } ?? "copy \(copiedBytes(i))"
      if equal[key] == nil { order.append(key) }
      equal[key, default: []].append(i)
    }
    return order.map { key in
      let instructions = equal[key]!
      let positions = instructions.compactMap { origins[$0] }
      let first = positions.first.map { plan.schedule.steps[$0] }
      return Profile.Kernel(
        positions: positions.map { $0 + 1 },
        title: first.map { Plan.title(of: $0, names.name) } ?? "copy to a variable or result",
        kind: first?.kind ?? .copy, calls: instructions.count,
        microseconds: instructions.flatMap { samples[$0] }.median,
        stepMicroseconds: instructions.reduce(0) { $0 + samples[$1].median },
        cost: first?.cost ?? Cost(bytesRead: copiedBytes(instructions[0]), bytesWritten: copiedBytes(instructions[0])))
    }.sorted { $0.stepMicroseconds > $1.stepMicroseconds }
  }

  private func copiedBytes(_ i: Int) -> Int {
    if case .copy(_, _, let byteCount) = instructions[i] { byteCount } else { 0 }
  }
}

extension Schedule.Step {
  fileprivate var kind: Profile.Kind {
    switch work {
    case .matrix: .product
    case .loop, .scatter: .loop
    case .opaque: .routine
    }
  }

  /// What it does, but for the buffers it does it to.
  fileprivate var signature: String {
    let shaped = { (node: Node) in "\(node.dtype)\(node.shape)" }
    return switch work {
    case .loop(let kernel): kernel.printed(names: shaped)
    case .matrix, .scatter, .opaque: Plan.title(of: self, shaped)
    }
  }
}

extension Duration {
  fileprivate var microseconds: Double { self / .microseconds(1) }
}

extension [Double] {
  fileprivate var median: Double {
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

import DescentGraph

/// What the kernels of a step took, measured one by one.
package struct Profile: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
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
  package struct Kernel: Sendable {
    /// Where they stand in the plan, from 1; empty for copies.
    package let positions: [Int]
    /// The first one's title in the printed plan.
    package let title: String
    package let kind: Kind
    /// How often they run in a step.
    package let calls: Int
    /// The median time of one call.
    package let microseconds: Double
    /// All calls of a step together.
    package let stepMicroseconds: Double
    /// What one call has to do.
    package let cost: Cost

    /// 10⁹ operations a second.
    package var gigaflops: Double { Double(cost.operations) / microseconds / 1e3 }
    /// 10⁹ bytes a second.
    package var gigabytesPerSecond: Double { Double(cost.bytes) / microseconds / 1e3 }
  }

  /// The slowest first.
  package let kernels: [Kernel]
  /// The median time of whole steps, run without a look at the clock in between.
  package let stepMicroseconds: Double
  package let steps: Int

  /// What the fastest whole step took beyond the fastest run of each kernel: getting from one kernel to the next. 0 where
  /// looking at the clock takes longer than that.
  package let betweenKernels: Double

  /// The kernels and what lies between them: what shares are of. Beside other programs a median step takes longer.
  package var accountedMicroseconds: Double { kernels.reduce(betweenKernels) { $0 + $1.stepMicroseconds } }
}

extension Executable {
  /// Runs `steps` steps whole and as many kernel by kernel, in turn, and says what each kernel took.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before every step.
  /// - Returns: nil when it was cancelled before the first step was over.
  package func profile(steps: Int, isCancelled: () -> Bool = { false }) -> Profile? {
    require(steps > 0, "a profile needs at least one step, not \(steps)")
    let calls = calls
    var samples = [[Double]](repeating: [], count: calls.count)
    var whole: [Double] = []
    let clock = ContinuousClock()
    for _ in 0..<steps where !isCancelled() {
      let start = clock.now
      run()
      whole.append((clock.now - start).microseconds)
      prepare()
      var before = clock.now
      for (i, call) in calls.enumerated() {
        run(from: call.lowerBound, to: call.upperBound)
        let after = clock.now
        samples[i].append((after - before).microseconds)
        before = after
      }
    }
    guard !whole.isEmpty else { return nil }
    let measured = zip(calls, samples).map { (call: $0, samples: $1) }
    let fastest = samples.reduce(0) { $0 + ($1.min() ?? 0) }
    return Profile(
      kernels: kernels(measured), stepMicroseconds: whole.median, steps: whole.count,
      betweenKernels: max(whole.min()! - fastest, 0))
  }

  /// The instructions of each step of the plan; a copy at the end stands alone.
  private var calls: [Range<Int>] {
    var calls: [Range<Int>] = []
    for i in origins.indices {
      if let last = calls.last, let origin = origins[i], origins[last.lowerBound] == origin {
        calls[calls.count - 1] = last.lowerBound..<(i + 1)
      } else {
        calls.append(i..<(i + 1))
      }
    }
    return calls
  }

  /// The calls' samples, those of equal kernels together.
  private func kernels(_ measured: [(call: Range<Int>, samples: [Double])]) -> [Profile.Kernel] {
    let names = BufferNames(plan)
    var order: [String] = []
    var equal: [String: [(call: Range<Int>, samples: [Double])]] = [:]
    for one in measured {
      let i = one.call.lowerBound
      let key = origins[i].map { plan.schedule.steps[$0].signature } ?? "copy \(copiedBytes(i))"
      if equal[key] == nil { order.append(key) }
      equal[key, default: []].append(one)
    }
    return order.map { key in
      let calls = equal[key]!
      let first = calls[0].call.lowerBound
      let step = origins[first].map { plan.schedule.steps[$0] }
      let copy = copiedBytes(first)
      return Profile.Kernel(
        positions: calls.compactMap { origins[$0.call.lowerBound].map { $0 + 1 } },
        title: step.map { Plan.title(of: $0, names.name) } ?? "copy to a variable or result",
        kind: step?.kind ?? .copy, calls: calls.count, microseconds: calls.flatMap(\.samples).median,
        stepMicroseconds: calls.reduce(0) { $0 + $1.samples.median },
        cost: step?.cost ?? Cost(bytesRead: copy, bytesWritten: copy))
    }.sorted { $0.stepMicroseconds > $1.stepMicroseconds }
  }

  private func copiedBytes(_ i: Int) -> Int {
    if case .copy(_, _, let byteCount) = instructions[i] { byteCount } else { 0 }
  }
}

extension KernelOrder.Step {
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

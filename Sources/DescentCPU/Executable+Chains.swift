extension Executable {
  /// The instructions with runs of kernels joined to chains, where two threads pay for the run as a whole.
  ///
  /// - Parameters:
  ///   - touched: what a step of the plan reads and writes.
  static func chained(
    _ instructions: [Instruction], _ origins: [Int?], threads: Int,
    touched: (Int) -> (reads: [Range<UInt>], writes: [Range<UInt>])
  ) -> [Instruction] {
    guard threads > 1 else { return instructions }
    var result: [Instruction] = []
    var links: [KernelChain.Link] = []
    var start = 0
    func finish(_ end: Int) {
      let work = links.reduce(0) { $0 + $1.call.work }
      if links.count > 1 && work >= Binder.parallelWork {
        result.append(.routine(KernelChain(links, threads: threads)))
      } else {
        result += instructions[start..<end]
      }
      links = []
    }
    for (i, instruction) in instructions.enumerated() {
      if case .kernel(let call) = instruction, let position = origins[i] {
        if links.isEmpty { start = i }
        let (reads, writes) = touched(position)
        links.append(KernelChain.Link(call: call, reads: reads, writes: writes))
      } else {
        if !links.isEmpty { finish(i) }
        result.append(instruction)
      }
    }
    if !links.isEmpty { finish(instructions.count) }
    return result
  }
}

import DescentGraph

extension RandomGraph {
  /// A smaller case for which `fails` still holds: fewer results, steps and axes, smaller extents, plainer data.
  ///
  /// Greedy: takes the first simplification that still fails and starts over, until none does or `attempts` calls of
  /// `fails` are spent. Returns `self` when nothing can be taken away.
  package func shrink(attempts: Int = 400, while fails: (RandomGraph) -> Bool) -> RandomGraph {
    var best = self
    var left = attempts
    var improved = true
    while improved {
      improved = false
      for candidate in best.simplifications() {
        if left == 0 { return best }
        left -= 1
        if fails(candidate) {
          best = candidate
          improved = true
          break
        }
      }
    }
    return best
  }

  /// The same case with one thing taken away, the largest things first. Each is strictly smaller, so shrinking ends.
  private func simplifications() -> [RandomGraph] {
    var result: [RandomGraph] = []
    if outputs.count > 1 { result += outputs.map { only(output: $0) } }
    // A step whose operand is the result instead, then a step removed from the middle.
    if outputs.count == 1, outputs[0] >= inputs.count {
      let step = steps[outputs[0] - inputs.count]
      for operand in Set(step.operands.prefix(step.kind.operandCount)).sorted() where operand >= inputs.count {
        result.append(only(output: operand))
      }
    }
    result += steps.indices.reversed().map { removing(step: $0) }.filter { !$0.outputs.isEmpty }
    result += inputs.indices.flatMap { smaller(input: $0) }
    for index in steps.indices where steps[index].limit > 1 {
      for limit in Set([1, steps[index].limit / 2]).sorted() {
        var copy = self
        copy.steps[index].limit = limit
        result.append(copy)
      }
    }
    if let pruned = withoutUnusedInputs() { result.append(pruned) }
    // Last, the first node that is wrong.
    if outputs.count == 1 && steps.count <= 3 {
      let nodes = innerResult ?? Node.topologicalOrder(of: program().results).count - 1
      for node in 0..<nodes {
        var copy = self
        copy.innerResult = node
        result.append(copy)
      }
    }
    return result
  }

  private func only(output: Int) -> RandomGraph {
    var copy = self
    copy.outputs = [output]
    return copy.withoutUnusedSteps()
  }

  /// Steps that no output needs are left out; nothing that is computed changes.
  private func withoutUnusedSteps() -> RandomGraph {
    var needed = Set(outputs)
    var copy = self
    for index in steps.indices.reversed() {
      if needed.contains(inputs.count + index) {
        needed.formUnion(steps[index].operands.prefix(steps[index].kind.operandCount))
      } else {
        copy = copy.removing(step: index)
      }
    }
    return copy
  }

  /// Without one step; who used its result uses its first operand.
  private func removing(step index: Int) -> RandomGraph {
    let gone = inputs.count + index
    let heir = steps[index].operands[0]
    func moved(_ value: Int) -> Int { value == gone ? heir : value > gone ? value - 1 : value }
    var copy = self
    copy.steps.remove(at: index)
    for later in copy.steps.indices { copy.steps[later].operands = copy.steps[later].operands.map(moved) }
    var seen = Set<Int>()
    copy.outputs = outputs.map(moved).filter { $0 >= inputs.count && seen.insert($0).inserted }
    return copy
  }

  private func withoutUnusedInputs() -> RandomGraph? {
    let used = Set(steps.flatMap { $0.operands.prefix($0.kind.operandCount) } + outputs)
    guard let unused = inputs.indices.last(where: { !used.contains($0) }), inputs.count > 1 else { return nil }
    func moved(_ value: Int) -> Int { value > unused ? value - 1 : value == unused ? 0 : value }
    var copy = self
    copy.inputs.remove(at: unused)
    for step in copy.steps.indices { copy.steps[step].operands = copy.steps[step].operands.map(moved) }
    copy.outputs = outputs.map(moved)
    return copy
  }

  /// One input with an axis less, a shorter axis, or plain float32.
  private func smaller(input index: Int) -> [RandomGraph] {
    let input = inputs[index]
    func with(_ change: (inout Input) -> Void) -> RandomGraph {
      var copy = self
      change(&copy.inputs[index])
      return copy
    }
    var result = input.shape.indices.map { axis in with { $0.shape = input.shape.removing(axes: [axis]) } }
    for axis in input.shape.indices where input.shape[axis] > 1 {
      let extent = input.shape[axis]
      for shorter in Set([1, 2, extent / 2, extent - 1]).sorted() where shorter < extent {
        result.append(with { $0.shape = input.shape.replacing(axis: axis, with: shorter) })
      }
    }
    if input.dtype != .float32 { result.append(with { $0.dtype = .float32 }) }
    return result
  }
}

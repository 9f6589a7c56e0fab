import DescentGraph

/// A loop, ready to run: the body's instructions, and which pointers in them follow the steps.
final class ScanRoutine: Routine {
  /// Where an argument or result of the body lies in each step.
  private struct Moving {
    var base: UnsafeMutableRawPointer
    /// Bytes from one step's place to the next one's; 0 for a carry, which is in turn at `base` and at `other`.
    var stride = 0
    var other: UnsafeMutableRawPointer?
    /// For a carry: the place it is read from in the first step, or written to in the last one.
    var end: (step: Int, pointer: UnsafeMutableRawPointer)?
    var byteCount: Int

    func pointer(step: Int, position: Int) -> UnsafeMutableRawPointer {
      if let end, end.step == step { return end.pointer }
      if let other { return step & 1 == 0 ? base : other }
      return base + position * stride
    }
  }
  /// An entry of a kernel's argument table.
  private struct Entry {
    let slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let moving: Int
    let byteOffset: Int
  }
  /// A copy between a moving place and the staging place that stands for it.
  private struct Copy {
    let moving: Int
    let staging: UnsafeMutableRawPointer
  }

  private let length: Int
  private let isReversed: Bool
  private var moving: [Moving] = []
  private var instructions: [Executable.Instruction] = []
  private var entries: [Entry] = []
  private var tables: [UnsafeMutablePointer<UnsafeMutableRawPointer?>] = []
  /// Where matrix products pack an operand.
  private var packing: UnsafeMutableRawPointer?
  private var copiesIn: [Copy] = []
  private var copiesOut: [Copy] = []
  /// A byte for each step: whether it is run. nil where all are.
  private let mask: UnsafePointer<UInt8>?
  /// The places that each carry is read from and written to.
  private var carries: [(from: Int, to: Int)] = []
  private var outputs: [Int] = []
  /// Carries that are results of a loop without steps.
  private var unchanged: [Executable.Instruction] = []

  init(_ unit: ScanUnit, _ binder: Binder) throws(EngineError) {
    let (scan, body) = (unit.scan, unit.body)
    length = unit.length
    isReversed = scan.isReversed
    mask =
      scan.isMasked
      ? UnsafePointer(binder.pointers[unit.inputs[scan.carryCount]]!.assumingMemoryBound(to: UInt8.self)) : nil
    let scratch = binder.pointers[unit.scratch]!
    var pointers: [Node: UnsafeMutableRawPointer] = [:]
    var indices: [Node: Int] = [:]
    for slot in body.memory.slots { pointers[slot.node] = scratch + slot.offset }
    for case (let node, .constant) in body.schedule.places {
      if case .constant(.data(let storage)) = node.op { pointers[node] = storage.pointer }
    }

    func add(_ node: Node, _ place: Moving, isInput: Bool) {
      moving.append(place)
      if let offset = unit.stagedOffsets[node] {
        pointers[node] = scratch + offset
        let copy = Copy(moving: moving.count - 1, staging: scratch + offset)
        if isInput { copiesIn.append(copy) } else { copiesOut.append(copy) }
      } else {
        pointers[node] = place.base
        indices[node] = moving.count - 1
      }
    }
    for (i, node) in body.program.arguments.enumerated() {
      let pointer = binder.pointers[unit.inputs[i]]!
      let bytes = ScanUnit.byteCount(node)
      if i < scan.carryCount {
        // Step t reads what step t - 1 has written.
        let (first, second) = unit.carryOffsets[i]
        add(
          node,
          Moving(base: scratch + second, other: scratch + first, end: (0, pointer), byteCount: bytes), isInput: true)
      } else if i < scan.carryCount + scan.sequenceCount {
        add(node, Moving(base: pointer, stride: bytes, byteCount: bytes), isInput: true)
      } else {
        pointers[node] = pointer
      }
    }
    for i in body.program.results.indices {
      let node = body.node(ofResult: i)
      let bytes = ScanUnit.byteCount(node)
      let result = unit.outputs[i].map { binder.pointers[$0]! }
      if i < scan.carryCount {
        let (first, second) = unit.carryOffsets[i]
        let end = result.map { (step: unit.length - 1, pointer: $0) }
        add(node, Moving(base: scratch + first, other: scratch + second, end: end, byteCount: bytes), isInput: false)
        carries.append((from: i, to: moving.count - 1))
        if let result, length == 0 {
          unchanged.append(.copy(to: result, from: binder.pointers[unit.inputs[i]]!, byteCount: bytes))
        }
      } else if let result {
        add(node, Moving(base: result, stride: bytes, byteCount: bytes), isInput: false)
        outputs.append(moving.count - 1)
      } else {
        add(node, Moving(base: scratch + unit.discardedOffsets[i]!, byteCount: bytes), isInput: false)
      }
    }

    // What is not in a table of pointers finds everything in places that stay.
    let bound = try Binder(pointers: pointers, threads: binder.threads).bind(body.schedule.steps)
    let packing = UnsafeMutableRawPointer.allocate(
      byteCount: max(bound.map(\.scratchByteCount).max() ?? 0, 64), alignment: 64)
    self.packing = packing
    tables = bound.compactMap(\.table)
    for step in bound {
      step.useScratch(packing)
      instructions += step.instructions
      for operand in step.operands {
        guard let index = indices[operand.node] else { continue }
        entries.append(Entry(slot: operand.slot, moving: index, byteOffset: operand.byteOffset))
      }
    }
  }

  deinit {
    for table in tables { table.deallocate() }
    packing?.deallocate()
  }

  // Counted loops: in debug builds an array's iterator allocates for every element.
  func execute() {
    var i = 0
    while i < unchanged.count {
      unchanged[i].execute()
      i += 1
    }
    var step = 0
    while step < length {
      if let mask, mask[isReversed ? length - 1 - step : step] == 0 {
        skip(step)
        step += 1
        continue
      }
      point(to: step)
      i = 0
      while i < copiesIn.count {
        let copy = copiesIn[i]
        copy.staging.copyMemory(from: pointer(copy.moving, step), byteCount: moving[copy.moving].byteCount)
        i += 1
      }
      i = 0
      while i < instructions.count {
        instructions[i].execute()
        i += 1
      }
      i = 0
      while i < copiesOut.count {
        let copy = copiesOut[i]
        pointer(copy.moving, step).copyMemory(from: copy.staging, byteCount: moving[copy.moving].byteCount)
        i += 1
      }
      step += 1
    }
  }

  /// Hands the carries on and writes zeros to the outputs.
  private func skip(_ step: Int) {
    var i = 0
    while i < carries.count {
      let (from, to) = carries[i]
      pointer(to, step).copyMemory(from: pointer(from, step), byteCount: moving[from].byteCount)
      i += 1
    }
    i = 0
    while i < outputs.count {
      let bytes = moving[outputs[i]].byteCount
      pointer(outputs[i], step).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      i += 1
    }
  }

  private func pointer(_ index: Int, _ step: Int) -> UnsafeMutableRawPointer {
    moving[index].pointer(step: step, position: isReversed ? length - 1 - step : step)
  }

  /// Points kernels at a step's places.
  private func point(to step: Int) {
    var i = 0
    while i < entries.count {
      entries[i].slot.pointee = pointer(entries[i].moving, step) + entries[i].byteOffset
      i += 1
    }
  }
}

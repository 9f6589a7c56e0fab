extension LoopKernel {
  /// How often a kernel's innermost computation may be written out, and how many values that may give.
  private static let (mostCopies, mostValues) = (16, 256)

  /// Short dimensions that cost less written out than looped over; never the last one, which runs in vectors.
  ///
  /// Where the kernel reduces, those are reduced ones: the elements of a pooling window are then combined in registers, and
  /// later passes over them read nothing again. Where it does not, they are parallel ones along which something that
  /// is read stays the same, so that it is read once for all copies.
  ///
  /// They run inside all other loops, which settles the order of a sum, from shapes alone.
  func unrolledDimensions(_ dependences: [[Bool]]) -> [Int] {
    let reduces = isReduced.contains(true)
    func pays(_ d: Int) -> Bool {
      reduces
        || values.indices.contains { id in
          switch values[id] {
          case .load, .gather: !dependences[id][d] && dependences[id].contains(true)
          case .constant, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: false
          }
        }
    }
    var copies = 1
    var unrolled: [Int] = []
    for d in domain.indices.dropLast().reversed() where isReduced[d] == reduces {
      let more = copies * domain[d]
      let copied = values.indices.count { dependences[$0][d] }
      guard more <= Self.mostCopies, more * copied <= Self.mostValues, pays(d) else { continue }
      copies = more
      unrolled.insert(d, at: 0)
    }
    return unrolled
  }
}

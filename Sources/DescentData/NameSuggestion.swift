/// The candidate that a misspelt `name` most likely meant, or `nil` if none is near.
///
/// Nearness is the optimal string alignment distance (insertions, deletions, substitutions and swaps of neighbours
/// count 1 each; Damerau 1964), without regard to case. A candidate is near if fewer than half of the longer name's
/// characters would have to change; of equally near ones the first is taken.
///
///     nearestName(to: "tagret", in: ["age", "target"])  // "target"
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased().unicodeScalars)
    let longer = max(wanted.count, letters.count)
    // The lengths alone bound the distance from below; most candidates end here.
    guard abs(wanted.count - letters.count) * 2 < longer else { continue }
    let distance = alignmentDistance(wanted, letters)
    guard distance * 2 < longer, distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.name
}

/// The least number of single-character edits and neighbour swaps that turn `first` into `second`.
private func alignmentDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: second.count + 1)
  var previous = Array(0...second.count)
  var current = previous
  for row in 1..<(first.count + 1) {
    current[0] = row
    for column in 1..<(second.count + 1) {
      let substitution = previous[column - 1] + (first[row - 1] == second[column - 1] ? 0 : 1)
      var distance = min(previous[column] + 1, current[column - 1] + 1, substitution)
      if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
        distance = min(distance, beforePrevious[column - 2] + 1)
      }
      current[column] = distance
    }
    (beforePrevious, previous, current) = (previous, current, beforePrevious)
  }
  return previous[second.count]
}

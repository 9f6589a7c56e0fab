/// Places the names of lines so that they do not cover each other.
enum LabelPlacement {
  /// A rectangle in chart coordinates, `y` growing downwards.
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }

    func contains(_ point: SVGChart.Place) -> Bool {
      point.x > x && point.x < x + width && point.y > y && point.y < y + height
    }
  }

  /// Heights for labels in one column, as near to `wanted` as a distance of `spacing` allows.
  ///
  /// Labels that would collide are merged into a block around their mean, as in isotonic regression by pooling
  /// adjacent violators, which keeps the sum of squared displacements least.
  ///
  /// - Returns: heights in the order of `wanted`; `nil` when the column is too short for all of them.
  static func column(wanted: [Double], spacing: Double, within range: ClosedRange<Double>) -> [Double]? {
    guard Double(wanted.count - 1) * spacing <= range.upperBound - range.lowerBound else { return nil }
    let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
    // Taking i·spacing off turns "at least spacing apart" into "not decreasing".
    var blocks: [(sum: Double, count: Int)] = []
    for (rank, index) in order.enumerated() {
      blocks.append((wanted[index] - Double(rank) * spacing, 1))
      while blocks.count > 1 {
        let last = blocks[blocks.count - 1]
        let before = blocks[blocks.count - 2]
        guard before.sum / Double(before.count) > last.sum / Double(last.count) else { break }
        blocks.removeLast(2)
        blocks.append((before.sum + last.sum, before.count + last.count))
      }
    }
    let highest = range.upperBound - Double(wanted.count - 1) * spacing
    var places = [Double](repeating: 0, count: wanted.count)
    var rank = 0
    for block in blocks {
      let base = min(max(block.sum / Double(block.count), range.lowerBound), highest)
      for _ in 0..<block.count {
        places[order[rank]] = base + Double(rank) * spacing
        rank += 1
      }
    }
    return places
  }

  /// A free place for one label beside the end of a line inside the plot; `nil` when every candidate covers something.
  static func beside(
    _ end: SVGChart.Place, width: Double, height: Double, taken: [Box], lines: [SVGChart.Place], plot: Box
  ) -> Box? {
    let candidates = [
      Box(x: end.x + 6, y: end.y - height / 2, width: width, height: height),
      Box(x: end.x + 4, y: end.y - height - 3, width: width, height: height),
      Box(x: end.x + 4, y: end.y + 3, width: width, height: height),
      Box(x: end.x - width / 2, y: end.y - height - 5, width: width, height: height),
      Box(x: end.x - width / 2, y: end.y + 5, width: width, height: height),
    ]
    return candidates.first { box in
      box.x >= plot.x && box.x + box.width <= plot.x + plot.width && box.y >= plot.y
        && box.y + box.height <= plot.y + plot.height && !taken.contains { $0.overlaps(box) }
        && !lines.contains { box.contains($0) }
    }
  }
}

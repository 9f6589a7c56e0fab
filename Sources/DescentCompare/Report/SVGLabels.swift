/// The names of a chart's lines and of its reference line, written wherever they do not cover anything.
struct SVGLabels {
  let drawing: SVGChart.Drawing
  /// Shortened names, by position in the chart's series.
  let labels: [String]
  /// Positions of the series that end at the right edge and are named in the margin.
  let atRight: [Int]

  func svg() -> String {
    var taken: [LabelPlacement.Box] = []
    var parts = margin()
    let obstacles = samples()
    parts.append(reference(obstacles: obstacles, taken: &taken))
    let others = drawing.chart.series.indices.filter { !atRight.contains($0) }
    for index in others {
      let series = drawing.chart.series[index]
      let last = series.crosses.first ?? series.line.last
      guard let last, let end = drawing.place(last).map(drawing.clamped) else { continue }
      // The name of a line that has left the chart would stand beside nothing.
      if series.crosses.isEmpty, !drawing.chart.y.contains(last.y) { continue }
      let width = SVGChart.estimatedWidth(labels[index])
      let box = LabelPlacement.beside(
        end, width: width, height: SVGChart.lineHeight, taken: taken, lines: obstacles, plot: drawing.plot)
      guard let box else { continue }
      taken.append(box)
      parts.append(text(index, x: box.x + 1, y: box.y + SVGChart.lineHeight / 2))
    }
    return parts.joined(separator: "\n")
  }

  /// Names beside the right edge, with a short line to an end that its name had to move away from.
  private func margin() -> [String] {
    let plot = drawing.plot
    let ends = atRight.compactMap { index -> (index: Int, place: SVGChart.Place)? in
      drawing.chart.series[index].line.last.flatMap(drawing.place).map { (index, drawing.clamped($0)) }
    }
    let range = (plot.y + 4)...(plot.y + plot.height - 4)
    guard
      let heights = LabelPlacement.column(
        wanted: ends.map(\.place.y), spacing: SVGChart.lineHeight, within: range)
    else { return [] }
    return zip(ends, heights).map { end, height in
      let edge = plot.x + plot.width
      let leader =
        "<path class=\"leader\" d=\"M\(Markup.coordinate(end.place.x)) \(Markup.coordinate(end.place.y))"
        + "L\(Markup.coordinate(edge + 4)) \(Markup.coordinate(end.place.y))"
        + "L\(Markup.coordinate(edge + 14)) \(Markup.coordinate(height))\"/>"
      let methodIndex = drawing.chart.series[end.index].index
      return "<g class=\"\(ReportPalette.className(methodIndex)) end\" data-s=\"\(methodIndex)\">\(leader)"
        + "</g>" + text(end.index, x: edge + 18, y: height)
    }
  }

  /// The reference line and its name, where along the line it covers the least.
  private func reference(obstacles: [SVGChart.Place], taken: inout [LabelPlacement.Box]) -> String {
    let plot = drawing.plot
    guard let reference = drawing.chart.reference, drawing.chart.y.contains(reference.value),
      let position = drawing.chart.y.position(reference.value)
    else { return "" }
    let height = plot.y + plot.height * (1 - position)
    let width = SVGChart.estimatedWidth(reference.label)
    var candidates: [LabelPlacement.Box] = []
    for step in 0...24 {
      let x = plot.x + 4 + (plot.width - width - 8) * Double(step) / 24
      for y in [height - SVGChart.lineHeight - 1, height + 2] {
        candidates.append(.init(x: x, y: y, width: width, height: SVGChart.lineHeight))
      }
    }
    candidates.removeAll { $0.y < plot.y || $0.y + $0.height > plot.y + plot.height }
    let covered = candidates.map { box in obstacles.count { box.contains($0) } }
    let line =
      "<line class=\"target\" x1=\"\(Markup.coordinate(plot.x))\" "
      + "x2=\"\(Markup.coordinate(plot.x + plot.width))\" y1=\"\(Markup.coordinate(height))\" "
      + "y2=\"\(Markup.coordinate(height))\"/>"
    guard let least = covered.min(), let best = covered.firstIndex(of: least) else { return line }
    let box = candidates[best]
    taken.append(box)
    return line + "<text class=\"targetname\" x=\"\(Markup.coordinate(box.x))\" "
      + "y=\"\(Markup.coordinate(box.y + box.height / 2))\" dy=\".35em\">\(Markup.escape(reference.label))</text>"
  }

  private func text(_ index: Int, x: Double, y: Double) -> String {
    let methodIndex = drawing.chart.series[index].index
    return "<text class=\"label \(ReportPalette.className(methodIndex))\" data-s=\"\(methodIndex)\" "
      + "x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" dy=\".35em\">"
      + "\(Markup.escape(labels[index]))</text>"
  }

  /// Places along all lines, close enough together that no label slips between two of them.
  private func samples() -> [SVGChart.Place] {
    var places: [SVGChart.Place] = []
    for series in drawing.chart.series {
      for samples in [series.line] + series.thin {
        let line = samples.compactMap(drawing.place)
        for (from, to) in zip(line, line.dropFirst()) {
          let pieces = max(1, Int(max(abs(to.x - from.x), abs(to.y - from.y)) / 6))
          for piece in 0...pieces {
            let share = Double(piece) / Double(pieces)
            places.append(.init(x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share))
          }
        }
      }
      places += series.crosses.compactMap(drawing.place).map(drawing.clamped)
    }
    return places
  }
}

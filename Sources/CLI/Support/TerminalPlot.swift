import DescentText
import Descent
import Foundation

/// A curve drawn with characters.
enum TerminalPlot {
  /// - Parameters:
  ///   - points: in order of x, which is drawn on a logarithmic axis.
  ///   - marks: letters to write below the axis.
  /// - Returns: lines, the greatest y first; values above the start's by half the range are cut off.
  static func lines(
    _ points: [(x: Double, y: Double)], marks: [(letter: Character, x: Double)], width: Int = 64, height: Int = 12
  ) -> [String] {
    guard let first = points.first, let last = points.last, first.x > 0, first.x < last.x else { return [] }
    let least = points.map(\.y).min() ?? first.y
    let greatest = min(points.map(\.y).max() ?? first.y, max(first.y + 0.5 * (first.y - least), least * 1.05))
    guard greatest > least else { return [] }
    func column(_ x: Double) -> Int {
      Int((log(x / first.x) / log(last.x / first.x) * Double(width - 1)).rounded())
    }
    var grid = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)
    for point in points where point.y <= greatest {
      let row = Int(((greatest - point.y) / (greatest - least) * Double(height - 1)).rounded())
      grid[row][column(point.x)] = "•"
    }
    let labels = [0: NumberText.significant(greatest, 3), height - 1: NumberText.significant(least, 3)]
    var lines = grid.enumerated().map { row, cells in
      TextLayout.pad(labels[row] ?? "", to: 9, alignRight: true) + " │" + String(cells)
    }
    var axis = [Character](repeating: "─", count: width)
    for mark in marks where (0..<width).contains(column(mark.x)) { axis[column(mark.x)] = mark.letter }
    lines.append(String(repeating: " ", count: 10) + "└" + String(axis))
    let (left, right) = (NumberText.significant(first.x, 2), NumberText.significant(last.x, 2))
    let space = String(repeating: " ", count: max(1, width - left.count - right.count))
    lines.append(String(repeating: " ", count: 11) + left + space + right)
    return lines
  }
}

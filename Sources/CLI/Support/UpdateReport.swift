import DescentBench
import DescentText
import Descent

/// The table of `descent bench --updates`: what each method's update alone takes, beside the machine's bandwidth.
struct UpdateReport {
  /// What is measured, and what is not.
  struct Choice {
    var methods: [MethodEntry] = []
    var leftOut: [MethodEntry] = []

    /// - Parameter names: of methods; none for all that treat each element for itself.
    /// - Throws: `ValidationError` for a name that no method has.
    init(names: [String]) throws {
      let named = try names.map(MethodChoice.entry(named:))
      let all = named.isEmpty ? MethodTable.entries.filter { $0.coupling == .elements } : named
      methods = all.filter { !$0.needsLoss }
      leftOut = all.filter(\.needsLoss)
    }

    static let reason = "a step takes the loss or more than one gradient"

    var note: String? {
      leftOut.isEmpty ? nil : "left out, since \(Self.reason): \(leftOut.map(\.name).joined(separator: ", "))"
    }
  }

  let choice: Choice
  let count: Int
  private(set) var rows: [UpdateTiming] = []

  init(_ choice: Choice, count: Int) {
    self.choice = choice
    self.count = count
  }

  mutating func append(_ row: UpdateTiming) { rows.append(row) }

  // MARK: Text

  private static let columns = ["ms", "minimum", "B/element", "kernels", "GB/s", "triad", "of triad", "of axpy"]

  /// What stands above the rows.
  var heading: String {
    """
    one update of a tensor of \(NumberText.count(Double(count))) float32 elements; \(Machine.description)
    \(Self.line("method", Self.columns))
    """
  }

  static func text(of row: UpdateTiming) -> String {
    let (least, moved) = (perElement(row.leastByteCount, row), perElement(row.byteCount, row))
    return line(
      row.method.name,
      [
        NumberText.significant(row.milliseconds), NumberText.significant(row.seconds[0] * 1e3),
        least + (moved == least ? "" : " (\(moved))"), "\(row.kernelCount)",
        NumberText.significant(row.gigabytesPerSecond, 3), NumberText.significant(row.triadGigabytesPerSecond, 3),
        percent(row.shareOfTriad), percent(row.shareOfAxpy),
      ])
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  /// Bytes to each element; scalars beside the tensor do not show.
  private static func perElement(_ bytes: Int, _ row: UpdateTiming) -> String {
    "\(Int((Double(bytes) / Double(row.count)).rounded()))"
  }

  private static func line(_ name: String, _ cells: [String]) -> String {
    TextLayout.pad(name, to: 20, alignRight: false)
      + cells.map { TextLayout.pad($0, to: 10, alignRight: true) }.joined()
  }

  /// How steady the machine was, and what is missing.
  var summary: String {
    let triads = rows.map(\.triadGigabytesPerSecond).sorted()
    func text(_ value: Double) -> String { NumberText.significant(value, 3) }
    let steadiness = triads.first.map {
      "the triad beside the methods: \(text($0)) to \(text(triads.last!)) GB/s; at best "
        + "\(text(rows.compactMap(\.triads.last).max()!))"
    }
    return [steadiness, choice.note].compactMap(\.self).joined(separator: "\n")
  }

  // MARK: JSON

  var json: OrderedJSON {
    .object([
      ("elements", .integer(count)),
      ("updates", .array(rows.map(Self.json))),
      ("leftOut", .object(choice.leftOut.map { ($0.name, .string(Choice.reason)) })),
      ("machine", .string(Machine.description)),
      ("versions", .object(Machine.versions.map { ($0.name, .string($0.value)) })),
    ])
  }

  private static func json(_ row: UpdateTiming) -> OrderedJSON {
    .object([
      ("method", .string(row.method.name)),
      ("msPerStep", .number(row.milliseconds)),
      ("msMinimum", .number(row.seconds[0] * 1e3)),
      ("steps", .integer(row.seconds.count)),
      ("kernels", .integer(row.kernelCount)),
      ("leastBytes", .integer(row.leastByteCount)),
      ("bytes", .integer(row.byteCount)),
      ("gigabytesPerSecond", .number(row.gigabytesPerSecond)),
      ("triadGigabytesPerSecond", .number(row.triadGigabytesPerSecond)),
      ("shareOfTriad", .number(row.shareOfTriad)),
      ("shareOfAxpy", .number(row.shareOfAxpy)),
    ])
  }
}

import DescentOptim
import DescentGraph

/// The hyper-parameters of a recorded run, under the names that a library's constructor has for them.
///
/// A getter takes the library's default with the name and ticks the name off; what nobody asked for is an error in the
/// end, so that no setting goes unnoticed.
final class RecordedSettings {
  /// The library's class or function: `torch.optim.SGD`.
  let source: String
  /// Of the run's parameters.
  let shapes: [String: Shape]
  /// That the run is to be replayed in.
  let dtype: DType
  private let values: [String: RecordedValue]
  private var known: Set<String> = []

  init(source: String, values: [String: RecordedValue], shapes: [String: Shape], dtype: DType) {
    (self.source, self.values, self.shapes, self.dtype) = (source, values, shapes, dtype)
  }

  private func value(_ name: String) -> RecordedValue? {
    known.insert(name)
    return values[name]
  }

  private func mistyped(_ name: String, _ expected: String) -> RecordedError {
    .mistypedSetting(source: source, name: name, value: "\(values[name] ?? .null)", expected: expected)
  }

  func number(_ name: String, _ initial: Double) throws -> Double {
    switch value(name) {
    case nil: return initial
    case .number(let number): return number
    default: throw mistyped(name, "a number")
    }
  }

  /// A number as a constant schedule.
  func callAsFunction(_ name: String, _ initial: Double) throws -> Schedule {
    .constant(try number(name, initial))
  }

  /// A number that the library must be given.
  func callAsFunction(_ name: String) throws -> Schedule {
    guard values[name] != nil else { throw RecordedError.missingSetting(source: source, name: name) }
    return .constant(try number(name, 0))
  }

  /// A number, or `absent` for null and if it is missing.
  func optional(_ name: String, absent: Double) throws -> Schedule {
    if case .null = value(name) { return .constant(absent) }
    return try self(name, absent)
  }

  func flag(_ name: String, _ initial: Bool) throws -> Bool {
    switch value(name) {
    case nil: return initial
    case .flag(let flag): return flag
    case .number(let number) where number == 0 || number == 1: return number == 1
    default: throw mistyped(name, "true or false")
    }
  }

  /// As many numbers as there are defaults.
  func numbers(_ name: String, _ initial: [Double]) throws -> [Schedule] {
    guard let value = value(name) else { return initial.map(Schedule.constant) }
    guard case .list(let items) = value, items.count == initial.count else {
      throw mistyped(name, "a list of \(initial.count) numbers")
    }
    return try items.map {
      guard case .number(let number) = $0 else { throw mistyped(name, "a list of \(initial.count) numbers") }
      return .constant(number)
    }
  }

  /// The value as it stands.
  func raw(_ name: String) -> RecordedValue? { value(name) }

  /// Throws if `name` is set to anything else than `initial`: the option does not exist here.
  func only(_ name: String, _ initial: RecordedValue) throws {
    guard let value = value(name), value != initial else { return }
    if case (.number(let number), .flag(let flag)) = (value, initial), number == (flag ? 1 : 0) { return }
    throw RecordedError.unsupportedSetting(source: source, name: name, value: "\(value)", supported: "\(initial)")
  }

  /// What changes how a library computes and not what.
  func ignore(_ names: String...) { known.formUnion(names) }

  /// Throws if a setting was not asked for.
  func finish() throws {
    guard let name = values.keys.filter({ !known.contains($0) }).min() else { return }
    throw RecordedError.unknownSetting(source: source, name: name, known: known.sorted())
  }
}

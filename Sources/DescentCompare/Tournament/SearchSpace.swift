import DescentText
import DescentOptim
import Foundation

/// The hyper-parameters of a method that tuning tries, each with its range.
public struct SearchSpace: Sendable {
  /// Which hyper-parameters are tuned.
  public enum Scope: String, Sendable, CaseIterable {
    /// The learning rate alone.
    case rate
    /// The learning rate and every other hyper-parameter that the method lists.
    case all
  }

  /// One hyper-parameter.
  public struct Dimension: Sendable, Equatable {
    /// As the method calls it: `learningRate`.
    public let name: String
    /// The least and the greatest value that are tried.
    public let range: ClosedRange<Double>
    /// Whether it is the distance to 1 whose logarithm is drawn evenly: decay rates. Else it is the value's.
    public let isFraction: Bool

    /// The value at `position` in 0...1.
    func value(at position: Double) -> Double {
      func between(_ a: Double, _ b: Double) -> Double { exp(log(a) + position * (log(b) - log(a))) }
      return isFraction
        ? 1 - between(1 - range.lowerBound, 1 - range.upperBound) : between(range.lowerBound, range.upperBound)
    }
  }

  /// The method that is tuned.
  public let entry: MethodEntry
  /// The learning rate first.
  public let dimensions: [Dimension]

  /// The learning rate spans `decades` around the method's default. Another hyper-parameter, or its distance to 1 where it
  /// is a fraction, spans from a quarter to four times the default; one whose default is 0 stays 0.
  public init(_ entry: MethodEntry, decades: Double, scope: Scope) {
    func others<Method: OptimizationMethod>(_ method: Method) -> [Dimension] {
      Method.adjustable.compactMap { parameter in
        let value = method[keyPath: parameter.path].value(at: 0)
        guard value > 0 else { return nil }
        switch parameter.range {
        case .fraction, .positiveFraction:
          let gap = 1 - value
          return Dimension(
            name: parameter.name, range: (1 - min(gap * 4, max(gap, 0.99)))...(1 - gap / 4), isFraction: true)
        case .positive, .nonNegative:
          return Dimension(name: parameter.name, range: (value / 4)...(value * 4), isFraction: false)
        }
      }
    }
    self.entry = entry
    let reach = pow(10, decades / 2)
    let rate = Dimension(
      name: "learningRate", range: (entry.learningRate / reach)...(entry.learningRate * reach), isFraction: false)
    let all = [rate] + (scope == .all ? others(entry.make(.constant(entry.learningRate))) : [])
    dimensions = Array(all.prefix(Halton.greatestDimension))
  }

  /// The method's defaults, by name, for what the space spans.
  var defaults: [Comparison.NamedNumber] {
    func value<Method: OptimizationMethod>(_ name: String, _ method: Method) -> Double? {
      Method.adjustable.first { $0.name == name }.map { method[keyPath: $0.path].value(at: 0) }
    }
    let method = entry.make(.constant(entry.learningRate))
    return dimensions.map { .init($0.name, value($0.name, method) ?? entry.learningRate) }
  }

  /// The hyper-parameters at a point of the unit cube.
  func values(at point: [Double]) -> [Comparison.NamedNumber] {
    zip(dimensions, point).map { .init($0.name, $0.value(at: $1)) }
  }

  /// The method with these hyper-parameters.
  func method(_ values: [Comparison.NamedNumber]) -> any OptimizationMethod {
    entry.make(.constant(values[0].value)).setting(values.dropFirst())
  }

  /// What the space spans, in words.
  public var text: String {
    dimensions.map { dimension in
      let ends = [dimension.range.lowerBound, dimension.range.upperBound].map { NumberText.significant($0, 3) }
      return "\(dimension.name) \(ends[0]) … \(ends[1])"
    }.joined(separator: ", ")
  }
}

extension OptimizationMethod {
  fileprivate func setting(_ values: some Sequence<Comparison.NamedNumber>) -> Self {
    var method = self
    for value in values {
      guard let parameter = Self.adjustable.first(where: { $0.name == value.name }) else { continue }
      method[keyPath: parameter.path] = .constant(value.value)
    }
    return method
  }
}

extension Comparison {
  /// A hyper-parameter's value.
  public struct NamedNumber: Sendable, Equatable {
    /// As the method calls it: `learningRate`.
    public let name: String
    /// The setting itself; for a decay rate not its distance to 1.
    public let value: Double
    init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
  }
}

import DescentGraph

/// A module that maps one tensor to one tensor.
public protocol UnaryModule: Module {
  /// The module's result; each module says which shapes it takes, and traps for others.
  func callAsFunction(_ x: Tensor) -> Tensor
}
extension Linear: UnaryModule {}
extension Dropout: UnaryModule {}
extension Activation: UnaryModule {}

/// Modules one after another. Parameters are named `layers.0.weight` and so on.
public struct Sequential: UnaryModule {
  /// In the order in which they are applied.
  public let layers: [any UnaryModule]
  /// Layers whose number is known only when the program runs.
  public init(_ layers: [any UnaryModule]) { self.layers = layers }
  /// `Sequential(Linear(64, 32), Activation.relu, Linear(32, 10))`.
  public init(_ layers: any UnaryModule...) { self.layers = layers }

  /// Each layer of what the one before it gives; without layers x itself.
  public func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }

  /// A multilayer perceptron: linear layers of the given widths with `activation` between them.
  public static func perceptron(_ widths: [Int], activation: Activation = .relu, dropout: Double = 0) -> Sequential {
    require(widths.count >= 2, "a perceptron needs at least an input and an output width, not \(widths)")
    var layers: [any UnaryModule] = []
    for (i, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
      let isLast = i == widths.count - 2
      let follower: Activation = isLast ? .identity : activation
      layers.append(Linear(inputs, outputs, initializer: follower.initializer(fanIn: inputs, fanOut: outputs)))
      if isLast { break }
      layers.append(activation)
      if dropout > 0 { layers.append(Dropout(dropout)) }
    }
    return Sequential(layers)
  }
}

extension Sequential {
  /// The titles of its layers.
  public var title: String { "Sequential(\(layers.map(\.title).joined(separator: ", ")))" }
}

/// What scaled dot-product attention computes beside its operands.
public struct Attention: Hashable, Sendable {
  /// Whether a query sees only keys at its own position and before.
  public var isCausal: Bool
  /// What the products of queries and keys are multiplied by; 1/√width by default.
  public var scale: Double
  public init(isCausal: Bool, scale: Double) {
    self.isCausal = isCausal
    self.scale = scale
  }
}

enum AttentionRules {
  static func type(_ a: Attention, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func type(gradient a: Attention, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func gradients(_ a: Attention, _ x: [Tensor], _ g: Tensor) -> [Tensor?] { fatalError("skeleton") }
  static func gradients(gradient a: Attention, _ x: [Tensor], _ g: Tensor) -> [Tensor?] { fatalError("skeleton") }
}

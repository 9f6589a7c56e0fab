import DescentGraph
import DescentNN
import Foundation
import Testing

@Suite struct ActivationTests {
  /// The formula, for plain numbers.
  private func formula(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .relu: max(x, 0)
    case .gelu: 0.5 * x * (1 + Foundation.erf(x / 2.0.squareRoot()))
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .softplus: Foundation.log(1 + Foundation.exp(x))
    case .silu: x / (1 + Foundation.exp(-x))
    case .identity: x
    }
  }
  /// Without 0, where ReLU has a corner.
  private static let points = [-8, -3.5, -1.25, -0.5, -0.01, 0.01, 0.5, 1, 2.75, 6, 9]

  @Test(arguments: Activation.allCases)
  func `values follow the formula`(activation: Activation) throws {
    let expected = (Self.points + [0]).map { formula(activation, $0) }
    let double = try activation(Tensor(Self.points + [0])).values()
    #expect(relativeError(double, expected) < 1e-12)
    let single = try activation(Tensor((Self.points + [0]).map(Float.init))).values()
    // 1 + erf(x) loses digits in float32 where GELU is small: absolute below 0.1.
    #expect(relativeError(single, expected, scale: 0.1) < 1e-5)
  }

  /// The derivative of the formula by central differences of width 2·10⁻⁴: good to 10⁻⁷ for these functions.
  @Test(arguments: Activation.allCases)
  func `gradients are the slopes of the formula`(activation: Activation) throws {
    let h = 1e-4
    let slopes = Self.points.map { (formula(activation, $0 + h) - formula(activation, $0 - h)) / (2 * h) }
    let x = Tensor(Self.points)
    let double = try gradients(of: activation(x).sum(), withRespectTo: [x])[0].values()
    #expect(relativeError(double, slopes, scale: 1) < 1e-7)
    let single = Tensor(Self.points.map(Float.init))
    let found = try gradients(of: activation(single).sum(), withRespectTo: [single])[0].values()
    #expect(relativeError(found, slopes, scale: 1) < 1e-5)
  }

  @Test(arguments: Activation.allCases)
  func `far from zero values and gradients stay finite`(activation: Activation) throws {
    let x = Tensor([-1e4, -200, 200, 1e4] as [Float])
    let y = activation(x)
    #expect(try y.values().allSatisfy(\.isFinite))
    #expect(try gradients(of: y.sum(), withRespectTo: [x])[0].values().allSatisfy(\.isFinite))
  }

  @Test func `the slope of softplus at 0 is ½ and that of ReLU 0`() throws {
    let zero = Tensor([0.0])
    #expect(try gradients(of: Activation.softplus(zero).sum(), withRespectTo: [zero])[0].values() == [0.5])
    #expect(try gradients(of: Activation.relu(zero).sum(), withRespectTo: [zero])[0].values() == [0])
  }

  @Test func `the initializer suits the non-linearity`() {
    for activation in Activation.allCases {
      let rectifies = [.relu, .gelu, .softplus, .silu].contains(activation)
      #expect(
        activation.initializer(fanIn: 3, fanOut: 5)
          == (rectifies ? .heUniform(fanIn: 3) : .xavierUniform(fanIn: 3, fanOut: 5)))
    }
  }
}

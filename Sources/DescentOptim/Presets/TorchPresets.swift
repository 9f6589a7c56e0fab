import DescentGraph

/// What `torch.optim` has where the defaults here differ from it: its constants and its conventions. The others are
/// PyTorch's as they are: Adam, AdamW, AMSGrad, Adamax, Adagrad, RMSProp, NAdam, RAdam, RProp, ASGD.
extension Adadelta {
  /// `torch.optim.Adadelta`: ρ = 0.9.
  public static func torch(learningRate: Schedule = 1) -> Self { Self(learningRate: learningRate, decay: 0.9) }
}

extension Adafactor {
  /// `torch.optim.Adafactor`: ε₁² bounds the mean square from below, ε₁ being float64's 2⁻⁵².
  public static func torch(learningRate: Schedule = 0.01) -> Self {
    Self(learningRate: learningRate, epsilon1: .constant(Double.ulpOfOne), variant: .torch)
  }
}

extension GradientDescent {
  /// `torch.optim.SGD`: a rate of 10⁻³.
  public static func torch(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension Momentum {
  /// `torch.optim.SGD(momentum=…)`: a rate of 10⁻³; the momentum accumulates.
  public static func torch(learningRate: Schedule = 1e-3, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum)
  }
}

extension Nesterov {
  /// `torch.optim.SGD(momentum=…, nesterov=True)`: a rate of 10⁻³.
  public static func torch(learningRate: Schedule = 1e-3, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum)
  }
}

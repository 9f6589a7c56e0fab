import DescentGraph

/// What `torch.optim` has where the defaults here differ from it: its constants and its conventions. The others are
/// PyTorch's as they are: Adam, AdamW, AMSGrad, Adamax, Adagrad, RMSProp, NAdam, RAdam, RProp, ASGD.
extension Adadelta {
  public static func torch(learningRate: Schedule = 1) -> Self { Self(learningRate: learningRate, decay: 0.9) }
}

extension Adafactor {
  public static func torch(learningRate: Schedule = 0.01) -> Self {
    Self(learningRate: learningRate, epsilon1: .constant(Double.ulpOfOne), variant: .torch)
  }
}

extension GradientDescent {
  public static func torch(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension Momentum {
  public static func torch(learningRate: Schedule = 1e-3, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum)
  }
}

extension Nesterov {
  public static func torch(learningRate: Schedule = 1e-3, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum)
  }
}

/// What Keras 3 has where the defaults here differ from it: ε is 1e-7 and joins uncorrected roots, or stands under them.
extension RMSProp {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, decay: 0.9, epsilon: 0, epsilonRoot: 1e-7)
  }
}

extension Adagrad {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 0, epsilonRoot: 1e-7, start: 0.1)
  }
}

extension Adadelta {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, decay: 0.95, epsilon: 1e-7)
  }
}

extension Adam {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonPlace: .uncorrected)
  }
}

extension AdamW {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, weightDecay: 4e-3, epsilonPlace: .uncorrected)
  }
}

extension AMSGrad {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonPlace: .uncorrected)
  }
}

extension Adamax {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonOutside: true)
  }
}

extension NAdam {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, momentumDecay: 1)
  }
}

extension Lion {
  public static func keras(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension FTRL {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, beta: 0, start: 0.1)
  }
}

extension Adafactor {
  public static func keras(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension LAMB {
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, weightDecay: 0)
  }
}

/// What Keras 3 has where the defaults here differ from it: ε is 1e-7 and joins uncorrected roots, or stands under them.
extension RMSProp {
  /// `keras.optimizers.RMSprop`: ρ = 0.9; ε = 10⁻⁷ under the root.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, decay: 0.9, epsilon: 0, epsilonRoot: 1e-7)
  }
}

extension Adagrad {
  /// `keras.optimizers.Adagrad`: sums start at 0.1; ε = 10⁻⁷ under the root.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 0, epsilonRoot: 1e-7, start: 0.1)
  }
}

extension Adadelta {
  /// `keras.optimizers.Adadelta`: ρ = 0.95; ε = 10⁻⁷. Its default rate is far below the paper's 1.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, decay: 0.95, epsilon: 1e-7)
  }
}

extension Adam {
  /// `keras.optimizers.Adam`: ε = 10⁻⁷, which joins the uncorrected root.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonPlace: .uncorrected)
  }
}

extension AdamW {
  /// `keras.optimizers.AdamW`: λ = 0.004; ε = 10⁻⁷, which joins the uncorrected root.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, weightDecay: 4e-3, epsilonPlace: .uncorrected)
  }
}

extension AMSGrad {
  /// `keras.optimizers.Adam(amsgrad=True)`: ε = 10⁻⁷, which joins the uncorrected root.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonPlace: .uncorrected)
  }
}

extension Adamax {
  /// `keras.optimizers.Adamax`: ε = 10⁻⁷, added to the maximum.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, epsilonOutside: true)
  }
}

extension NAdam {
  /// `keras.optimizers.Nadam`: ε = 10⁻⁷; the momentum warms up with ψ = 1, 250 times as fast as here.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, momentumDecay: 1)
  }
}

extension Lion {
  /// `keras.optimizers.Lion`: a rate of 10⁻³; β₁ and β₂ as here.
  public static func keras(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension FTRL {
  /// `keras.optimizers.Ftrl`: β = 0; sums start at 0.1.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, beta: 0, start: 0.1)
  }
}

extension Adafactor {
  /// `keras.optimizers.Adafactor`: a rate of 10⁻³; all else as here.
  public static func keras(learningRate: Schedule = 1e-3) -> Self { Self(learningRate: learningRate) }
}

extension LAMB {
  /// `keras.optimizers.Lamb`: no weight decay; ε = 10⁻⁷.
  public static func keras(learningRate: Schedule = 1e-3) -> Self {
    Self(learningRate: learningRate, epsilon: 1e-7, weightDecay: 0)
  }
}

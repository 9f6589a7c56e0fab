/// What optax has where the defaults here differ from it. It has no default learning rate.
extension RMSProp {
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, decay: 0.9, epsilon: 0, epsilonRoot: 1e-8)
  }
}

extension MomentumRMSProp {
  public static func optax(learningRate: Schedule, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum, decay: 0.9, epsilon: 0, epsilonRoot: 1e-8)
  }
}

extension Adagrad {
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilon: 0, epsilonRoot: 1e-7, start: 0.1)
  }
}

extension Adadelta {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, decay: 0.9) }
}

extension AdamW {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 1e-4) }
}

extension AMSGrad {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, correctsFirst: true) }
}

extension NAdam {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, warmsMomentum: false) }
}

extension RAdam {
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilonPlace: .corrected)
  }
}

extension Adan {
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilonRoot: 1e-8, form: .optax)
  }
}

extension Lion {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 1e-3) }
}

extension LARS {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 0) }
}

extension LAMB {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 0) }
}

extension NovoGrad {
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, beta1: 0.9, beta2: 0.25, epsilon: 1e-6)
  }
}

extension Adafactor {
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, variant: .optax) }
}

extension Prodigy {
  public static func optax(learningRate: Schedule = 1) -> Self {
    Self(learningRate: learningRate, correctsBias: true)
  }
}

extension DAdaptAdamW {
  public static func optax(learningRate: Schedule = 1) -> Self {
    Self(learningRate: learningRate, correctsBias: true)
  }
}

extension Muon {
  /// All matrices by Muon, and nothing of more than two axes; weights are `[inputs, outputs]`.
  public static func optax(learningRate: Schedule) -> Self {
    var muon = Self(learningRate: learningRate, others: [], scale: .columnsByRows)
    muon.reshapesKernels = false
    return muon
  }
}

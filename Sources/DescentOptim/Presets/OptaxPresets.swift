/// What optax has where the defaults here differ from it. It has no default learning rate.
extension RMSProp {
  /// `optax.rmsprop`: ρ = 0.9; ε = 10⁻⁸ under the root.
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, decay: 0.9, epsilon: 0, epsilonRoot: 1e-8)
  }
}

extension MomentumRMSProp {
  /// `optax.rmsprop(momentum=…)`: ρ = 0.9; ε = 10⁻⁸ under the root.
  public static func optax(learningRate: Schedule, momentum: Schedule) -> Self {
    Self(learningRate: learningRate, momentum: momentum, decay: 0.9, epsilon: 0, epsilonRoot: 1e-8)
  }
}

extension Adagrad {
  /// `optax.adagrad`: sums start at 0.1; ε = 10⁻⁷ under the root.
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilon: 0, epsilonRoot: 1e-7, start: 0.1)
  }
}

extension Adadelta {
  /// `optax.adadelta`: ρ = 0.9.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, decay: 0.9) }
}

extension AdamW {
  /// `optax.adamw`: λ = 10⁻⁴.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 1e-4) }
}

extension AMSGrad {
  /// `optax.amsgrad`: the maximum is of the corrected mean square.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, correctsFirst: true) }
}

extension NAdam {
  /// `optax.nadam`: the momentum does not warm up.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, warmsMomentum: false) }
}

extension RAdam {
  /// `optax.radam`: ε joins the corrected root.
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilonPlace: .corrected)
  }
}

extension Adan {
  /// `optax.adan`: optax's form (``Adan/Form``); ε = 10⁻⁸ under the root and beside it.
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, epsilonRoot: 1e-8, form: .optax)
  }
}

extension Lion {
  /// `optax.lion`: λ = 10⁻³.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 1e-3) }
}

extension LARS {
  /// `optax.lars`: no weight decay.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 0) }
}

extension LAMB {
  /// `optax.lamb`: no weight decay.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, weightDecay: 0) }
}

extension NovoGrad {
  /// `optax.novograd`: β₁ = 0.9, β₂ = 0.25; ε = 10⁻⁶.
  public static func optax(learningRate: Schedule) -> Self {
    Self(learningRate: learningRate, beta1: 0.9, beta2: 0.25, epsilon: 1e-6)
  }
}

extension Adafactor {
  /// `optax.adafactor`: ``AdafactorVariant/optax``.
  public static func optax(learningRate: Schedule) -> Self { Self(learningRate: learningRate, variant: .optax) }
}

extension Prodigy {
  /// `optax.contrib.prodigy`: with Adam's bias corrections.
  public static func optax(learningRate: Schedule = 1) -> Self {
    Self(learningRate: learningRate, correctsBias: true)
  }
}

extension DAdaptAdamW {
  /// `optax.contrib.dadapt_adamw`: with Adam's bias corrections.
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

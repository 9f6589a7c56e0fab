import DescentOptim
import DescentGraph

/// `optax`. Its `rprop` is none of ours: it applies each step one step late.
extension RecordedMethod {
  static let optax: [RecordedMethod] = [
    Self(source: "optax.sgd") { s in
      let (rate, momentum) = (try s("learning_rate"), try s.optional("momentum", absent: 0))
      try s.only("accumulator_dtype", .null)
      if try s.flag("nesterov", false) { return Nesterov(learningRate: rate, momentum: momentum) }
      return Momentum(learningRate: rate, momentum: momentum)
    },
    Self(source: "optax.adam") { s in
      let (beta1, beta2, rate) = (try s("b1", 0.9), try s("b2", 0.999), try s("learning_rate"))
      let (epsilon, root) = (try s("eps", 1e-8), try s("eps_root", 0))
      try s.only("mu_dtype", .null)
      if try s.flag("nesterov", false) {
        return NAdam(
          learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonRoot: root, warmsMomentum: false)
      }
      return Adam(learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonRoot: root)
    },
    Self(source: "optax.adamw") { s in
      try s.hasNoMask()
      try s.only("nesterov", .flag(false))
      return AdamW(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-8), epsilonRoot: try s("eps_root", 0), weightDecay: try s("weight_decay", 1e-4))
    },
    Self(source: "optax.amsgrad") { s in
      try s.only("mu_dtype", .null)
      try s.only("bias_correction_mu", .flag(true))
      try s.only("bias_correction_nu", .flag(true))
      return AMSGrad(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-8), epsilonRoot: try s("eps_root", 0), correctsFirst: true)
    },
    Self(source: "optax.adamax") { s in
      Adamax(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-8))
    },
    Self(source: "optax.adamaxw") { s in
      try s.hasNoMask()
      return Adamax(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-8), weightDecay: try s("weight_decay", 1e-4), decayKind: .decoupled)
    },
    Self(source: "optax.nadam") { try nadam($0, decay: 0) },
    Self(source: "optax.nadamw") { s in
      try s.hasNoMask()
      return try nadam(s, decay: s.number("weight_decay", 1e-4))
    },
    Self(source: "optax.radam") { s in
      try s.only("nesterov", .flag(false))
      return RAdam(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-8), epsilonRoot: try s("eps_root", 0), epsilonPlace: .corrected,
        threshold: try s.number("threshold", 5))
    },
    Self(source: "optax.adabelief") { s in
      try s.only("nesterov", .flag(false))
      return AdaBelief(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-16), epsilonRoot: try s("eps_root", 1e-16))
    },
    Self(source: "optax.yogi") { s in
      Yogi(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-3))
    },
    Self(source: "optax.adan") { s in
      try s.hasNoMask()
      return Adan(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.98), beta2: try s("b2", 0.92),
        beta3: try s("b3", 0.99), epsilon: try s("eps", 1e-8), epsilonRoot: try s("eps_root", 1e-8),
        weightDecay: try s("weight_decay", 0), form: .optax)
    },
    Self(source: "optax.adagrad") { s in
      Adagrad(
        learningRate: try s("learning_rate"), epsilon: 0, epsilonRoot: try s("eps", 1e-7),
        start: try s.number("initial_accumulator_value", 0.1))
    },
    Self(source: "optax.adadelta") { s in
      try s.only("weight_decay_mask", .null)
      return Adadelta(
        learningRate: try s.optional("learning_rate", absent: 1), decay: try s("rho", 0.9),
        epsilon: try s("eps", 1e-6), weightDecay: try s("weight_decay", 0))
    },
    Self(source: "optax.rmsprop") { s in
      let (rate, decay, epsilon) = (try s("learning_rate"), try s("decay", 0.9), try s("eps", 1e-8))
      let (inside, centered) = (try s.flag("eps_in_sqrt", true), try s.flag("centered", false))
      let momentum = try s.optional("momentum", absent: 0)
      try s.only("initial_scale", .number(0))
      try s.only("nesterov", .flag(false))
      try s.only("bias_correction", .flag(false))
      let (outer, inner): (Schedule, Schedule) = inside ? (0, epsilon) : (epsilon, 0)
      if momentum.value(at: 0) == 0 {
        return RMSProp(learningRate: rate, decay: decay, epsilon: outer, epsilonRoot: inner, centered: centered)
      }
      return MomentumRMSProp(
        learningRate: rate, momentum: momentum, decay: decay, epsilon: outer, epsilonRoot: inner, centered: centered)
    },
    Self(source: "optax.lion") { s in
      try s.hasNoMask()
      return Lion(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.99),
        weightDecay: try s("weight_decay", 1e-3))
    },
    Self(source: "optax.sign_sgd") { s in Signum(learningRate: try s("learning_rate"), momentum: 0) },
    Self(source: "optax.signum") { s in
      try s.only("accumulator_dtype", .null)
      return Signum(learningRate: try s("learning_rate"), momentum: try s("beta", 0.9))
    },
    Self(source: "optax.sm3") { s in
      SM3(learningRate: try s("learning_rate"), momentum: try s("momentum", 0.9))
    },
    Self(source: "optax.lars") { s in
      for mask in ["weight_decay_mask", "trust_ratio_mask"] { try s.only(mask, .flag(true)) }
      try s.only("nesterov", .flag(false))
      return LARS(
        learningRate: try s("learning_rate"), momentum: try s("momentum", 0.9), weightDecay: try s("weight_decay", 0),
        trust: try s("trust_coefficient", 1e-3), epsilon: try s("eps", 0))
    },
    Self(source: "optax.lamb") { s in
      try s.hasNoMask()
      return LAMB(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        epsilon: try s("eps", 1e-6), epsilonRoot: try s("eps_root", 0), weightDecay: try s("weight_decay", 0))
    },
    Self(source: "optax.novograd") { s in
      NovoGrad(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.25),
        epsilon: try s("eps", 1e-6), epsilonRoot: try s("eps_root", 0), weightDecay: try s("weight_decay", 0))
    },
    Self(source: "optax.fromage") { s in
      Fromage(learningRate: try s("learning_rate"), minimumNorm: try s("min_norm", 1e-6))
    },
    Self(source: "optax.adafactor") { s in
      var variant = AdafactorVariant.optax
      variant.scalesByParameter = try s.flag("multiply_by_parameter_scale", true)
      let shortest = Int(try s.number("min_dim_size_to_factor", 128))
      variant.shortestFactored = try s.flag("factored", true) ? shortest : .max
      try s.only("decay_offset", .number(0))
      try s.only("momentum", .null)
      try s.only("weight_decay_mask", .null)
      s.ignore("dtype_momentum")
      return Adafactor(
        learningRate: try s.optional("learning_rate", absent: 1),
        clip: try s.optional("clipping_threshold", absent: s.raw("clipping_threshold") == nil ? 1 : .infinity),
        decayPower: try s("decay_rate", 0.8), epsilon1: try s("eps", 1e-30),
        weightDecay: try s.optional("weight_decay_rate", absent: 0), variant: variant)
    },
  ]

  private static func nadam(_ s: RecordedSettings, decay: Double) throws -> any OptimizationMethod {
    try s.only("mu_dtype", .null)
    try s.only("nesterov", .flag(true))
    return NAdam(
      learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
      epsilon: try s("eps", 1e-8), epsilonRoot: try s("eps_root", 0), weightDecay: .constant(decay),
      decayKind: .decoupled, warmsMomentum: false)
  }
}

extension RecordedSettings {
  func hasNoMask() throws {
    try only("mask", .null)
    try only("mu_dtype", .null)
  }
}

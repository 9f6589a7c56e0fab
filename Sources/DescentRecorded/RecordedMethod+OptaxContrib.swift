import DescentOptim
import DescentGraph

/// `optax.contrib`.
extension RecordedMethod {
  static let optaxContrib: [RecordedMethod] = [
    Self(source: "optax.contrib.ademamix") { s in
      try s.hasNoMask()
      return AdEMAMix(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.999),
        beta3: try s("b3", 0.9999), alpha: try s("alpha", 5), epsilon: try s("eps", 1e-8),
        epsilonRoot: try s("eps_root", 0), weightDecay: try s("weight_decay", 0))
    },
    Self(source: "optax.contrib.adopt") { s in
      try s.only("mu_dtype", .null)
      try s.only("nesterov", .flag(false))
      return ADOPT(
        learningRate: try s("learning_rate"), beta1: try s("b1", 0.9), beta2: try s("b2", 0.9999),
        epsilon: try s("eps", 1e-6), clips: try s.flag("use_clipping", true))
    },
    Self(source: "optax.contrib.madgrad") { s in
      MADGRAD(
        learningRate: try s("learning_rate"), momentum: try s("momentum", 0.9), epsilon: try s("eps", 1e-6),
        weightDecay: try s("weight_decay", 0), weightType: .float32)
    },
    Self(source: "optax.contrib.prodigy") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      try s.only("beta3", .null)
      try s.only("safeguard_warmup", .flag(false))
      return Prodigy(
        learningRate: try s("learning_rate", 1), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        growth: try s("estim_lr_coef", 1), weightDecay: try s("weight_decay", 0), correctsBias: true,
        start: try s.number("estim_lr0", 1e-6))
    },
    Self(source: "optax.contrib.dadapt_adamw") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      return DAdaptAdamW(
        learningRate: try s("learning_rate", 1), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        weightDecay: try s("weight_decay", 0), correctsBias: true, start: try s.number("estim_lr0", 1e-6))
    },
    Self(source: "optax.contrib.dog") { s in
      try s.only("mask", .null)
      var (kind, reach) = ("heuristic", 1e-6)
      if let given = s.raw("init_step") {
        guard case .list(let items) = given, case .text(let name)? = items.first, case .number(let value)? = items.last,
          ["heuristic", "distance"].contains(name)
        else {
          throw RecordedError.unsupportedSetting(
            source: s.source, name: "init_step", value: "\(given)", supported: "heuristic and distance with a number")
        }
        (kind, reach) = (name, value)
      }
      return DoG(
        learningRate: try s("learning_rate", 1), epsilon: try s("eps", 1e-8),
        weightDecay: try s.optional("weight_decay", absent: 0), reach: reach, reachIsDistance: kind == "distance")
    },
    Self(source: "optax.contrib.schedule_free_sgd (train point)", make: scheduleFreeSGD),
    Self(source: "optax.contrib.schedule_free_sgd (eval point)", atEvaluationPoint: true, make: scheduleFreeSGD),
    Self(source: "optax.contrib.schedule_free_adamw (train point)", make: scheduleFreeAdamW),
    Self(source: "optax.contrib.schedule_free_adamw (eval point)", atEvaluationPoint: true, make: scheduleFreeAdamW),
  ]

  @Sendable private static func scheduleFreeSGD(_ s: RecordedSettings) throws -> any OptimizationMethod {
    try s.hasNoWarmUp()
    return ScheduleFreeSGD(
      learningRate: try s("learning_rate", 1), beta: try s("b1", 0.9),
      weightDecay: try s.optional("weight_decay", absent: 0))
  }

  @Sendable private static func scheduleFreeAdamW(_ s: RecordedSettings) throws -> any OptimizationMethod {
    try s.hasNoWarmUp()
    return ScheduleFreeAdamW(
      learningRate: try s("learning_rate", 2.5e-3), beta: try s("b1", 0.9), beta2: try s("b2", 0.999),
      epsilon: try s("eps", 1e-8), weightDecay: try s("weight_decay", 0))
  }
}

extension RecordedSettings {
  fileprivate func hasNoWarmUp() throws {
    try only("warmup_steps", .null)
    try only("weight_lr_power", .number(2))
    try only("state_dtype", .null)
  }
}

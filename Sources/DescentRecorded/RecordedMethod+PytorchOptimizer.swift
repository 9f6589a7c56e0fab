import DescentOptim
import DescentGraph

/// The package `pytorch_optimizer`.
extension RecordedMethod {
  static let pytorchOptimizer: [RecordedMethod] = [
    Self(source: "pytorch_optimizer.Lion", make: lion),
    Self(source: "pytorch_optimizer.SignSGD") { s in
      Signum(
        learningRate: try s("lr", 1e-3), momentum: try s("momentum", 0.9), weightDecay: try s("weight_decay", 0),
        decayKind: try s.kind(decoupled: true))
    },
    Self(source: "pytorch_optimizer.CAME") { s in
      let betas = try s.numbers("betas", [0.9, 0.999, 0.9999])
      try s.only("ams_bound", .flag(false))
      return CAME(
        learningRate: try s("lr", 2e-4), beta1: betas[0], beta2: betas[1], beta3: betas[2],
        clip: try s("clip_threshold", 1), epsilon1: try s("eps1", 1e-30), epsilon2: try s("eps2", 1e-16),
        weightDecay: try s("weight_decay", 0), decayKind: try s.kind(decoupled: true))
    },
    Self(source: "pytorch_optimizer.StableAdamW") { s in
      let betas = try s.numbers("betas", [0.9, 0.99])
      // Compensated sums are for parameters of 16 bits; others have none.
      s.ignore("kahan_sum")
      return StableAdamW(
        learningRate: try s("lr", 1e-3), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        weightDecay: try s("weight_decay", 0.01), decayKind: try s.kind(decoupled: true))
    },
    Self(source: "pytorch_optimizer.MARS") { s in
      let betas = try s.numbers("betas", [0.95, 0.99])
      if !(try s.flag("optimize_1d", false)), s.shapes.values.contains(where: { $0.rank < 2 }) {
        throw RecordedError.unsupportedSetting(
          source: s.source, name: "optimize_1d", value: "false", supported: "true where there are vectors")
      }
      try s.only("mars_type", .text("adamw"))
      try s.only("ams_bound", .flag(false))
      try s.only("cautious", .flag(false))
      s.ignore("lr_1d", "betas_1d", "weight_decay_1d")
      return MARS(
        learningRate: try s("lr", 3e-3), beta1: betas[0], beta2: betas[1], gamma: try s("gamma", 0.025),
        epsilon: try s("eps", 1e-8), weightDecay: try s("weight_decay", 0), decayKind: try s.kind(decoupled: true))
    },
    Self(source: "pytorch_optimizer.QHM") { s in
      QHM(
        learningRate: try s("lr", 1e-3), momentum: try s("momentum", 0), share: try s("nu", 1),
        weightDecay: try s("weight_decay", 0), decayKind: try s.kind(decoupled: false))
    },
    Self(source: "pytorch_optimizer.QHAdam") { s in
      let (betas, shares) = (try s.numbers("betas", [0.9, 0.999]), try s.numbers("nus", [1, 1]))
      return QHAdam(
        learningRate: try s("lr", 1e-3), beta1: betas[0], beta2: betas[1], share1: shares[0], share2: shares[1],
        epsilon: try s("eps", 1e-8), weightDecay: try s("weight_decay", 0), decayKind: try s.kind(decoupled: false),
        weightType: .float32)
    },
    Self(source: "pytorch_optimizer.LaProp") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      try s.only("centered", .flag(false))
      try s.only("ams_bound", .flag(false))
      try s.only("weight_decouple", .flag(true))
      try s.only("fixed_decay", .flag(false))
      _ = try s.kind(decoupled: true)
      s.ignore("steps_before_using_centered")
      return LaProp(
        learningRate: try s("lr", 4e-4), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-15),
        weightDecay: try s("weight_decay", 0), correctionType: s.raw("foreach") == .flag(false) ? .float64 : .float32)
    },
    Self(source: "pytorch_optimizer.SGDSaI") { s in
      SGDSaI(
        learningRate: try s("lr", 1e-2), momentum: try s("momentum", 0.9), weightDecay: try s("weight_decay", 0.01),
        decayKind: try s.kind(decoupled: true), epsilon: try s.number("eps", 1e-8))
    },
    Self(source: "pytorch_optimizer.FTRL") { s in
      _ = try s.kind(decoupled: true)
      try s.only("lr_power", .number(-0.5))
      return FTRL(
        learningRate: try s("lr", 1e-3), beta: try s("beta", 0), lasso: try s("lambda_1", 0),
        ridge: try s("lambda_2", 0))
    },
  ]

  @Sendable static func lion(_ s: RecordedSettings) throws -> any OptimizationMethod {
    let betas = try s.numbers("betas", [0.9, 0.99])
    return Lion(
      learningRate: try s("lr", 1e-4), beta1: betas[0], beta2: betas[1], weightDecay: try s("weight_decay", 0),
      decayKind: try s.kind(decoupled: true))
  }
}

extension RecordedSettings {
  /// The kind of decay, and what every optimizer of the package takes.
  fileprivate func kind(decoupled: Bool) throws -> WeightDecayKind {
    try only("maximize", .flag(false))
    ignore("foreach")
    let (isDecoupled, isFixed) = (try flag("weight_decouple", decoupled), try flag("fixed_decay", false))
    return isDecoupled ? (isFixed ? .fixed : .decoupled) : .coupled
  }
}

import DescentOptim
import DescentGraph

/// `torch.optim`.
extension RecordedMethod {
  static let torch: [RecordedMethod] = [
    Self(source: "torch.optim.SGD") { s in
      let (rate, decay) = (try s("lr", 1e-3), try s("weight_decay", 0))
      let (momentum, dampening) = (try s.number("momentum", 0), try s.number("dampening", 0))
      let looksAhead = try s.flag("nesterov", false)
      try s.isTorch()
      let mu = Schedule.constant(momentum)
      if momentum == 0 { return SGD(learningRate: rate, weightDecay: decay) }
      if looksAhead {
        try s.only("dampening", .number(0))
        return Nesterov(learningRate: rate, momentum: mu, weightDecay: decay)
      }
      if dampening == 0 { return Momentum(learningRate: rate, momentum: mu, weightDecay: decay) }
      return DampenedMomentum(
        learningRate: rate, momentum: mu, dampening: .constant(dampening), weightDecay: decay)
    },
    Self(source: "torch.optim.Adam") { try adam($0, decay: 0, kind: .coupled) },
    Self(source: "torch.optim.AdamW") { try adam($0, decay: 0.01, kind: .decoupled) },
    Self(source: "torch.optim.Adamax") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      try s.isTorch()
      return Adamax(
        learningRate: try s("lr", 2e-3), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        weightDecay: try s("weight_decay", 0))
    },
    Self(source: "torch.optim.NAdam") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      try s.isTorch()
      return NAdam(
        learningRate: try s("lr", 2e-3), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        momentumDecay: try s("momentum_decay", 4e-3), weightDecay: try s("weight_decay", 0),
        decayKind: try s.flag("decoupled_weight_decay", false) ? .decoupled : .coupled)
    },
    Self(source: "torch.optim.RAdam") { s in
      let betas = try s.numbers("betas", [0.9, 0.999])
      try s.isTorch()
      return RAdam(
        learningRate: try s("lr", 1e-3), beta1: betas[0], beta2: betas[1], epsilon: try s("eps", 1e-8),
        weightDecay: try s("weight_decay", 0),
        decayKind: try s.flag("decoupled_weight_decay", false) ? .decoupled : .coupled)
    },
    Self(source: "torch.optim.Adagrad") { s in
      try s.isTorch()
      return Adagrad(
        learningRate: try s("lr", 1e-2), epsilon: try s("eps", 1e-10), rateDecay: try s("lr_decay", 0),
        weightDecay: try s("weight_decay", 0), start: try s.number("initial_accumulator_value", 0))
    },
    Self(source: "torch.optim.Adadelta") { s in
      try s.isTorch()
      return Adadelta(
        learningRate: try s("lr", 1), decay: try s("rho", 0.9), epsilon: try s("eps", 1e-6),
        weightDecay: try s("weight_decay", 0))
    },
    Self(source: "torch.optim.RMSprop") { s in
      try s.isTorch()
      let (rate, decay, epsilon) = (try s("lr", 1e-2), try s("alpha", 0.99), try s("eps", 1e-8))
      let (momentum, centered) = (try s.number("momentum", 0), try s.flag("centered", false))
      let weightDecay = try s("weight_decay", 0)
      if momentum == 0 {
        return RMSProp(
          learningRate: rate, decay: decay, epsilon: epsilon, weightDecay: weightDecay, centered: centered)
      }
      return MomentumRMSProp(
        learningRate: rate, momentum: .constant(momentum), decay: decay, epsilon: epsilon, weightDecay: weightDecay,
        centered: centered)
    },
    Self(source: "torch.optim.Rprop") { s in
      let etas = try s.numbers("etas", [0.5, 1.2])
      let sizes = try s.numbers("step_sizes", [1e-6, 50]).map { $0.value(at: 0) }
      try s.isTorch()
      return RProp(
        learningRate: try s("lr", 1e-2), increase: etas[1], decrease: etas[0],
        sizes: min(sizes[0], sizes[1])...max(sizes[0], sizes[1]))
    },
    Self(source: "torch.optim.ASGD") { s in
      try s.isTorch()
      return ASGD(
        learningRate: try s("lr", 1e-2), lambda: try s("lambd", 1e-4), power: try s("alpha", 0.75),
        weightDecay: try s("weight_decay", 0), start: try s.number("t0", 1e6))
    },
    Self(source: "torch.optim.Adafactor") { s in
      try s.isTorch()
      var (epsilon1, epsilon2) = (Double.ulpOfOne, 1e-3)
      if case .list(let items) = s.raw("eps") {
        if case .number(let first) = items.first { epsilon1 = first }
        if case .number(let second) = items.last { epsilon2 = second }
      }
      return Adafactor(
        learningRate: try s("lr", 1e-2), clip: try s("d", 1),
        decayPower: .constant(-(try s.number("beta2_decay", -0.8))), epsilon1: .constant(epsilon1),
        epsilon2: .constant(epsilon2), weightDecay: try s("weight_decay", 0), variant: .torch)
    },
    // Not in PyTorch; files have had pytorch_optimizer's under this name.
    Self(source: "torch.optim.Lion", make: lion),
  ]

  private static func adam(_ s: RecordedSettings, decay: Double, kind: WeightDecayKind) throws -> any OptimizationMethod
  {
    let betas = try s.numbers("betas", [0.9, 0.999])
    let (rate, epsilon, decay) = (try s("lr", 1e-3), try s("eps", 1e-8), try s("weight_decay", decay))
    let isDecoupled = try kind == .decoupled || s.flag("decoupled_weight_decay", false)
    try s.isTorch()
    if try s.flag("amsgrad", false) {
      return AMSGrad(
        learningRate: rate, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: decay,
        decayKind: isDecoupled ? .decoupled : .coupled)
    }
    if isDecoupled {
      return AdamW(learningRate: rate, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: decay)
    }
    return Adam(learningRate: rate, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: decay)
  }
}

extension RecordedSettings {
  /// What every optimizer of PyTorch takes and what changes nothing.
  fileprivate func isTorch() throws {
    try only("maximize", .flag(false))
    ignore("foreach", "fused", "capturable", "differentiable")
  }
}

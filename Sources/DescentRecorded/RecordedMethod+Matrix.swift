import DescentOptim
import DescentGraph

/// Matrix-valued methods of the libraries.
extension RecordedMethod {
  static let matrix: [RecordedMethod] = [
    Self(source: "optax.contrib.muon") { s in
      for (name, initial) in muonOptions { try s.only(name, initial) }
      let rate = try s.number("learning_rate", 0)
      var muon = Muon.optax(learningRate: try s("learning_rate"))
      muon.momentum = try s("beta", 0.95)
      muon.weightDecay = try s("weight_decay", 0)
      muon.iterations = Int(try s.number("ns_steps", 5))
      muon.epsilon = try s("eps", 1e-8)
      (muon.beta1, muon.beta2) = (try s("adam_b1", 0.9), try s("adam_b2", 0.999))
      let adamRate = try s.optional("adam_learning_rate", absent: rate).value(at: 0)
      muon.adamRatio = .constant(rate == 0 ? 1 : adamRate / rate)
      if s.raw("consistent_rms") == .number(0.2) {
        muon.scale = .likeAdamW
      } else {
        try s.only("consistent_rms", .null)
      }
      return muon
    },
    Self(source: "pytorch_optimizer.Shampoo") { s in
      for (name, initial) in shampooOptions { try s.only(name, initial) }
      s.ignore("foreach")
      return Shampoo(
        learningRate: try s("lr", 1e-3), epsilon: try s("matrix_eps", 1e-6), weightDecay: try s("weight_decay", 0))
    },
    Self(source: "pytorch_optimizer.SOAP") { s in
      for (name, initial) in soapOptions { try s.only(name, initial) }
      s.ignore("foreach")
      let betas = try s.numbers("betas", [0.95, 0.95])
      return SOAP(
        learningRate: try s("lr", 3e-3), beta1: betas[0], beta2: betas[1],
        shampooBeta: try s.optional("shampoo_beta", absent: betas[1].value(at: 0)), epsilon: try s("eps", 1e-8),
        weightDecay: try s("weight_decay", 0.01), period: Int(try s.number("precondition_frequency", 10)),
        longestAxis: Int(try s.number("max_precondition_dim", 10000)))
    },
  ]

  /// What the methods here cannot do otherwise.
  private static let muonOptions: [(String, RecordedValue)] = [
    ("ns_coeffs", .list([.number(3.4445), .number(-4.7750), .number(2.0315)])), ("weight_decay_mask", .null),
    ("mu_dtype", .null), ("nesterov", .flag(true)), ("adaptive", .flag(false)),
    ("preconditioning", .text("frobenius")), ("adam_eps_root", .number(0)), ("adam_weight_decay", .number(0)),
    ("muon_weight_dimension_numbers", .null),
  ]
  /// The library's roots are zeros until step `preconditioning_compute_steps`, so that nothing moves before.
  private static let shampooOptions: [(String, RecordedValue)] = [
    ("preconditioning_compute_steps", .number(1)), ("momentum", .number(0)), ("weight_decouple", .flag(false)),
    ("fixed_decay", .flag(false)), ("maximize", .flag(false)),
  ]
  private static let soapOptions: [(String, RecordedValue)] = [
    ("merge_dims", .flag(false)), ("precondition_1d", .flag(false)), ("correct_bias", .flag(true)),
    ("normalize_gradient", .flag(false)), ("data_format", .text("channels_first")), ("maximize", .flag(false)),
  ]
}

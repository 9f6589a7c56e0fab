/// Signs, steps of bounded length, and steps scaled by norms.
extension MethodTable {
  static let normalized: [MethodEntry] = [
    MethodEntry(
      "lion", "Lion", "signs", learningRate: 3e-4, digitsRate: 0.0002,
      "the sign of an average between momentum and gradient",
      formula: "θ ← θ − η·(sign(β₁m + (1−β₁)g) + λθ);  m ← β₂m + (1−β₂)g", paper: "Chen et al. 2023, arXiv 2302.06675",
      use: "transformers with large batches; a third to a tenth of AdamW's rate, more decay",
      conventions: ["weight decay decoupled", "no bias correction"]
    ) { Lion(learningRate: $0) },
    MethodEntry(
      "signum", "Signum", "signs", learningRate: 3e-4, digitsRate: 0.0005, "the sign of the averaged gradient",
      formula: "m ← βm + (1−β)g;  θ ← θ − η·(sign(m) + λθ)", paper: "Bernstein et al. 2018, arXiv 1802.04434",
      use: "very noisy or compressed gradients", conventions: ["weight decay decoupled", "averaging momentum"]
    ) { Signum(learningRate: $0) },
    MethodEntry(
      "normalized", "Normalized GD", "bounded steps", learningRate: 0.05, digitsRate: 0.1, coupling: .whole,
      "every step has the same length: g divided by the norm of the whole gradient", formula: "θ ← θ − α·η·g/(‖g‖ + ε)",
      paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030",
      use: "plateaus and cliffs: gradients that vanish or explode", conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0) },
    MethodEntry(
      "normalized-tensor", "Normalized GD (tensors)", "bounded steps", learningRate: 0.02, digitsRate: 0.1,
      coupling: .tensors, "g divided by the norm of each tensor", formula: "θ ← θ − α·η·g/(‖g‖ + ε), for each tensor",
      paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030, in parts",
      use: "deep networks whose layers have gradients of very different size",
      conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0, scope: .tensor) },
    MethodEntry(
      "normalized-row", "Normalized GD (rows)", "bounded steps", learningRate: 0.005, digitsRate: 0.01,
      coupling: .shape, "g divided by the norm of each row",
      formula: "θ ← θ − α·η·g/(‖g‖ + ε), for each slice of the first axis",
      paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030, in parts",
      use: "as by tensors, where units should learn at one speed", conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0, scope: .row) },
    MethodEntry(
      "normalized-element", "Normalized GD (elements)", "bounded steps", learningRate: 0.001, digitsRate: 0.001,
      "each element moves by the sign of its gradient", formula: "θ ← θ − α·η·g/(|g| + ε), for each element",
      paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030, in parts",
      use: "very noisy gradients; the basis of Signum and Lion", conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0, scope: .element) },
    MethodEntry(
      "sgd-sai", "SGD-SaI", "norms", learningRate: 0.01, digitsRate: 0.05, coupling: .shape,
      "momentum with a rate for each tensor, set once by the noise of its first gradient",
      formula: "m ← μm + (1−μ)g;  θ ← θ − ηλθ − η·r·m, r = ‖g₁‖/(σ(g₁) + ε)", paper: "Xu et al. 2024, arXiv 2412.11768",
      use: "transformers at half of AdamW's memory",
      conventions: ["averaging momentum", "weight decay decoupled", "vectors: r = ‖g₁‖"]
    ) { SGDSaI(learningRate: $0) },
    MethodEntry(
      "lars", "LARS", "norms", learningRate: 0.5, coupling: .tensors,
      "momentum with each tensor's gradient scaled to the tensor's length",
      formula: "u = g + λθ;  v ← μv + η·κ‖θ‖/‖u‖·u;  θ ← θ − v", paper: "You, Gitman & Ginsburg 2017, arXiv 1708.03888",
      use: "convolutional networks with very large batches",
      conventions: [
        "the rate is within the momentum", "decay coupled, and part of the norm", "scale 1 where a norm is zero",
      ]
    ) { LARS(learningRate: $0) },
    MethodEntry(
      "lamb", "LAMB", "norms", learningRate: 0.001, digitsRate: 0.002, coupling: .tensors,
      "AdamW's step scaled to each tensor's length", formula: "u = m̂/(√v̂ + ε) + λθ;  θ ← θ − η·‖θ‖/‖u‖·u",
      paper: "You et al. 2019, arXiv 1904.00962", use: "transformers with very large batches",
      conventions: ["ε outside the root", "decay part of the norm", "scale 1 where a norm is zero"]
    ) { LAMB(learningRate: $0) },
    MethodEntry(
      "novograd", "NovoGrad", "norms", learningRate: 0.01, digitsRate: 0.005, coupling: .tensors,
      "momentum over gradients divided by their tensor's running norm",
      formula: "v ← β₂v + (1−β₂)‖g‖²;  m ← β₁m + g/(√v + ε) + λθ;  θ ← θ − η·m",
      paper: "Ginsburg et al. 2019, arXiv 1905.11286", use: "speech models; robust to the rate, little memory",
      conventions: ["decay through the momentum", "accumulating momentum", "v = ‖g‖² in the first step"]
    ) { NovoGrad(learningRate: $0) },
    MethodEntry(
      "fromage", "Fromage", "norms", learningRate: 0.01, digitsRate: 0.005, coupling: .tensors,
      "each tensor moves by a fixed share of its own length", formula: "θ ← (θ − η·‖θ‖/‖g‖·g)/√(1 + η²)",
      paper: "Bernstein et al. 2020, arXiv 2002.03432",
      use: "deep networks without tuning: η = 0.01 is the share moved", conventions: ["norms count as at least 1e-6"]
    ) { Fromage(learningRate: $0) },
  ]
}

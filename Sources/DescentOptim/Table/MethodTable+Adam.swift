/// Adam and its relatives.
extension MethodTable {
  static let adam: [MethodEntry] = [
    MethodEntry(
      "adam", "Adam", "Adam", learningRate: 0.001, digitsRate: 0.005,
      "momentum and RMSProp together, both corrected for their start",
      formula: "m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  θ ← θ − η·m̂/(√v̂ + ε)",
      paper: "Kingma & Ba 2014, arXiv 1412.6980", use: "a first try on almost anything",
      conventions: [
        "ε joins √v̂ (.keras: the uncorrected root)", "weight decay coupled", "bias correction of both averages",
      ]
    ) { Adam(learningRate: $0) },
    MethodEntry(
      "adamw", "AdamW", "Adam", learningRate: 0.001, digitsRate: 0.02,
      "Adam with weight decay applied to the weights themselves",
      formula: "θ ← θ − η·λθ − η·m̂/(√v̂ + ε), averages as in Adam",
      paper: "Loshchilov & Hutter 2017, arXiv 1711.05101", use: "transformers, and Adam wherever weights should decay",
      conventions: [
        "ε joins √v̂ (.keras: the uncorrected root)", "weight decay decoupled", "bias correction of both averages",
      ]
    ) { AdamW(learningRate: $0) },
    MethodEntry(
      "amsgrad", "AMSGrad", "Adam", learningRate: 2e-3, digitsRate: 0.005, "Adam whose mean square never falls",
      formula: "v̄ ← max(v̄, v);  θ ← θ − η·m̂/(√(v̄/(1−β₂ᵗ)) + ε), averages as in Adam",
      paper: "Reddi, Kale & Kumar 2018, arXiv 1904.09237", use: "where Adam does not converge for rare large gradients",
      conventions: ["the maximum is of the uncorrected v (.optax: of v̂)", "weight decay coupled"]
    ) { AMSGrad(learningRate: $0) },
    MethodEntry(
      "adamax", "Adamax", "Adam", learningRate: 0.002, digitsRate: 0.1,
      "Adam with the greatest recent gradient in place of the root mean square",
      formula: "u ← max(β₂u, |g| + ε);  θ ← θ − η·m̂/u", paper: "Kingma & Ba 2014, arXiv 1412.6980, section 7.1",
      use: "sparse gradients, embeddings",
      conventions: ["ε within the maximum (.keras: added to u)", "weight decay coupled", "bias correction of m"]
    ) { Adamax(learningRate: $0) },
    MethodEntry(
      "nadam", "NAdam", "Adam", learningRate: 0.002, digitsRate: 0.005, "Adam with Nesterov's momentum",
      formula: "θ ← θ − η·(μ′m/(1−Πμμ′) + (1−μ)g/(1−Πμ))/(√v̂ + ε), μₜ = β₁(1 − ½·0.96^(tψ))",
      paper: "Dozat 2016, Incorporating Nesterov momentum into Adam", use: "as Adam, often a little faster",
      conventions: ["momentum warms up (.optax: it does not)", "ε joins √v̂", "weight decay coupled"]
    ) { NAdam(learningRate: $0) },
    MethodEntry(
      "nadamw", "NAdamW", "Adam", learningRate: 0.002, digitsRate: 0.02,
      "NAdam with weight decay applied to the weights themselves", formula: "NAdam's step, and θ ← θ − η·λθ",
      paper: "Dozat 2016; decay after Loshchilov & Hutter 2017, arXiv 1711.05101",
      use: "as AdamW; the AlgoPerf benchmark's strong baseline",
      conventions: ["momentum warms up", "ε joins √v̂", "weight decay decoupled"]
    ) { NAdam(learningRate: $0, weightDecay: 0.01, decayKind: .decoupled) },
    MethodEntry(
      "radam", "RAdam", "Adam", learningRate: 2e-3, digitsRate: 0.005,
      "Adam that warms itself up, until its mean square can be trusted",
      formula: "θ ← θ − η·r·m̂/√v̂, r = √((ρₜ−4)(ρₜ−2)ρ∞/((ρ∞−4)(ρ∞−2)ρₜ)), where ρₜ > 5, else θ − η·m̂",
      paper: "Liu et al. 2019, arXiv 1908.03265", use: "Adam without a warm-up of the rate",
      conventions: [
        "ε joins the uncorrected root (.optax: √v̂)", "weight decay coupled", "bias correction of both averages",
      ]
    ) { RAdam(learningRate: $0) },
    MethodEntry(
      "adabelief", "AdaBelief", "Adam", learningRate: 0.001, digitsRate: 0.002,
      "Adam that divides by how far gradients are from their average",
      formula: "v ← β₂v + (1−β₂)(g−m)² + ε;  θ ← θ − η·m̂/(√v̂ + ε)", paper: "Zhuang et al. 2020, arXiv 2010.07468",
      use: "as Adam, larger steps where gradients are steady",
      conventions: ["ε outside the root and within the average", "bias correction of both averages"]
    ) { AdaBelief(learningRate: $0) },
    MethodEntry(
      "yogi", "Yogi", "Adam", learningRate: 0.01, "Adam whose mean square changes by a bounded amount",
      formula: "v ← v − (1−β₂)·sign(v − g²)·g²;  θ ← θ − η·m̂/(√v̂ + ε)",
      paper: "Zaheer et al. 2018, Adaptive methods for nonconvex optimization",
      use: "gradients that are small for long and then large",
      conventions: ["ε = 1e-3 outside the root", "bias correction of both averages"]
    ) { Yogi(learningRate: $0) },
    MethodEntry(
      "adopt", "ADOPT", "Adam", learningRate: 0.001, digitsRate: 0.002,
      "Adam that divides by the mean square of the steps before",
      formula: "m ← β₁m + (1−β₁)·clip(g/max(√v, ε), ±(t−1)^¼);  θ ← θ − η·m;  v ← β₂v + (1−β₂)g²",
      paper: "Taniguchi et al. 2024, arXiv 2411.02853", use: "as Adam; converges for every β₂",
      conventions: ["ε bounds the root from below", "no bias correction: the first step only sets v"]
    ) { ADOPT(learningRate: $0) },
    MethodEntry(
      "ademamix", "AdEMAMix", "Adam", learningRate: 0.001,
      "Adam with a second, slow average of the gradient",
      formula: "θ ← θ − η·((m̂₁ + αm₂)/(√v̂ + ε) + λθ), m₂ ← β₃m₂ + (1−β₃)g",
      paper: "Pagliardini, Ablin & Grangier 2024, arXiv 2409.03137", use: "long training of transformers",
      conventions: ["ε outside the root", "weight decay decoupled", "the slow average is not corrected"]
    ) { AdEMAMix(learningRate: $0) },
    MethodEntry(
      "adan", "Adan", "Adam", learningRate: 0.001, digitsRate: 0.005,
      "Adam with Nesterov's momentum estimated from changes of the gradient",
      formula: "n ← β₃n + (1−β₃)(g + β₂Δ)²;  θ ← (θ − η·(m̂ + β₂d̂)/(√n̂ + ε))/(1 + ηλ), m, d averages of g and of "
        + "its change Δ", paper: "Xie et al. 2022, arXiv 2208.06677", use: "vision transformers, large batches",
      conventions: ["decay divides (.optax: decoupled)", "ε outside the root", "bias correction of all averages"]
    ) { Adan(learningRate: $0) },
    MethodEntry(
      "laprop", "LaProp", "Adam", learningRate: 2e-3,
      "momentum over gradients that are already scaled",
      formula: "v ← β₂v + (1−β₂)g²;  m ← β₁m + (1−β₁)·η·g/√v̂;  θ ← θ − m̂",
      paper: "Ziyin, Wang & Ueda 2020, arXiv 2002.04839", use: "as Adam, steadier with noise and with low β₂",
      conventions: ["ε = 1e-15, outside and inside the uncorrected root", "weight decay decoupled"]
    ) { LaProp(learningRate: $0) },
    MethodEntry(
      "qhadam", "QHAdam", "Adam", learningRate: 0.001, digitsRate: 0.002, "Adam between plain and averaged gradients",
      formula: "θ ← θ − η·((1−ν₁)g + ν₁m̂)/(√((1−ν₂)g² + ν₂v̂) + ε)", paper: "Ma & Yarats 2018, arXiv 1810.06801",
      use: "as Adam with a longer memory",
      conventions: ["ε outside the root", "weight decay coupled by default", "bias correction of both averages"]
    ) { QHAdam(learningRate: $0) },
    MethodEntry(
      "mars", "MARS", "Adam", learningRate: 0.003, digitsRate: 0.002, coupling: .tensors,
      "AdamW on gradients corrected by how they changed",
      formula: "c = g + γβ₁/(1−β₁)(g − g₋), ‖c‖ ≤ 1;  AdamW's step with c", paper: "Yuan et al. 2024, arXiv 2411.10438",
      use: "large language models",
      conventions: ["c clipped by tensor", "ε outside the uncorrected root", "weight decay decoupled"]
    ) { MARS(learningRate: $0) },
    MethodEntry(
      "stable-adamw", "StableAdamW", "Adam", learningRate: 0.001, digitsRate: 0.002, coupling: .tensors,
      "AdamW that shortens a step which its mean square did not expect",
      formula: "η ← η/max(1, √mean(g²/max(v, ε²)));  AdamW's step", paper: "Wortsman et al. 2023, arXiv 2304.13013",
      use: "training with spikes in the loss, in low precision",
      conventions: ["averages' decays βₜ = β(1−βᵗ⁻¹)/(1−βᵗ)", "ε outside the root", "decay scaled with the rate"]
    ) { StableAdamW(learningRate: $0) },
    MethodEntry(
      "adam-mini", "Adam-mini", "Adam", learningRate: 2e-3, digitsRate: 0.02, coupling: .shape,
      "AdamW with one mean square per row",
      formula: "v ← β₂v + (1−β₂)·mean(g²) for each row;  θ ← θ − ηλθ − η·m̂/(√v̂ + ε)",
      paper: "Zhang et al. 2024, arXiv 2406.16793", use: "transformers, at half of AdamW's memory",
      conventions: [
        "rows of the first axis; a vector is one", "weight decay decoupled", "bias correction of both averages",
      ]
    ) { AdamMini(learningRate: $0) },
    MethodEntry(
      "schedule-free-adamw", "Schedule-Free AdamW", "averaging", learningRate: 0.0025, digitsRate: 0.02,
      "AdamW's steps at a point between a path and its weighted mean, which is evaluated",
      formula: "z ← z − η(g/(√v̂ + ε) + λy);  x ← (1−c)x + cz;  y = βx + (1−β)z",
      paper: "Defazio et al. 2024, arXiv 2405.15682",
      use: "when the length of training is not known beforehand; it won AlgoPerf's self-tuning track",
      conventions: ["parameters are y while training, x for evaluation", "ε outside the root", "decay at y"]
    ) { ScheduleFreeAdamW(learningRate: $0) },
  ]
}

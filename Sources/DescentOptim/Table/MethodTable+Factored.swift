/// Factored state, and rates found on the way.
extension MethodTable {
  static let factored: [MethodEntry] = [
    MethodEntry(
      "adafactor", "Adafactor", "factored", learningRate: 0.01, digitsRate: 0.1, coupling: .shape,
      "RMSProp with the mean square of a matrix kept as a row and a column, steps relative to the tensor's size",
      formula: "v ← row·column/mean, decay 1 − t^−0.8;  u = g/√v;  θ ← θ − max(ε₂, RMS(θ))·min(η, 1/√t)·u/max(1, "
        + "RMS(u))", paper: "Shazeer & Stern 2018, arXiv 1804.04235", use: "large transformers when memory is short",
      conventions: [
        "ε₁ added to g² (.torch: bounds v)", "last two axes factored (.optax: the two longest)",
        "rate at most 1/√t (.optax: no bound)",
      ]
    ) { Adafactor(learningRate: $0) },
    MethodEntry(
      "came", "CAME", "factored", learningRate: 0.0002, coupling: .shape,
      "Adafactor with momentum, which is divided by how unsteady it is",
      formula: "u = g/√v, clipped;  m ← β₁m + (1−β₁)u;  θ ← θ − ηλθ − η·m/√s, s ← factored mean of (u − m)²",
      paper: "Luo et al. 2023, arXiv 2307.02047", use: "large language models; half of Adam's memory",
      conventions: ["ε₁ added to g², ε₂ to (u − m)²", "weight decay decoupled", "vectors without confidence"]
    ) { CAME(learningRate: $0) },
    MethodEntry(
      "prodigy", "Prodigy", "rate-free", learningRate: 1, digitsRate: 0.02, coupling: .whole,
      "Adam that finds its learning rate itself",
      formula: "γ = dη;  d ← max(d, r/‖s‖₁), r and s running sums of γd⟨g, θ₀−θ⟩ and γdg;  θ ← θ − γλθ − γ·m/(√v + dε)",
      paper: "Mishchenko & Defazio 2023, arXiv 2306.06101",
      use: "when no rate is to be tuned: leave η at 1, with a cosine schedule",
      conventions: [
        "no bias correction (.optax: as a factor of the rate)", "ε scaled by d", "decay scaled by the rate",
      ]
    ) { Prodigy(learningRate: $0) },
    MethodEntry(
      "dadapt-adamw", "D-Adapt AdamW", "rate-free", learningRate: 1, digitsRate: 0.05, coupling: .whole,
      "AdamW that finds its learning rate itself",
      formula: "γ = dη;  d ← max(d, r/((1−√β₂)‖s‖₁)), r and s averages of γ⟨g, s/(√v + ε)⟩ and γg;  θ ← θ − γλθ − "
        + "m/(√v + ε)", paper: "Defazio & Mishchenko 2023, arXiv 2301.07733",
      use: "when no rate is to be tuned: leave η at 1",
      conventions: [
        "no bias correction (.optax: as a factor of the rate)", "ε outside the root", "decay scaled by the rate",
      ]
    ) { DAdaptAdamW(learningRate: $0) },
    MethodEntry(
      "dog", "DoG", "rate-free", learningRate: 1, coupling: .whole,
      "gradient descent whose rate is the distance travelled over the gradients seen",
      formula: "η = max distance from the start/√(Σ‖g‖² + ε);  θ ← θ − η·g",
      paper: "Ivgi, Hinder & Carmon 2023, arXiv 2302.12022",
      use: "fine-tuning without a rate; evaluate an average of the path",
      conventions: ["first reach 1e-6·(1 + ‖θ₀‖)", "weight decay coupled"]
    ) { DoG(learningRate: $0) },
    MethodEntry(
      "polyak", "Polyak step", "rate-free", learningRate: 1, coupling: .whole,
      "gradient descent whose rate is the gap to the least loss over the squared gradient",
      formula: "θ ← θ − min(η, max(f − f*, 0)/(c‖g‖²))·g",
      paper: "Polyak 1987; in this form Loizou et al. 2020, arXiv 2002.10542",
      use: "networks that can fit their data, f* = 0", conventions: ["c = ½", "η bounds the rate"]
    ) { PolyakStep(learningRate: $0) },
  ]
}

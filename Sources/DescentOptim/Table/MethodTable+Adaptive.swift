/// Steps scaled by running averages of each element's gradient.
extension MethodTable {
  static let adaptive: [MethodEntry] = [
    MethodEntry(
      "rmsprop", "RMSProp", "adaptive", learningRate: 1e-3, digitsRate: 2e-3,
      "each element's gradient divided by the root of its running mean square",
      formula: "v ← ρv + (1−ρ)g²;  θ ← θ − η·g/(√v + ε)", paper: "Tieleman & Hinton 2012, Coursera lecture 6e",
      use: "recurrent networks and reinforcement learning",
      conventions: ["ε outside the root, as PyTorch; .optax has it inside", "no bias correction"]
    ) { RMSProp(learningRate: $0) },
    MethodEntry(
      "adam", "Adam", "adaptive", learningRate: 1e-3, digitsRate: 5e-3,
      "momentum and RMSProp together, both corrected for their start",
      formula: "m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  θ ← θ − η·m̂/(√v̂ + ε)",
      paper: "Kingma & Ba 2014, arXiv 1412.6980", use: "a first try on almost anything",
      conventions: ["ε outside the root", "weight decay coupled", "bias correction of both averages"]
    ) { Adam(learningRate: $0) },
    MethodEntry(
      "adamw", "AdamW", "adaptive", learningRate: 1e-3, digitsRate: 2e-2,
      "Adam with weight decay applied to the weights themselves",
      formula: "θ ← θ − η·λθ − η·m̂/(√v̂ + ε), averages as in Adam",
      paper: "Loshchilov & Hutter 2017, arXiv 1711.05101", use: "transformers, and Adam wherever weights should decay",
      conventions: ["ε outside the root", "weight decay decoupled", "bias correction of both averages"]
    ) { AdamW(learningRate: $0) },
  ]
}

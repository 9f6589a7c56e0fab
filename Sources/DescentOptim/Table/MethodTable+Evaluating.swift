/// Methods that look at more than one gradient: further evaluations, second derivatives, slow weights.
extension MethodTable {
  static let evaluating: [MethodEntry] = [
    MethodEntry(
      "sam", "SAM", "sharpness-aware", learningRate: 0.01, digitsRate: 0.05, coupling: .whole,
      "momentum with the gradient taken where the loss is worst within a small ball",
      formula: "ĝ = ∇L(θ + ρ·g/‖g‖);  then as momentum on ĝ", paper: "Foret et al. 2020, arXiv 2010.01412",
      use: "when test error matters more than time: a step takes two gradients",
      conventions: ["wraps any method: .sharpnessAware(radius:)", "one norm over all tensors"]
    ) { Momentum(learningRate: $0).sharpnessAware() },
    MethodEntry(
      "lookahead", "Lookahead", "slow weights", learningRate: 1e-3, digitsRate: 0.005,
      "Adam, and slow weights that go half its way every five steps and from where it goes on",
      formula: "every k steps: φ ← φ + α(θ − φ);  θ ← φ", paper: "Zhang et al. 2019, arXiv 1907.08610",
      use: "to steady a method at a high rate", conventions: ["wraps any method: .lookahead(share:every:)"]
    ) { Adam(learningRate: $0).lookahead() },
    MethodEntry(
      "sophia", "Sophia", "second order", learningRate: 1e-3, digitsRate: 0.0005,
      "momentum over the Hessian's diagonal, clipped element by element",
      formula: "m ← β₁m + (1−β₁)g;  every k steps h ← β₂h + (1−β₂)u·∇²L·u;  θ ← θ − ηλθ − η·clip(m/max(γh, ε), ±1)",
      paper: "Liu et al. 2023, arXiv 2305.14342", use: "language models; a step takes 1.2 gradients on average",
      conventions: ["Hutchinson's estimate (Sophia-H)", "weight decay decoupled", "no bias correction"]
    ) { Sophia(learningRate: $0) },
  ]
}

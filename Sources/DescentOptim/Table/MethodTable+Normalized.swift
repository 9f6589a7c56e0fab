/// Steps of bounded length, and steps scaled by norms.
extension MethodTable {
  static let normalized: [MethodEntry] = [
    MethodEntry(
      "normalized", "Normalized GD", "bounded steps", learningRate: 0.05, digitsRate: 0.1, coupling: .whole,
      "every step has the same length: g divided by the norm of the whole gradient",
      formula: "θ ← θ − α·η·g/(‖g‖ + ε)", paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030",
      use: "plateaus and cliffs: gradients that vanish or explode", conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0) },
    MethodEntry(
      "normalized-tensor", "Normalized GD (tensors)", "bounded steps", learningRate: 0.02, digitsRate: 0.1,
      coupling: .tensors, "g divided by the norm of each tensor",
      formula: "θ ← θ − α·η·g/(‖g‖ + ε), for each tensor",
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
      "normalized-element", "Normalized GD (elements)", "bounded steps", learningRate: 1e-3, digitsRate: 1e-3,
      "each element moves by the sign of its gradient",
      formula: "θ ← θ − α·η·g/(|g| + ε), for each element",
      paper: "Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030, in parts",
      use: "very noisy gradients; the basis of Signum and Lion", conventions: ["a zero gradient moves nothing"]
    ) { NormalizedGradientDescent(learningRate: $0, scope: .element) },
  ]
}

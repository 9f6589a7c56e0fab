/// Steps of matrices as matrices.
extension MethodTable {
  static let matrix: [MethodEntry] = [
    MethodEntry(
      "muon", "Muon", "matrix-valued", learningRate: 0.02, digitsRate: 0.002, coupling: .shape,
      "a matrix moves by its momentum with all singular values brought near 1",
      formula: "m ← βm + (1−β)g;  θ ← θ − η·(s·NewtonSchulz₅(m̂) + λθ)",
      paper: "Jordan et al. 2024, kellerjordan.github.io/posts/muon",
      use: "the hidden matrices of transformers and other deep networks",
      conventions: [
        "Nesterov momentum as an average, corrected for its start", "weight decay decoupled",
        "s = √max(1, rows/columns); .optax has columns/rows", "vectors, embeddings and heads by Adam",
      ]
    ) { Muon(learningRate: $0) },
    MethodEntry(
      "shampoo", "Shampoo", "matrix-valued", learningRate: 0.04, digitsRate: 1, coupling: .shape,
      "the gradient divided along each axis by a root of its summed inner products",
      formula: "L ← L + GGᵀ;  R ← R + GᵀG;  θ ← θ − η·L^(−1/4)·G·R^(−1/4)",
      paper: "Gupta, Koren & Singer 2018, arXiv 1802.09568",
      use: "matrices whose rows and columns are strongly correlated",
      conventions: ["sums, not averages", "weight decay coupled", "ε added to the eigenvalues", "no momentum"]
    ) { Shampoo(learningRate: $0) },
    MethodEntry(
      "soap", "SOAP", "matrix-valued", learningRate: 3e-3, digitsRate: 0.002, coupling: .shape,
      "Adam in the eigenbases of Shampoo's matrices",
      formula: "θ ← θ − η·Q_L[(Q_Lᵀ·m̂·Q_R)/(√v̂ + ε)]Q_Rᵀ − ηλθ, v of Q_Lᵀ·G·Q_R",
      paper: "Vyas et al. 2024, arXiv 2409.11321", use: "fewer steps than AdamW where a step may cost more",
      conventions: ["ε added before bias correction", "weight decay decoupled", "the first step only finds the bases"]
    ) { SOAP(learningRate: $0) },
    MethodEntry(
      "psgd-kron", "PSGD (Kronecker)", "matrix-valued", learningRate: 1e-3, digitsRate: 0.0005, coupling: .shape,
      "momentum whitened along each axis by a triangular factor that is fitted as it goes",
      formula: "θ ← θ − η·(m̂ ×ᵢ QᵢᵀQᵢ + λθ);  Qᵢ ← Qᵢ − μ·triu(AᵢAᵢᵀ − BᵢBᵢᵀ)Qᵢ/‖AᵢAᵢᵀ + BᵢBᵢᵀ‖",
      paper: "Li 2015, arXiv 1512.04202; Li 2022, arXiv 2211.04422",
      use: "as Shampoo, without eigenvalues or roots",
      conventions: [
        "momentum as an average, corrected for its start", "weight decay decoupled", "update's size limited",
      ]
    ) { PSGDKron(learningRate: $0) },
    MethodEntry(
      "galore", "GaLore", "matrix-valued", learningRate: 0.01, coupling: .shape,
      "AdamW on the gradient's projection to its greatest singular directions",
      formula: "R = Pᵀg;  θ ← θ − ηλθ − ηα·P·m̂/(√v̂ + ε), averages of R",
      paper: "Zhao et al. 2024, arXiv 2403.03507", use: "large matrices when AdamW's state does not fit",
      conventions: ["ε outside the root", "weight decay decoupled", "bias correction of both averages"]
    ) { GaLore(learningRate: $0) },
  ]
}

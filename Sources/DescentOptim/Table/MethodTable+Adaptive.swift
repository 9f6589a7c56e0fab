/// Steps scaled by each element's squared gradients.
extension MethodTable {
  static let adaptive: [MethodEntry] = [
    MethodEntry(
      "adagrad", "Adagrad", "adaptive", learningRate: 0.05,
      "each element's gradient divided by the root of the sum of all its squares",
      formula: "s ← s + g²;  θ ← θ − η·g/(√s + ε)", paper: "Duchi, Hazan & Singer 2011, Adaptive subgradient methods",
      use: "sparse features, convex problems; rates only ever fall",
      conventions: [
        "ε outside the root, as PyTorch; .optax and .keras have it inside, and start s at 0.1", "weight decay coupled",
      ]
    ) { Adagrad(learningRate: $0) },
    MethodEntry(
      "adadelta", "Adadelta", "adaptive", learningRate: 1, digitsRate: 5,
      "steps in the units of the parameters, from two running mean squares",
      formula: "u = √(d + ε)/√(v + ε)·g;  θ ← θ − η·u;  d and v running means of u² and g²",
      paper: "Zeiler 2012, arXiv 1212.5701", use: "when no rate is to be tuned; slow to start, since d starts at 0",
      conventions: ["ε inside both roots", "weight decay coupled"]
    ) { Adadelta(learningRate: $0) },
    MethodEntry(
      "rmsprop", "RMSProp", "adaptive", learningRate: 0.001, digitsRate: 0.002,
      "each element's gradient divided by the root of its running mean square",
      formula: "v ← ρv + (1−ρ)g²;  θ ← θ − η·g/(√v + ε)", paper: "Tieleman & Hinton 2012, Coursera lecture 6e",
      use: "recurrent networks and reinforcement learning",
      conventions: [
        "ε outside the root, as PyTorch; .optax and .keras have it inside", "no bias correction",
        "weight decay coupled",
      ]
    ) { RMSProp(learningRate: $0) },
    MethodEntry(
      "rmsprop-centered", "RMSProp (centered)", "adaptive", learningRate: 0.001, digitsRate: 0.005,
      "RMSProp with the variance instead of the mean square",
      formula: "v ← ρv + (1−ρ)g²;  m ← ρm + (1−ρ)g;  θ ← θ − η·g/(√(v − m²) + ε)",
      paper: "Graves 2013, arXiv 1308.0850", use: "as RMSProp, where gradients have a steady part",
      conventions: ["ε outside the root", "no bias correction", "weight decay coupled"]
    ) { RMSProp(learningRate: $0, centered: true) },
    MethodEntry(
      "rmsprop-momentum", "RMSProp with momentum", "adaptive", learningRate: 0.0003, digitsRate: 0.0002,
      "RMSProp's step pushes a heavy ball", formula: "v ← ρv + (1−ρ)g²;  b ← μb + g/(√v + ε);  θ ← θ − η·b",
      paper: "Tieleman & Hinton 2012; in this form PyTorch and TensorFlow",
      use: "as RMSProp; EfficientNet and MobileNet were trained with it",
      conventions: ["accumulating momentum over scaled gradients", "ε outside the root", "weight decay coupled"]
    ) { MomentumRMSProp(learningRate: $0) },
    MethodEntry(
      "sm3", "SM3", "adaptive", learningRate: 0.05, digitsRate: 0.1, coupling: .shape,
      "Adagrad with one sum for each row and each column",
      formula: "s = g² + least of the element's slices;  slices ← greatest s in them;  m ← μm + (1−μ)g/√(s + ε);  θ "
        + "← θ − η·m", paper: "Anil et al. 2019, arXiv 1901.11150", use: "large embeddings, when memory is short",
      conventions: ["ε inside the root", "averaging momentum"]
    ) { SM3(learningRate: $0) },
    MethodEntry(
      "ftrl", "FTRL", "adaptive", learningRate: 0.2, digitsRate: 1,
      "the leader of all gradients so far, with an L1 penalty that keeps zeros zero",
      formula: "z ← z + g − (√s′ − √s)/η·θ, s′ = s + g²;  θ ← (sign(z)λ₁ − z)/((β + √s′)/η + λ₂), 0 where |z| ≤ λ₁",
      paper: "McMahan et al. 2013, Ad click prediction: a view from the trenches",
      use: "sparse linear models that should stay sparse", conventions: ["β joins √s", "L2 as a penalty of the leader"]
    ) { FTRL(learningRate: $0) },
    MethodEntry(
      "madgrad", "MADGRAD", "adaptive", learningRate: 0.01,
      "dual averaging with cube roots instead of square roots",
      formula: "a = (η + ε)√t;  q ← q + ag²;  s ← s + ag;  θ ← μθ + (1−μ)(θ₀ − s/(∛q + ε))",
      paper: "Defazio & Jelassi 2021, arXiv 2101.11075",
      use: "sparse problems and those where Adam generalizes badly; less weight decay than usual",
      conventions: ["ε outside the root, and added to η", "weight decay coupled"]
    ) { MADGRAD(learningRate: $0) },
  ]
}

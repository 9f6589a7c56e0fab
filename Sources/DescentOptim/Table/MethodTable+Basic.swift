/// Gradient descent, momentum, a rate for each element.
extension MethodTable {
  static let basic: [MethodEntry] = [
    MethodEntry(
      "gd", "Gradient descent", "gradient descent", learningRate: 0.2, digitsRate: 1, isFullBatch: true,
      "one step down the gradient of the whole training set per epoch",
      formula: "θ ← θ − η·(g + λθ)", paper: "Cauchy 1847",
      use: "small data and smooth problems, as the yardstick for everything else"
    ) { GradientDescent(learningRate: $0) },
    MethodEntry(
      "sgd", "SGD", "gradient descent", learningRate: 0.05, digitsRate: 1, "gradient descent on mini-batches",
      formula: "θ ← θ − η·(g + λθ)", paper: "Robbins & Monro 1951, A stochastic approximation method",
      use: "when memory is short, or with a tuned schedule on convolutional networks",
      conventions: ["weight decay coupled (with plain steps the same as decoupled)"]
    ) { SGD(learningRate: $0) },
    MethodEntry(
      "momentum", "Momentum", "momentum", learningRate: 0.01, digitsRate: 0.2,
      "heavy ball: the step accumulates, v ← μv + g",
      formula: "v ← μv + g + λθ;  θ ← θ − η·v",
      paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
      use: "convolutional networks with a tuned rate; a steady gradient moves η/(1−μ) a step",
      conventions: ["accumulating momentum, as PyTorch", "weight decay coupled"]
    ) { Momentum(learningRate: $0) },
    MethodEntry(
      "momentum-average", "Momentum (average)", "momentum", learningRate: 0.1, digitsRate: 2,
      "heavy ball as an exponential average, v ← μv + (1−μ)g",
      formula: "v ← μv + (1−μ)(g + λθ);  θ ← θ − η·v",
      paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
      use: "as momentum; a change of μ leaves the length of steps as it is",
      conventions: ["averaging momentum", "weight decay coupled", "no bias correction"]
    ) { Momentum(learningRate: $0, form: .averaging) },
    MethodEntry(
      "nesterov", "Nesterov", "momentum", learningRate: 0.01, digitsRate: 0.05,
      "momentum with the gradient taken a step ahead",
      formula: "v ← μv + g + λθ;  θ ← θ − η·(g + λθ + μv)",
      paper: "Nesterov 1983; in this form Sutskever, Martens, Dahl & Hinton 2013",
      use: "as momentum, a little steadier at high μ",
      conventions: ["accumulating momentum, as PyTorch", "weight decay coupled"]
    ) { Nesterov(learningRate: $0) },
    MethodEntry(
      "geo", "GEO", "element-wise rates", learningRate: 0.1, digitsRate: 1,
      "a learning rate for each element, grown while its gradient keeps its sign and cut when it turns",
      formula: "k ← k + κ where ḡ·g > 0, k·(1−φ) where ḡ·g < 0;  ḡ ← (1−ϑ)g + ϑḡ;  θ ← θ − η·k·g",
      paper: "Jacobs 1988, Increased rates of convergence through learning rate adaptation (delta-bar-delta)",
      use: "full batches or large ones, where the sign of a gradient means something",
      conventions: ["gains additive up, multiplicative down, kept within bounds"]
    ) { GEO(learningRate: $0) },
  ]
}

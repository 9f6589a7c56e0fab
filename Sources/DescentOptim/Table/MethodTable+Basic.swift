/// Gradient descent, momentum, averaging, a rate for each element.
extension MethodTable {
  static let basic: [MethodEntry] = [
    MethodEntry(
      "gd", "Gradient descent", "gradient descent", learningRate: 0.2, digitsRate: 1, isFullBatch: true,
      "one step down the gradient of the whole training set per epoch", formula: "θ ← θ − η·(g + λθ)",
      paper: "Cauchy 1847", use: "small data and smooth problems, as the yardstick for everything else"
    ) { GradientDescent(learningRate: $0) },
    MethodEntry(
      "sgd", "SGD", "gradient descent", learningRate: 0.05, digitsRate: 1, "gradient descent on mini-batches",
      formula: "θ ← θ − η·(g + λθ)", paper: "Robbins & Monro 1951, A stochastic approximation method",
      use: "when memory is short, or with a tuned schedule on convolutional networks",
      conventions: ["weight decay coupled (with plain steps the same as decoupled)"]
    ) { SGD(learningRate: $0) },
    MethodEntry(
      "momentum", "Momentum", "momentum", learningRate: 0.01, digitsRate: 0.2,
      "heavy ball: the step accumulates, v ← μv + g", formula: "v ← μv + g + λθ;  θ ← θ − η·v",
      paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
      use: "convolutional networks with a tuned rate; a steady gradient moves η/(1−μ) a step",
      conventions: ["accumulating momentum, as PyTorch", "weight decay coupled"]
    ) { Momentum(learningRate: $0) },
    MethodEntry(
      "momentum-average", "Momentum (average)", "momentum", learningRate: 0.1, digitsRate: 2,
      "heavy ball as an exponential average, v ← μv + (1−μ)g", formula: "v ← μv + (1−μ)(g + λθ);  θ ← θ − η·v",
      paper: "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
      use: "as momentum; a change of μ leaves the length of steps as it is",
      conventions: ["averaging momentum", "weight decay coupled", "no bias correction"]
    ) { Momentum(learningRate: $0, form: .averaging) },
    MethodEntry(
      "momentum-dampened", "Momentum (dampened)", "momentum", learningRate: 0.02, digitsRate: 0.2,
      "heavy ball with a weaker push, v ← μv + (1−τ)g",
      formula: "v ← μv + (1−τ)(g + λθ), in the first step v = g + λθ;  θ ← θ − η·v",
      paper: "Polyak 1964; in this form PyTorch", use: "as momentum, when noise should weigh less",
      conventions: ["the first step is not dampened, as PyTorch", "weight decay coupled"]
    ) { DampenedMomentum(learningRate: $0) },
    MethodEntry(
      "nesterov", "Nesterov", "momentum", learningRate: 0.01, digitsRate: 0.05,
      "momentum with the gradient taken a step ahead", formula: "v ← μv + g + λθ;  θ ← θ − η·(g + λθ + μv)",
      paper: "Nesterov 1983; in this form Sutskever, Martens, Dahl & Hinton 2013",
      use: "as momentum, a little steadier at high μ",
      conventions: ["accumulating momentum, as PyTorch", "weight decay coupled"]
    ) { Nesterov(learningRate: $0) },
    MethodEntry(
      "qhm", "QHM", "momentum", learningRate: 0.05, digitsRate: 0.1, "a mean of plain descent and averaged momentum",
      formula: "m ← βm + (1−β)g;  θ ← θ − η·((1−ν)g + νm)", paper: "Ma & Yarats 2018, arXiv 1810.06801",
      use: "as momentum with a long memory, β = 0.999, that still reacts at once",
      conventions: ["averaging momentum", "no bias correction", "weight decay coupled by default"]
    ) { QHM(learningRate: $0) },
    MethodEntry(
      "asgd", "ASGD", "averaging", learningRate: 0.05, digitsRate: 1,
      "gradient descent, evaluated at the mean of its path", formula: "ηₜ = η/(1 + λη(t−1))^α;  θ ← (1 − ληₜ)θ − ηₜg",
      paper: "Polyak & Juditsky 1992, Acceleration of stochastic approximation by averaging",
      use: "convex problems with noisy gradients, once `start` is past the transient",
      conventions: ["as PyTorch: the mean starts after step 1,000,000 unless told otherwise"]
    ) { ASGD(learningRate: $0) },
    MethodEntry(
      "schedule-free-sgd", "Schedule-Free SGD", "averaging", learningRate: 0.5, digitsRate: 1,
      "gradients at a point between a path and its weighted mean, which is evaluated",
      formula: "z ← z − η(g + λy);  x ← (1−c)x + cz;  y = βx + (1−β)z", paper: "Defazio et al. 2024, arXiv 2405.15682",
      use: "when the length of training is not known beforehand, instead of a schedule",
      conventions: ["parameters are y while training, x for evaluation", "decay at y"]
    ) { ScheduleFreeSGD(learningRate: $0) },
    MethodEntry(
      "geo", "GEO", "element-wise rates", learningRate: 0.1, digitsRate: 1,
      "a learning rate for each element, grown while its gradient keeps its sign and cut when it turns",
      formula: "k ← k + κ where ḡ·g > 0, k·(1−φ) where ḡ·g < 0;  ḡ ← (1−ϑ)g + ϑḡ;  θ ← θ − η·k·g",
      paper: "Jacobs 1988, Increased rates of convergence through learning rate adaptation (delta-bar-delta)",
      use: "full batches or large ones, where the sign of a gradient means something",
      conventions: ["gains additive up, multiplicative down, kept within bounds"]
    ) { GEO(learningRate: $0) },
    MethodEntry(
      "rprop", "RProp", "element-wise rates", learningRate: 0.01, digitsRate: 0.001, isFullBatch: true,
      "each element moves by a step of its own against its gradient's sign",
      formula: "Δ ← 1.2Δ while the sign of g stays, 0.5Δ when it turns (and then waits a step);  θ ← θ − Δ·sign(g)",
      paper: "Riedmiller & Braun 1993, A direct adaptive method for faster backpropagation learning: the RPROP "
        + "algorithm", use: "full batches: small data, no rate to tune",
      conventions: ["as PyTorch: no step back when the sign turns"]
    ) { RProp(learningRate: $0) },
  ]
}

"""The training steps that every program is measured on; `Sources/DescentTrain/Bench/Workload.swift` has the same ones."""

WORKLOADS = {
    "mlp-small": ("perceptron", dict(sizes=[64, 128, 10], batch=32)),
    "mlp-mnist": ("perceptron", dict(sizes=[784, 256, 128, 10], batch=64)),
    "mlp-wide": ("perceptron", dict(sizes=[1024, 2048, 2048, 1000], batch=256)),
    "cnn-mnist": ("convolutional", dict(batch=64)),
    "resnet8": ("residual", dict(batch=32)),
    "gpt-tiny": ("transformer", dict(depth=4, heads=4, width=128, context=64, vocabulary=65, batch=12)),
    "gpt-small": ("transformer", dict(depth=6, heads=6, width=384, context=128, vocabulary=65, batch=8)),
    "adamw-25m": ("update", dict(count=25_000_000)),
}
LEARNING_RATE = 1e-3

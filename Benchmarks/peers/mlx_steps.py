"""The workloads in MLX on the CPU, compiled as a whole."""
from workloads import LEARNING_RATE


def compiled(kind, sizes, variant):
    from functools import partial

    import mlx.core as mx
    import mlx.nn as nn
    import mlx.optimizers as optimizers

    mx.set_default_device(mx.cpu)
    if kind == "update":
        gradient = dict(weight=mx.random.normal((sizes["count"],)))
        optimizer = optimizers.AdamW(LEARNING_RATE, weight_decay=0.1)
        held = [dict(weight=mx.random.normal((sizes["count"],)))]
        optimizer.init(held[0])

        def update():
            held[0] = optimizer.apply_gradients(gradient, held[0])
            mx.eval(held[0], optimizer.state)

        return update

    model, x, y = NETWORKS[kind](mx, nn, sizes)
    optimizer = optimizers.AdamW(LEARNING_RATE)
    value_and_gradients = nn.value_and_grad(model, lambda x, y: nn.losses.cross_entropy(model(x), y, reduction="mean"))
    state = [model.state, optimizer.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def update(x, y):
        loss, gradients = value_and_gradients(x, y)
        optimizer.update(model, gradients)
        return loss

    def run():
        mx.eval(update(x, y), state)

    return run


def perceptron(mx, nn, sizes):
    widths, batch = sizes["sizes"], sizes["batch"]
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if i < len(widths) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers), mx.random.normal((batch, widths[0])), mx.random.randint(0, widths[-1], (batch,))


def convolutional(mx, nn, sizes):
    batch = sizes["batch"]
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2, 2),
        lambda x: x.reshape(batch, -1), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    return model, mx.random.normal((batch, 28, 28, 1)), mx.random.randint(0, 10, (batch,))


def residual(mx, nn, sizes):
    batch = sizes["batch"]

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.first_norm = nn.BatchNorm(outputs)
            self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.second_norm = nn.BatchNorm(outputs)
            self.shortcut = None
            if inputs != outputs or stride != 1:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm(outputs))

        def __call__(self, x):
            h = self.second_norm(self.second(nn.relu(self.first_norm(self.first(x)))))
            return nn.relu(h + (x if self.shortcut is None else self.shortcut(x)))

    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, 1, 1, bias=False), nn.BatchNorm(32), nn.ReLU(), Block(32, 32, 1), Block(32, 64, 2),
        Block(64, 128, 2), lambda x: x.mean((1, 2)), nn.Linear(128, 10))
    return model, mx.random.normal((batch, 32, 32, 3)), mx.random.randint(0, 10, (batch,))


def transformer(mx, nn, sizes):
    width, heads, context, vocabulary = sizes["width"], sizes["heads"], sizes["context"], sizes["vocabulary"]

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention_norm, self.expansion_norm = nn.LayerNorm(width), nn.LayerNorm(width)
            self.packed, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.expansion, self.contraction = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def __call__(self, x):
            batch = x.shape[0]
            parts = mx.split(self.packed(self.attention_norm(x)), 3, -1)
            q, k, v = (t.reshape(batch, context, heads, width // heads).transpose(0, 2, 1, 3) for t in parts)
            a = mx.fast.scaled_dot_product_attention(q, k, v, scale=(width // heads) ** -0.5, mask="causal")
            x = x + self.out(a.transpose(0, 2, 1, 3).reshape(batch, context, width))
            return x + self.contraction(nn.gelu_approx(self.expansion(self.expansion_norm(x))))

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.blocks = [Block() for _ in range(sizes["depth"])]
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

        def __call__(self, indices):
            x = self.tokens(indices) + self.positions(mx.arange(context))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x)).reshape(-1, vocabulary)

    batch = sizes["batch"]
    return (Transformer(), mx.random.randint(0, vocabulary, (batch, context)),
            mx.random.randint(0, vocabulary, (batch * context,)))


NETWORKS = dict(perceptron=perceptron, convolutional=convolutional, residual=residual, transformer=transformer)

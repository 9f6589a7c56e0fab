"""The workloads in PyTorch, eager and compiled, with the fused AdamW."""
from workloads import LEARNING_RATE


def eager(kind, sizes, variant):
    return step(kind, sizes, variant, compiles=False)


def compiled(kind, sizes, variant):
    return step(kind, sizes, variant, compiles=True)


def step(kind, sizes, variant, compiles):
    import torch
    import torch.nn.functional as F

    torch.manual_seed(0)
    if kind == "update":
        weight = torch.nn.Parameter(torch.randn(sizes["count"]))
        weight.grad = torch.randn(sizes["count"])
        optimizer = torch.optim.AdamW([weight], lr=LEARNING_RATE, weight_decay=0.1, fused=True)
        update = torch.compile(optimizer.step) if compiles else optimizer.step
        return lambda: update()
    model, x, y = NETWORKS[kind](torch, F, sizes)
    if variant == "channels-last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, fused=True)

    def loss(x, y):
        return F.cross_entropy(model(x), y)

    if compiles:
        loss = torch.compile(loss)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss(x, y).backward()
        optimizer.step()

    return run


def perceptron(torch, F, sizes):
    nn, widths = torch.nn, sizes["sizes"]
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if i < len(widths) - 2:
            layers.append(nn.ReLU())
    batch = sizes["batch"]
    return nn.Sequential(*layers), torch.randn(batch, widths[0]), torch.randint(0, widths[-1], (batch,))


def convolutional(torch, F, sizes):
    nn, batch = torch.nn, sizes["batch"]
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    return model, torch.randn(batch, 1, 28, 28), torch.randint(0, 10, (batch,))


def residual(torch, F, sizes):
    nn, batch = torch.nn, sizes["batch"]

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.first_norm = nn.BatchNorm2d(outputs)
            self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.second_norm = nn.BatchNorm2d(outputs)
            self.shortcut = None
            if inputs != outputs or stride != 1:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            h = self.second_norm(self.second(F.relu(self.first_norm(self.first(x)))))
            return F.relu(h + (x if self.shortcut is None else self.shortcut(x)))

    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, 1, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), Block(32, 32, 1), Block(32, 64, 2),
        Block(64, 128, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))
    return model, torch.randn(batch, 3, 32, 32), torch.randint(0, 10, (batch,))


def transformer(torch, F, sizes):
    nn = torch.nn
    width, heads, context, vocabulary = sizes["width"], sizes["heads"], sizes["context"], sizes["vocabulary"]

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention_norm, self.expansion_norm = nn.LayerNorm(width), nn.LayerNorm(width)
            self.packed, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.expansion, self.contraction = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x):
            batch = x.shape[0]
            parts = self.packed(self.attention_norm(x)).split(width, 2)
            q, k, v = (t.view(batch, context, heads, width // heads).transpose(1, 2) for t in parts)
            a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(a.transpose(1, 2).reshape(batch, context, width))
            return x + self.contraction(F.gelu(self.expansion(self.expansion_norm(x)), approximate="tanh"))

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.blocks = nn.ModuleList([Block() for _ in range(sizes["depth"])])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

        def forward(self, indices):
            x = self.tokens(indices) + self.positions(torch.arange(context))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x)).view(-1, vocabulary)

    batch = sizes["batch"]
    return (Transformer(), torch.randint(0, vocabulary, (batch, context)),
            torch.randint(0, vocabulary, (batch * context,)))


NETWORKS = dict(perceptron=perceptron, convolutional=convolutional, residual=residual, transformer=transformer)

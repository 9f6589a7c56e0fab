"""The workloads in JAX with optax's AdamW: one compiled step that takes over its arguments' memory."""
import numpy as np

from workloads import LEARNING_RATE


def compiled(kind, sizes, variant):
    import jax
    import jax.numpy as jnp
    import optax

    random = np.random.default_rng(0)
    optimizer = optax.adamw(LEARNING_RATE, weight_decay=0.1 if kind == "update" else 0.01)
    if kind == "update":
        weight = jnp.asarray(random.standard_normal(sizes["count"], dtype=np.float32))
        gradient = jnp.asarray(random.standard_normal(sizes["count"], dtype=np.float32))

        def update(gradient, weight, state):
            change, state = optimizer.update(gradient, state, weight)
            return optax.apply_updates(weight, change), state

        update = jax.jit(update, donate_argnums=(1, 2))
        held = [weight, optimizer.init(weight)]

        def run():
            held[0], held[1] = update(gradient, held[0], held[1])
            jax.block_until_ready(held)

        return run

    network, parameters, x, y = NETWORKS[kind](jax, jnp, random, sizes, variant)

    def loss(parameters):
        return optax.softmax_cross_entropy_with_integer_labels(network(parameters, x), y).mean()

    def update(parameters, state):
        value, gradients = jax.value_and_grad(loss)(parameters)
        change, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, change), state, value

    update = jax.jit(update, donate_argnums=(0, 1))
    held = [parameters, optimizer.init(parameters)]

    def run():
        held[0], held[1], value = update(held[0], held[1])
        jax.block_until_ready((held, value))

    return run


def normal(jnp, random, *shape, fan_in=1):
    return jnp.asarray(random.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(fan_in)))


def linear(jnp, random, inputs, outputs):
    return normal(jnp, random, inputs, outputs, fan_in=inputs), jnp.zeros(outputs)


def labels(jnp, random, classes, count):
    return jnp.asarray(random.integers(0, classes, count))


def perceptron(jax, jnp, random, sizes, variant):
    widths, batch = sizes["sizes"], sizes["batch"]
    parameters = [linear(jnp, random, i, o) for i, o in zip(widths, widths[1:])]

    def network(parameters, x):
        for weight, bias in parameters[:-1]:
            x = jax.nn.relu(x @ weight + bias)
        weight, bias = parameters[-1]
        return x @ weight + bias

    return network, parameters, normal(jnp, random, batch, widths[0]), labels(jnp, random, widths[-1], batch)


class Images:
    """Convolutions on images of one layout, NHWC or NCHW."""

    def __init__(self, jax, jnp, random, layout):
        self.jax, self.jnp, self.random, self.layout = jax, jnp, random, layout
        self.numbers = (layout, "HWIO" if layout == "NHWC" else "OIHW", layout)
        self.spatial = (1, 2) if layout == "NHWC" else (2, 3)

    def kernel(self, outputs, inputs, width):
        shape = (width, width, inputs, outputs) if self.layout == "NHWC" else (outputs, inputs, width, width)
        return normal(self.jnp, self.random, *shape, fan_in=inputs * width * width)

    def input(self, batch, channels, width):
        shape = (batch, width, width, channels) if self.layout == "NHWC" else (batch, channels, width, width)
        return normal(self.jnp, self.random, *shape)

    def channels(self, vector):
        return vector if self.layout == "NHWC" else vector[:, None, None]

    def convolved(self, x, kernel, stride=1, padding="VALID"):
        return self.jax.lax.conv_general_dilated(x, kernel, (stride, stride), padding, dimension_numbers=self.numbers)

    def normalized(self, x, weight, bias):
        """Batch normalization with the batch's own statistics."""
        axes = (0,) + self.spatial
        mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
        return (x - mean) * self.jax.lax.rsqrt(variance + 1e-5) * self.channels(weight) + self.channels(bias)

    def pooled(self, x):
        """The greatest of every 2 × 2 square; quicker on the CPU than reduce_window, whose gradient is slow."""
        batch, *shape = x.shape
        if self.layout == "NHWC":
            height, width, channels = shape
            return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4))
        channels, height, width = shape
        return x.reshape(batch, channels, height // 2, 2, width // 2, 2).max((3, 5))


def convolutional(jax, jnp, random, sizes, variant):
    images, batch = Images(jax, jnp, random, variant), sizes["batch"]
    parameters = dict(
        first=images.kernel(32, 1, 3), first_bias=jnp.zeros(32), second=images.kernel(64, 32, 3),
        second_bias=jnp.zeros(64), hidden=linear(jnp, random, 9216, 128), output=linear(jnp, random, 128, 10))

    def network(p, x):
        x = jax.nn.relu(images.convolved(x, p["first"]) + images.channels(p["first_bias"]))
        x = jax.nn.relu(images.convolved(x, p["second"]) + images.channels(p["second_bias"]))
        x = images.pooled(x).reshape(batch, -1)
        x = jax.nn.relu(x @ p["hidden"][0] + p["hidden"][1])
        return x @ p["output"][0] + p["output"][1]

    return network, parameters, images.input(batch, 1, 28), labels(jnp, random, 10, batch)


def residual(jax, jnp, random, sizes, variant):
    images, batch = Images(jax, jnp, random, variant), sizes["batch"]

    def unit(inputs, outputs, width):
        return dict(kernel=images.kernel(outputs, inputs, width), weight=jnp.ones(outputs), bias=jnp.zeros(outputs))

    def applied(unit, x, stride=1):
        padding = [(unit["kernel"].shape[images.numbers[1].index("H")] // 2,) * 2] * 2
        x = images.convolved(x, unit["kernel"], stride, padding)
        # The running statistics that training keeps besides cost next to nothing and are left out, in JAX's favour.
        return images.normalized(x, unit["weight"], unit["bias"])

    strides = [1, 2, 2]
    blocks = []
    for inputs, outputs, stride in [(32, 32, 1), (32, 64, 2), (64, 128, 2)]:
        block = dict(first=unit(inputs, outputs, 3), second=unit(outputs, outputs, 3))
        if inputs != outputs or stride != 1:
            block["shortcut"] = unit(inputs, outputs, 1)
        blocks.append(block)
    parameters = dict(stem=unit(3, 32, 3), blocks=blocks, output=linear(jnp, random, 128, 10))

    def network(p, x):
        x = jax.nn.relu(applied(p["stem"], x))
        for block, stride in zip(p["blocks"], strides):
            h = applied(block["second"], jax.nn.relu(applied(block["first"], x, stride)))
            x = jax.nn.relu(h + (applied(block["shortcut"], x, stride) if "shortcut" in block else x))
        return x.mean(images.spatial) @ p["output"][0] + p["output"][1]

    return network, parameters, images.input(batch, 3, 32), labels(jnp, random, 10, batch)


def transformer(jax, jnp, random, sizes, variant):
    width, heads, context, vocabulary = sizes["width"], sizes["heads"], sizes["context"], sizes["vocabulary"]

    def norm():
        return jnp.ones(width), jnp.zeros(width)

    def block():
        return dict(
            attention_norm=norm(), packed=linear(jnp, random, width, 3 * width),
            out=linear(jnp, random, width, width), expansion_norm=norm(),
            expansion=linear(jnp, random, width, 4 * width), contraction=linear(jnp, random, 4 * width, width))

    parameters = dict(
        tokens=normal(jnp, random, vocabulary, width), positions=normal(jnp, random, context, width),
        blocks=[block() for _ in range(sizes["depth"])], norm=norm(),
        head=normal(jnp, random, width, vocabulary, fan_in=width))
    mask = jnp.tril(jnp.ones((context, context), bool))

    def normalized(x, norm):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * norm[0] + norm[1]

    def attended(packed):
        batch = packed.shape[0]
        parts = jnp.split(packed, 3, -1)
        q, k, v = (t.reshape(batch, context, heads, width // heads).transpose(0, 2, 1, 3) for t in parts)
        scores = jnp.where(mask, q @ k.transpose(0, 1, 3, 2) / np.sqrt(width // heads), -1e9)
        return (jax.nn.softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(batch, context, width)

    def network(p, indices):
        x = p["tokens"][indices] + p["positions"]
        for b in p["blocks"]:
            x = x + attended(normalized(x, b["attention_norm"]) @ b["packed"][0] + b["packed"][1]) @ b["out"][0] + b["out"][1]
            h = jax.nn.gelu(normalized(x, b["expansion_norm"]) @ b["expansion"][0] + b["expansion"][1])
            x = x + h @ b["contraction"][0] + b["contraction"][1]
        return (normalized(x, p["norm"]) @ p["head"]).reshape(-1, vocabulary)

    batch = sizes["batch"]
    tokens = jnp.asarray(random.integers(0, vocabulary, (batch, context)))
    return network, parameters, tokens, labels(jnp, random, vocabulary, batch * context)


NETWORKS = dict(perceptron=perceptron, convolutional=convolutional, residual=residual, transformer=transformer)

"""A step of a workload in JAX, all of it one jitted function; prints one line of JSON.

    python jax_step.py WORKLOAD [highest|high|medium] [--seconds 4] [--threads N]

Batch norm keeps no running averages in training, which is less work than the others do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from stepping import measure, parser
from workloads import DATA_BATCHES, WORKLOADS, Layer, Workload

Parameters = list[dict[str, jax.Array]]
IMAGES = ("NHWC", "HWIO", "NHWC")


def initial(rows: list[Layer], source: np.random.Generator) -> Parameters:
    """Return the parameters of a network, a dictionary for each row."""

    def weights(*shape: int, fan: int) -> jax.Array:
        return jnp.asarray(source.normal(0, fan**-0.5, shape), jnp.float32)

    def row(kind: str, *arguments: Any) -> dict[str, jax.Array]:
        if kind == "dense":
            inputs, outputs, bias = arguments
            made = {"weight": weights(inputs, outputs, fan=inputs)}
            return made | ({"bias": jnp.zeros(outputs)} if bias else {})
        if kind in ("conv", "conv_transpose"):
            inputs, outputs, kernel, *_, bias = arguments
            made = {"weight": weights(kernel, kernel, inputs, outputs, fan=kernel * kernel * inputs)}
            return made | ({"bias": jnp.zeros(outputs)} if bias else {})
        if kind == "batch_norm":
            return {"scale": jnp.ones(arguments[0]), "shift": jnp.zeros(arguments[0])}
        if kind == "lstm":
            inputs, hidden, _ = arguments
            return {
                "weight": weights(inputs, 4 * hidden, fan=hidden),
                "recurrent": weights(hidden, 4 * hidden, fan=hidden),
                "bias": jnp.zeros(4 * hidden),
            }
        return {}

    return [row(*entry) for entry in rows]


def batch_norm(p: dict[str, jax.Array], x: jax.Array, training: bool) -> jax.Array:
    if training:
        axes = tuple(range(x.ndim - 1))
        x = (x - x.mean(axes)) * jax.lax.rsqrt(x.var(axes) + 1e-5)
    else:  # by running averages, which are 0 and 1 in a network that was not trained
        x = (x - jnp.zeros_like(p["shift"])) * jax.lax.rsqrt(jnp.ones_like(p["scale"]) + 1e-5)
    return x * p["scale"] + p["shift"]


def convolution(x: jax.Array, weight: jax.Array, stride: int, padding: int) -> jax.Array:
    if weight.shape[:2] == x.shape[1:3] and not padding:  # one place: a matrix product
        return jnp.einsum("bhwi,hwio->bo", x, weight)[:, None, None]
    return jax.lax.conv_general_dilated(x, weight, (stride, stride), [(padding, padding)] * 2, dimension_numbers=IMAGES)


def transposed(x: jax.Array, weight: jax.Array, stride: int, padding: int) -> jax.Array:
    if x.shape[1:3] == (1, 1) and not padding:
        return jnp.einsum("bi,hwio->bhwo", x[:, 0, 0], weight)
    around = [(len(weight) - 1 - padding,) * 2] * 2
    return jax.lax.conv_general_dilated(
        x, weight, (1, 1), around, lhs_dilation=(stride, stride), dimension_numbers=IMAGES
    )


def lstm(p: dict[str, jax.Array], x: jax.Array, sequences: bool) -> jax.Array:
    from_inputs = jnp.swapaxes(x @ p["weight"] + p["bias"], 0, 1)  # of all times at once
    zero = jnp.zeros((len(x), len(p["recurrent"])))

    def advance(state: Any, entering: jax.Array) -> Any:
        hidden, cell = state
        i, f, g, o = jnp.split(entering + hidden @ p["recurrent"], 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden if sequences else None

    (last, _), states = jax.lax.scan(advance, (zero, zero), from_inputs)
    return jnp.swapaxes(states, 0, 1) if sequences else last


SIMPLE: dict[str, Callable[..., jax.Array]] = {
    "reshape": lambda x, *shape: x.reshape(len(x), *shape),
    "flatten": lambda x: x.reshape(len(x), -1),
    "relu": jax.nn.relu,
    "leaky_relu": partial(jax.nn.leaky_relu, negative_slope=0.2),
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
}


def apply(rows: list[Layer], parameters: Parameters, x: jax.Array, training: bool = True) -> jax.Array:
    """Return the output of a network."""
    for (kind, *arguments), p in zip(rows, parameters, strict=True):
        if kind == "dense":
            x = x @ p["weight"] + p.get("bias", 0)
        elif kind in ("conv", "conv_transpose"):
            x = (convolution if kind == "conv" else transposed)(x, p["weight"], *arguments[3:5]) + p.get("bias", 0)
        elif kind == "batch_norm":
            x = batch_norm(p, x, training)
        elif kind == "lstm":
            x = lstm(p, x, arguments[2])
        else:
            x = SIMPLE[kind](x, *arguments)
    return x


class Adam:
    """Kingma and Ba 2015; the state is (steps, first moments, second moments)."""

    def __init__(self, rate: float, beta1: float, beta2: float) -> None:
        self.rate, self.beta1, self.beta2 = rate, beta1, beta2

    def start(self, parameters: Parameters) -> Any:
        # Buffers of their own each: they are donated.
        return jnp.zeros(()), *(jax.tree.map(jnp.zeros_like, parameters) for _ in range(2))

    def update(self, parameters: Parameters, slopes: Parameters, state: Any) -> tuple[Parameters, Any]:
        steps, first, second = state
        steps = steps + 1
        first = jax.tree.map(lambda m, g: self.beta1 * m + (1 - self.beta1) * g, first, slopes)
        second = jax.tree.map(lambda v, g: self.beta2 * v + (1 - self.beta2) * g * g, second, slopes)
        rate = self.rate / (1 - self.beta1**steps)
        unbiased = 1 - self.beta2**steps
        moved = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / unbiased) + 1e-8), parameters, first, second)
        return moved, (steps, first, second)


def penalty(judge: Callable[[jax.Array], jax.Array], real: jax.Array, fake: jax.Array, key: jax.Array) -> jax.Array:
    """Return the mean of (|gradient at a random point between real and fake| - 1)^2 (Gulrajani et al. 2017)."""
    share = jax.random.uniform(key, (len(real),) + (1,) * (real.ndim - 1))
    slope = jax.grad(lambda x: judge(x).sum())(share * real + (1 - share) * fake).reshape(len(real), -1)
    return jnp.square(jnp.sqrt(jnp.square(slope).sum(1) + 1e-12) - 1).mean()


def make_training(work: Workload) -> Callable[[], object]:
    source = np.random.default_rng(0)
    generator, discriminator = initial(work.generator, source), initial(work.discriminator, source)
    data = jnp.asarray(source.random((DATA_BATCHES * work.batch, *work.sample), np.float32) * 2 - 1)
    adam = Adam(*work.adam)
    softplus = jax.nn.softplus

    def fake(generator: Parameters, key: jax.Array) -> jax.Array:
        return apply(work.generator, generator, jax.random.normal(key, (work.batch, work.latent)))

    def discriminator_loss(d: Parameters, g: Parameters, data: jax.Array, key: jax.Array) -> jax.Array:
        for_rows, for_noise, for_penalty = jax.random.split(key, 3)
        real = data[jax.random.randint(for_rows, (work.batch,), 0, len(data))]
        made = jax.lax.stop_gradient(fake(g, for_noise))
        judge = partial(apply, work.discriminator, d)
        on_real, on_fake = judge(real), judge(made)
        if work.gradient_penalty:
            extra = work.gradient_penalty * penalty(judge, real, made, for_penalty)
            return on_fake.mean() - on_real.mean() + extra
        return softplus(-on_real).mean() + softplus(on_fake).mean()

    def generator_loss(g: Parameters, d: Parameters, key: jax.Array) -> jax.Array:
        on_fake = apply(work.discriminator, d, fake(g, key))
        return -on_fake.mean() if work.gradient_penalty else softplus(-on_fake).mean()

    @partial(jax.jit, donate_argnums=0)
    def play(state: Any, data: jax.Array) -> tuple[Any, jax.Array, jax.Array]:
        g, d, g_adam, d_adam, key = state
        key, for_critic, for_generator = jax.random.split(key, 3)

        def judge(critic: Any, key: jax.Array) -> Any:
            d, d_adam = critic
            loss, slopes = jax.value_and_grad(discriminator_loss)(d, g, data, key)
            return adam.update(d, slopes, d_adam), loss

        (d, d_adam), losses = jax.lax.scan(judge, (d, d_adam), jax.random.split(for_critic, work.critic_steps))
        loss, slopes = jax.value_and_grad(generator_loss)(g, d, for_generator)
        g, g_adam = adam.update(g, slopes, g_adam)
        return (g, d, g_adam, d_adam, key), losses[-1], loss

    state = generator, discriminator, adam.start(generator), adam.start(discriminator), jax.random.key(0)

    def step() -> tuple[float, float]:
        nonlocal state
        state, first, second = play(state, data)
        return float(first), float(second)

    return step


def make_sampling(work: Workload) -> Callable[[], object]:
    parameters = initial(work.generator, np.random.default_rng(0))
    key = jax.random.key(0)

    @jax.jit
    def draw(parameters: Parameters, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        key, for_noise = jax.random.split(key)
        noise = jax.random.normal(for_noise, (work.draws, work.latent))
        return key, apply(work.generator, parameters, noise, training=False)

    def step() -> np.ndarray[Any, Any]:
        nonlocal key
        key, samples = draw(parameters, key)
        return np.asarray(samples)

    return step


def main() -> None:
    options = parser(__doc__, "jax_default_matmul_precision; on a CPU XLA may compute all of them alike").parse_args()
    # XLA has as many threads as there are processors that it may use.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    precision = {"medium": "bfloat16"}.get(options.precision, options.precision)
    jax.config.update("jax_default_matmul_precision", precision)
    jax.config.update("jax_platforms", "cpu")
    work = WORKLOADS[options.workload]
    step = make_sampling(work) if work.draws else make_training(work)
    measure(step, options, library="jax", version=jax.__version__, mode="jit")


if __name__ == "__main__":
    main()

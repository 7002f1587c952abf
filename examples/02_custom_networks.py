"""A GAN of your own parts: networks, loss and training loop, from tensors and gradients.

python examples/02_custom_networks.py
"""

import swiftgan as sg
from swiftgan import nn

sg.random.seed(0)
LATENT = 4


class Residual(nn.Module):
    """x + f(x): any Python code between layers will do."""

    def __init__(self, width: int) -> None:
        self.inner = nn.Dense(width, width, weight_init="he_normal")
        self.scale = nn.Parameter(sg.full(width, 0.1))

    def forward(self, x: sg.Tensor) -> sg.Tensor:
        return x + self.scale.value * sg.relu(self.inner(x))


generator = nn.Sequential(nn.Dense(LATENT, 128), Residual(128), Residual(128), nn.Dense(128, 2))
critic = nn.Sequential(nn.Dense(2, 128), nn.LeakyReLU(), Residual(128), nn.Dense(128, 1))
generator_optimizer = sg.optim.Adam(generator, learning_rate=1e-3, beta1=0.5)
critic_optimizer = sg.optim.Adam(critic, learning_rate=1e-3, beta1=0.5)


def critic_loss(critic: nn.Module, real: sg.Tensor, fake: sg.Tensor) -> sg.Tensor:
    """Return the hinge loss with a penalty on the critic's slope at real points (R1): a gradient of a gradient."""
    slopes = sg.grad(lambda x: critic(x).sum())(real)
    penalty = (slopes**2).sum(axis=1).mean()
    return sg.relu(1 - critic(real)).mean() + sg.relu(1 + critic(fake)).mean() + 0.1 * penalty


def generator_loss(generator: nn.Module, noise: sg.Tensor) -> sg.Tensor:
    return -critic(generator(noise)).mean()


critic_gradients = sg.value_and_grad(critic_loss)
generator_gradients = sg.value_and_grad(generator_loss)

points = sg.Tensor(sg.datasets.ring8(4096))
for step in range(1, 1001):
    real = points.take(sg.random.integers(len(points), shape=128), axis=0)
    fake = generator(sg.random.normal((128, LATENT)))
    d_loss, gradients = critic_gradients(critic, real, fake)
    critic_optimizer.step(gradients)
    g_loss, gradients = generator_gradients(generator, sg.random.normal((128, LATENT)))
    generator_optimizer.step(gradients)
    if step % 250 == 0:
        samples = generator(sg.random.normal((2500, LATENT))).numpy()
        found = sg.metrics.mode_coverage(samples, sg.datasets.RING8_MODES, std=0.05)
        print(f"step {step}: critic {d_loss.item():.3f}, generator {g_loss.item():.3f}; {found}")

"""Learn 8 Gaussians on a ring, and 25 on a grid, and see which of them samples reach.

    python examples/01_ring.py [--grid]

WGAN-GP on points. For data this small the paper's authors use a penalty of 0.1; the learning rates fall to 0, which
draws the samples onto the modes.
"""

import sys
import time

import swiftgan as sg
from swiftgan.metrics import mode_coverage

if "--grid" in sys.argv:
    points, modes, std, steps = sg.datasets.grid25(20_000), sg.datasets.GRID25_MODES, 0.05, 3000
else:
    points, modes, std, steps = sg.datasets.ring8(20_000), sg.datasets.RING8_MODES, 0.01, 1500


def falling(updates: int) -> dict[str, object]:
    return {"name": "cosine", "initial": 1e-3, "steps": updates}


gan = sg.WGANGP(
    hidden=[128, 128, 128],
    batch_size=256,
    critic_steps=3,
    penalty={"name": "gradient_penalty", "weight": 0.1},
    learning_rate=falling(steps),
    discriminator_learning_rate=falling(3 * steps),
    beta1=0.5,
    ema=0.99,
    verbose=False,
    random_state=0,
)
began = time.perf_counter()
for _ in range(3):
    gan.partial_fit(points, steps=steps // 3)
    found = mode_coverage(gan.sample(2500, random_state=1), modes, std)
    distance = gan.history_.last(100)["wasserstein"]
    print(f"{time.perf_counter() - began:5.1f} s, step {gan.n_steps_}: {found}; Wasserstein estimate {distance:.3f}")

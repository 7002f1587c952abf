"""Learn 8 Gaussians on a ring, and see which of them samples reach.

python examples/01_ring.py
"""

import swiftgan as sg
from swiftgan.metrics import mode_coverage

points = sg.datasets.ring8(4096)
gan = sg.WGANGP(random_state=0)
for _ in range(4):
    gan.partial_fit(points, steps=500, verbose=False)
    found = mode_coverage(gan.sample(2500, random_state=1), sg.datasets.RING8_MODES, std=0.01)
    estimate = gan.history_.last(100)["wasserstein"]
    print(f"step {gan.n_steps_:5}: {found}; Wasserstein estimate {estimate:.3f}")

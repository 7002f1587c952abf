"""What the theory says of a GAN, beside what one does: two pictures.

    python examples/07_theory.py [FOLDER]

line_game.png follows figure 1 of Goodfellow et al. (2014): the data's density, the generator's, the discriminator D
and the best one, D* = p / (p + q), while a GAN on a line trains. parallel_lines.png is example 1 of Arjovsky et al.
(2017): the Jensen-Shannon divergence of two parallel lines is the same however far apart they are, the earth mover's
distance is not.
"""

import sys
from pathlib import Path

import swiftgan as sg

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")

game = sg.theory.line_game((0, 50, 200, 1500), seed=0)
for shot in game.snapshots:
    print(
        f"step {shot.step:4}: mean |D - D*| {shot.error:.3f}, V {shot.value:.4f}, "
        f"-log 4 + 2 JSD {shot.best_value:.4f}, JSD {shot.jsd:.4f}"
    )
game.plot(folder / "line_game.png")

lines = sg.theory.parallel_lines()
for theta, jsd, w1 in zip(lines.theta[::20], lines.jsd[::20], lines.w1[::20], strict=True):
    print(f"theta {theta:5.2f}: JSD {jsd:.4f}, W1 {w1:.4f}")
lines.plot(folder / "parallel_lines.png")

p, q = sg.theory.gaussian(0, 1), sg.theory.gaussian(1.5, 0.6)
critic = sg.theory.fit_critic(p, q, (-8, 8))
print(f"a critic between N(0, 1) and N(1.5, 0.6): estimate {critic.estimate:.3f}, W1 {critic.exact:.3f}")

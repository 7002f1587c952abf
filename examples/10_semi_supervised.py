"""A classifier of few labels: a GAN's discriminator learns from the images without labels too.

    python examples/10_semi_supervised.py [FOLDER] [--epochs 60] [--labels 20 50 100]

labels.png shows the share of test images told wrong with so many labels: by the GAN of the paper, with what is known
of all digits besides (each is one of ten, and there are about as many of each), and by the same network trained on the
labels alone. drawn.png shows what the paper's generator drew.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=60, type=int)
parser.add_argument("--labels", default=[20, 50, 100], type=int, nargs="+")
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
test = sg.datasets.load_digits(split="test")
rng = np.random.default_rng(0)

# So large a supervised weight leaves nothing of the game in the discriminator's loss: the same network and batches.
OPTIONS = {
    "all images": {},
    "all images, classes as frequent": {"information_weight": 1},
    "the labelled ones alone": {"supervised_weight": 1e6},
}
# Faster and more noise than by default: what all images tell is then learned in this time.
COMMON = {"learning_rate": 1e-3, "discriminator_noise": 0.5, "discriminator_dropout": 0.5}
errors: dict[str, list[float]] = {name: [] for name in OPTIONS}
for count in given.labels:
    some = np.full(len(labels), -1)  # -1: no label
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(labels == digit))[: count // 10]
        some[rows] = digit
    for name, options in OPTIONS.items():
        gan = sg.SemiSupervisedGAN(**COMMON, **options, random_state=0, verbose=False)
        errors[name].append(1 - gan.fit(images, some, epochs=given.epochs).score(*test))
        if not options:
            samples = gan.sample(100, random_state=0)
    told = ", ".join(f"{found[-1]:.1%} from {name}" for name, found in errors.items())
    print(f"{count} labels, {len(test[1])} test images told wrong: {told}", flush=True)

given.folder.mkdir(parents=True, exist_ok=True)
figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
for name, found in errors.items():
    axes.plot(given.labels, 100 * np.asarray(found), "o-", label=name)
axes.set(xlabel="labels", ylabel="% of test images told wrong", xticks=given.labels, ylim=(0, None))
axes.legend(title="trained on")
figure.savefig(given.folder / "labels.png", dpi=150)
sg.viz.save_grid(samples, given.folder / "drawn.png", columns=10, scale=8)
print(f"wrote labels.png and drawn.png to {given.folder}")

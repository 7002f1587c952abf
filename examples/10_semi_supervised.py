"""A classifier of few labels: a GAN's discriminator learns from the images without labels too.

    python examples/10_semi_supervised.py [FOLDER] [--epochs 60] [--labels 20 50 100]

labels.png shows the share of test images told wrong with so many labels, beside the same network trained on the labels
alone; drawn.png what the last generator drew.
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

errors: dict[str, list[float]] = {"all images": [], "the labelled ones alone": []}
for count in given.labels:
    some = np.full(len(labels), -1)  # -1: no label
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(labels == digit))[: count // 10]
        some[rows] = digit
    # A weight so large leaves nothing of the game in the discriminator's loss: the same network, start and batches.
    for name, weight in zip(errors, (1, 1e6), strict=True):
        gan = sg.SemiSupervisedGAN(supervised_weight=weight, random_state=0, verbose=False)
        errors[name].append(1 - gan.fit(images, some, epochs=given.epochs).score(*test))
        if weight == 1:
            samples = gan.sample(100, random_state=0)
    ours, alone = (found[-1] for found in errors.values())
    print(
        f"{count} labels: {ours:.1%} of {len(test[1])} test images told wrong, {alone:.1%} without the unlabelled ones"
    )

given.folder.mkdir(parents=True, exist_ok=True)
figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
for name, found in errors.items():
    axes.plot(given.labels, 100 * np.asarray(found), "o-", label=name)
axes.set(xlabel="labels", ylabel="% of test images told wrong", xticks=given.labels, ylim=(0, None))
axes.legend(title="trained on")
figure.savefig(given.folder / "labels.png", dpi=150)
sg.viz.save_grid(samples, given.folder / "drawn.png", columns=10, scale=8)
print(f"wrote labels.png and drawn.png to {given.folder}")

"""What a DCGAN has learned: its filters, what excites them, walks between samples, and sums of concepts.

    python examples/14_dcgan_studies.py [FOLDER] [--epochs 150]

filters.png shows the discriminator's first filters; guided.png real digits and, below each, the pixels that excite the
strongest feature of the first and of the last convolution; walks.png eight walks from sample to sample; arithmetic.png
in each row three samples of each of three concepts, and nine results of the first minus the second plus the third.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=150, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
gan = sg.DCGAN(width=32, batch_size=64, random_state=0).fit(images, epochs=given.epochs)
judge = sg.CNNClassifier(random_state=0, verbose=False).fit(images, labels, epochs=30)


def save(pictures, name, columns, scale=5):
    sg.viz.save_grid(pictures, given.folder / name, columns=columns, scale=scale)


save(sg.viz.stretched(gan.filters()), "filters.png", 8, scale=12)
shown = images[:16]
excited = [sg.viz.stretched(gan.guided_backprop(shown, layer=layer)) for layer in (0, 1)]
save(np.concatenate([shown / np.float32(255), *excited]), "guided.png", 16)

noise = gan.draw_noise(2000, random_state=1)
read = judge.predict(gan.generate(noise))
probability = judge.predict_proba(gan.generate(noise)).max(1)
walks = gan.interpolate(noise[:8], noise[8:16], n=12)
save(walks.reshape(-1, *walks.shape[2:]), "walks.png", 12)


def concept(digit):
    """Return the noise of the three samples that are read most surely as a digit."""
    return noise[np.argsort(-np.where(read == digit, probability, 0))[:3]]


rows = []
for first, minus, plus in ((9, 0, 6), (8, 3, 5), (7, 1, 4), (3, 5, 6)):
    parts = [concept(digit) for digit in (first, minus, plus)]
    results = gan.arithmetic(np.concatenate([parts[0], parts[2]]), parts[1], random_state=0)
    rows.append(np.concatenate([gan.generate(np.concatenate(parts)), results]))
save(np.concatenate(rows), "arithmetic.png", 18)

# Few labels: a linear classifier of all of the discriminator's features, by least squares.
few = np.random.default_rng(0).permutation(len(images))[:100]
test, test_labels = sg.datasets.load_digits(split="test")


def right(view):
    """Return the share of test digits that ridge regression of 100 labelled ones tells."""
    x, z = view(images[few]), view(test)
    mean, scale = x.mean(0), x.std() * np.sqrt(x.shape[1])
    x, z = (x - mean) / scale, (z - mean) / scale
    weights = np.linalg.solve(x @ x.T + 0.1 * np.eye(len(x)), np.eye(10)[labels[few]])
    return ((z @ x.T @ weights).argmax(1) == test_labels).mean()


print(
    f"100 labels: {right(gan.features):.1%} right by features, {right(lambda x: x.reshape(len(x), -1)):.1%} by pixels"
)
print(f"wrote filters.png, guided.png, walks.png and arithmetic.png to {given.folder}")

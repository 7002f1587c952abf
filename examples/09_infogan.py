"""Codes that come to mean something: InfoGAN finds kinds of images, and how they vary, without labels.

    python examples/09_infogan.py [FOLDER] [--data fashion] [--epochs 100]

categories.png has a row for each noise and a column for each category of the first code; continuous.png has four rows
for each of the two continuous codes, in which it goes through its range, from -1 to 1. What it changes differs from
seed to seed: the program says by how much ink and slant change from end to end and how often the kind stays.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--data", default="digits", choices=["digits", "fashion"])
parser.add_argument("--epochs", type=int, help="100, or 10 of fashion")
given = parser.parse_args()

if given.data == "digits":
    images, labels = sg.datasets.load_digits()
    gan, epochs, size = sg.InfoGAN(width=32, batch_size=32, random_state=0), 100, 8
else:
    images, labels = (part[:10_000] for part in sg.datasets.load_fashion_mnist())
    gan, epochs, size = sg.InfoGAN(width=32, batch_size=64, continuous_weight=1, random_state=0), 10, 2
gan.fit(images, epochs=given.epochs or epochs)

information = np.mean(gan.history_["mutual_information"][-100:])
print(f"the category can be read from a sample: {information:.2f} of at most {np.log(10):.2f} nats")

# Each category is named after the class that is most common among the images it is read from.
clusters = gan.predict(images)
counts = np.zeros((10, 10), int)
np.add.at(counts, (clusters, labels), 1)
names = counts.argmax(axis=1)
print(f"categories are mostly the classes {names.tolist()}: {np.mean(names[clusters] == labels):.1%} of images agree")


def slant(pictures):
    """Return by how many pixels ink moves to the right with each row upwards."""
    weights = pictures[..., 0] / pictures.sum(axis=(1, 2, 3))[:, None, None]
    y, x = np.mgrid[: pictures.shape[1], : pictures.shape[2]]
    x, y = ((axis - (weights * axis).sum(axis=(1, 2))[:, None, None]) for axis in (x, -y))
    return (weights * x * y).sum(axis=(1, 2)) / (weights * y * y).sum(axis=(1, 2))


judge = sg.metrics.ImageClassifier(epochs=30 if given.data == "digits" else 3, random_state=0).fit(images, labels)
for code in (1, 2):
    ends = gan.traverse(code=code, rows=500, steps=2, low=-1, high=1, random_state=2)
    first, last = ends[::2], ends[1::2]
    kind = judge.predict(first) == judge.predict(last)
    print(
        f"continuous code {code} from -1 to 1: ink {last.mean() / first.mean() - 1:+.0%}, "
        f"slant {np.mean(slant(last) - slant(first)):+.2f}, {kind.mean():.0%} stay of their kind"
    )

given.folder.mkdir(parents=True, exist_ok=True)
categories = gan.traverse(code=0, rows=6, random_state=1)
sg.viz.save_grid(categories, given.folder / "categories.png", columns=10, scale=size)
continuous = [gan.traverse(code=code, rows=4, steps=10, low=-1, high=1, random_state=1) for code in (1, 2)]
sg.viz.save_grid(np.concatenate(continuous), given.folder / "continuous.png", columns=10, scale=size)
print(f"wrote categories.png and continuous.png to {given.folder}")

"""Codes that come to mean something: InfoGAN finds kinds of digits, and how they vary, without labels.

    python examples/09_infogan.py [FOLDER] [--epochs 100]

categories.png has a row for each noise and a column for each category of the first code; continuous.png has four rows
for each of the two continuous codes, in which it goes from -2 to 2.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=100, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits()
gan = sg.InfoGAN(width=32, batch_size=32, random_state=0).fit(images, epochs=given.epochs)

information = np.mean(gan.history_["mutual_information"][-100:])
print(f"the category can be read from a sample: {information:.2f} of at most {np.log(10):.2f} nats")

# Each category is named after the digit that is most common among the images it is read from.
clusters = gan.predict(images)
counts = np.zeros((10, 10), int)
np.add.at(counts, (clusters, labels), 1)
names = counts.argmax(axis=1)
print(f"categories are mostly the digits {names.tolist()}: {np.mean(names[clusters] == labels):.1%} of images agree")

given.folder.mkdir(parents=True, exist_ok=True)
categories = gan.traverse(code=0, rows=6, random_state=1)
sg.viz.save_grid(categories, given.folder / "categories.png", columns=10, scale=8)
continuous = [gan.traverse(code=code, rows=4, steps=10, random_state=1) for code in (1, 2)]
sg.viz.save_grid(np.concatenate(continuous), given.folder / "continuous.png", columns=10, scale=8)
print(f"wrote categories.png and continuous.png to {given.folder}")

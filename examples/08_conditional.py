"""Digits on demand: a conditional GAN draws the classes that it is asked for.

    python examples/08_conditional.py [FOLDER] [--model CGAN] [--epochs 80]

conditional.png has a row for each class: eight samples, and two real digits at its end.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--model", default="CGAN", choices=["CGAN", "ACGAN", "ProjectionGAN"])
parser.add_argument("--epochs", default=80, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
gan = getattr(sg, given.model)(width=32, batch_size=64, random_state=0).fit(images, labels, epochs=given.epochs)

asked = np.repeat(np.arange(10), 100)
samples = gan.sample(y=asked, random_state=1)
judge = sg.CNNClassifier(random_state=0, verbose=False).fit(images, labels, epochs=40)
right = judge.predict(samples) == asked
print(f"a classifier reads {right.mean():.1%} of {len(asked)} samples as the class that was asked for")

rows = [
    np.concatenate([samples[asked == label][:8], images[labels == label][:2]])
    for label in range(10)
]  # fmt: skip
given.folder.mkdir(parents=True, exist_ok=True)
sg.viz.save_grid(np.concatenate(rows), given.folder / "conditional.png", columns=10, scale=8)
print(f"wrote {given.folder / 'conditional.png'}")

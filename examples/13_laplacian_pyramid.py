"""Digits from coarse to fine: a GAN for each level of a Laplacian pyramid.

    python examples/13_laplacian_pyramid.py [FOLDER] [--epochs 80]

pyramid.png shows eight real digits, the levels of their pyramids and what these give again; refined.png eight real
digits, the coarse images that are kept of them and five draws of the detail; lapgan.png samples beside real digits.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=80, type=int)
given = parser.parse_args()
given.folder.mkdir(parents=True, exist_ok=True)

images, _ = sg.datasets.load_digits(split="train")
pixels = images.astype(np.float32) / 255


def enlarged(x, size=8):
    """Return images of a coarse level as large as the finest, pixel by pixel."""
    return sg.resize(x, size, method="nearest").numpy()


details, middle, coarse = sg.laplacian_pyramid(pixels[:8], 3)
again = sg.reconstruct_pyramid([details, middle, coarse]).numpy()
print(f"put together again, images are off by at most {np.abs(again - pixels[:8]).max():.1g}")
# Details lie about 0, which is drawn grey.
rows = [pixels[:8], details.numpy() / 2 + 0.5, enlarged(middle) / 2 + 0.5, enlarged(coarse), again]
sheet = np.clip(np.concatenate(rows), 0, 1)  # rounding leaves some just below 0
sg.viz.save_grid(sheet, given.folder / "pyramid.png", columns=8, scale=8)

gan = sg.LAPGAN(ema=0.99, random_state=0).fit(images, epochs=given.epochs)
kept = enlarged(sg.pyramid_down(pixels[:8]))
draws = [gan.refine(images[:8], random_state=seed) / 255 for seed in range(5)]
sg.viz.save_grid(np.concatenate([pixels[:8], kept, *draws]), given.folder / "refined.png", columns=8, scale=8)

samples = gan.sample(64, random_state=1)
sg.viz.side_by_side([samples, images[:64]], ["generated", "real"], given.folder / "lapgan.png")
judge = sg.metrics.ImageClassifier(random_state=0).fit(*sg.datasets.load_digits(split="train"))
test, _ = sg.datasets.load_digits(split="test")
samples = gan.sample(len(images), random_state=1)
print(f"Fréchet distance to test digits: {sg.metrics.frechet_distance(test, samples, features=judge)}")
print(f"wrote pyramid.png, refined.png and lapgan.png to {given.folder}")

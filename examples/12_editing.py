"""The same hand, another digit: images are edited by way of their own noise (IcGAN), or made anew of codes (BiGAN).

    python examples/12_editing.py [FOLDER] [--epochs 120]

editing.png has a row for each of ten test digits: the image, the image made of what the encoders read in it, and the
ten digits made of its noise. bigan.png has two test images of each digit and below them what BiGAN, which has seen no
label, makes of their codes.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=120, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
tested, classes = sg.datasets.load_digits(split="test")
model = sg.IcGAN(
    width=32, latent=16, batch_size=64, gan_epochs=given.epochs * 2 // 3, encoder_learning_rate=1e-3, random_state=0
)
model.fit(images, labels, epochs=given.epochs)

judge = sg.CNNClassifier(random_state=0, verbose=False).fit(images, labels, epochs=40)
asked = (classes + 1) % 10
read = judge.predict(model.edit(tested, attribute=asked)) == asked
error = np.abs(model.reconstruct(tested).astype(float) - tested).mean() / 255
print(f"a classifier reads {read.mean():.1%} of {len(tested)} edited digits as the one that was asked for")
print(f"an image that is made anew differs from itself by {error:.1%} of the range")

chosen = [np.flatnonzero(classes == label)[0] for label in range(10)]
parts = [tested[chosen][:, None], model.reconstruct(tested[chosen])[:, None], model.edit(tested[chosen])]
grid = np.concatenate(parts, axis=1)
given.folder.mkdir(parents=True, exist_ok=True)
sg.viz.save_grid(grid.reshape(-1, *grid.shape[2:]), given.folder / "editing.png", columns=grid.shape[1], scale=8)

pairs = sg.BiGAN(architecture="mlp", latent=16, batch_size=64, random_state=0)
pairs.fit(images, epochs=2 * given.epochs)
again = pairs.reconstruct(tested)
kept = judge.predict(again) == classes
print(f"BiGAN: {kept.mean():.1%} of the test images are read as their own digit when they are made anew of their codes")
twenty = np.concatenate([np.flatnonzero(classes == label)[:2] for label in range(10)])
halves = [part for ten in (twenty[::2], twenty[1::2]) for part in (tested[ten], again[ten])]
sg.viz.save_grid(np.concatenate(halves), given.folder / "bigan.png", columns=10, scale=8)
print(f"wrote editing.png and bigan.png to {given.folder}")

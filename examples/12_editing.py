"""The same hand, another digit: images are edited by way of their own noise (IcGAN).

    python examples/12_editing.py [FOLDER] [--epochs 120]

editing.png has a row for each of ten test digits: the image, the image made of what the encoders read in it, and the
ten digits made of its noise.
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
print(f"wrote {given.folder / 'editing.png'}")

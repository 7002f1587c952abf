"""What does not belong: a GAN that knows one digit only, and an encoder, tell all others from it.

    python examples/11_anomalies.py [FOLDER] [--digit 8] [--epochs 400]

anomalies.png has three rows for the eight most normal test images and three for the eight least normal ones: the
images, what becomes of them on the way to noise and back, and the difference.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--digit", default=8, type=int, choices=range(10))
parser.add_argument("--epochs", default=400, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
tested, classes = sg.datasets.load_digits(split="test")
half = given.epochs // 2
detector = sg.FAnoGAN(
    width=16, latent=16, batch_size=32, gan_epochs=half, learning_rate=5e-4, encoder_learning_rate=1e-3, random_state=0
)
detector.fit(images[labels == given.digit], epochs=given.epochs)

scores = detector.score_samples(tested)
normal = classes == given.digit
pairs = scores[normal][:, None] > scores[~normal]
found = detector.predict(tested) == -1
print(f"the score of a {given.digit} is above that of another digit in {pairs.mean():.1%} of all pairs (AUC)")
print(
    f"{found[~normal].mean():.1%} of the other digits are taken for anomalies, {found[normal].mean():.1%} of the same"
)

order = np.argsort(-scores)
rows = []
for chosen in (order[:8], order[-8:]):
    back = detector.reconstruct(tested[chosen])
    difference = np.abs(back.astype(int) - tested[chosen]).astype(np.uint8)
    rows += [tested[chosen], back, difference]
given.folder.mkdir(parents=True, exist_ok=True)
sg.viz.save_grid(np.concatenate(rows), given.folder / "anomalies.png", columns=8, scale=8)
print(f"wrote {given.folder / 'anomalies.png'}")

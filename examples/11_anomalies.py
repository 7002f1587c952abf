"""What does not belong: a GAN that knows one digit only tells all others from it, by an encoder or by a search.

    python examples/11_anomalies.py [FOLDER] [--digit 2] [--epochs 400]

anomalies.png has three rows for the eight most normal test images and three for the eight least normal ones, as FAnoGAN
sees them: the images, what becomes of them on the way to noise and back, and the difference. search.png has AnoGAN's
search for four images of the digit and four others: the images, the nearest samples that it finds, and the residual.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--digit", default=2, type=int, choices=range(10))
parser.add_argument("--epochs", default=400, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
tested, classes = sg.datasets.load_digits(split="test")
normal = classes == given.digit
settings = {"width": 16, "latent": 16, "batch_size": 32, "learning_rate": 5e-4, "random_state": 0}
detectors = {
    "FAnoGAN": sg.FAnoGAN(**settings, gan_epochs=given.epochs // 2, encoder_learning_rate=1e-3, epochs=given.epochs),
    "AnoGAN": sg.AnoGAN(**settings, search_steps=200, epochs=given.epochs // 2),
}
for name, detector in detectors.items():
    scores = detector.fit(images[labels == given.digit]).score_samples(tested)
    pairs = scores[normal][:, None] > scores[~normal]
    found = detector.predict(tested) == -1
    best = classes[np.argsort(-scores)[:8]]
    print(
        f"{name}: the score of a {given.digit} is above that of another digit in {pairs.mean():.1%} of all pairs "
        f"(AUC); {found[~normal].mean():.1%} of the other digits are taken for anomalies, {found[normal].mean():.1%} "
        f"of the same; the eight most normal images are {', '.join(map(str, best))}"
    )


def beside(detector, chosen):
    """Return images, what the detector's generator makes of them, and the differences."""
    back = detector.reconstruct(chosen)
    return [chosen, back, np.abs(back.astype(int) - chosen).astype(np.uint8)]


given.folder.mkdir(parents=True, exist_ok=True)
order = np.argsort(-detectors["FAnoGAN"].score_samples(tested))
rows = [row for ends in (order[:8], order[-8:]) for row in beside(detectors["FAnoGAN"], tested[ends])]
sg.viz.save_grid(np.concatenate(rows), given.folder / "anomalies.png", columns=8, scale=8)
others = [np.flatnonzero(classes == digit)[0] for digit in (0, 3, 5, 7, 9) if digit != given.digit]
some = np.concatenate([np.flatnonzero(normal)[:4], others[:4]])
sg.viz.save_grid(
    np.concatenate(beside(detectors["AnoGAN"], tested[some])), given.folder / "search.png", columns=8, scale=8
)
print(f"wrote anomalies.png and search.png to {given.folder}")

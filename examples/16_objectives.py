"""One data set, six objectives: samples of the GANs that are named for what they minimise, side by side.

    python examples/16_objectives.py [FOLDER] [--part 1.0]

objectives.png has a column of samples for each, and one of real digits: least squares, the Wasserstein distance with
clipped weights and with a gradient penalty, a kernel's two-sample statistic of learned features, and two whose
discriminators are autoencoders. Settings are the papers' but for rates: these take a minute of steps, not a day's.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--part", default=1.0, type=float, help="of the epochs of each")
given = parser.parse_args()

MODELS = {
    "LSGAN": (sg.LSGAN(width=16), 150),
    "WGAN": (sg.WGAN(width=16, learning_rate=5e-4), 500),
    "WGAN-GP": (sg.WGANGP(hidden=[128, 128], learning_rate=1e-3), 150),
    "MMD-GAN": (sg.MMDGAN(width=16, learning_rate=5e-4), 700),
    "EBGAN": (sg.DCGAN(width=16, batch_size=64, objective={"name": "ebgan", "margin": 0.2}), 100),
    "BEGAN": (sg.DCGAN(width=16, batch_size=64, objective="began"), 100),
}
images, labels = sg.datasets.load_digits(split="train")
test, _ = sg.datasets.load_digits(split="test")
judge = sg.metrics.ImageClassifier(random_state=0).fit(images, labels)
columns = {}
for name, (gan, epochs) in MODELS.items():
    gan.set_params(random_state=0, verbose=False).fit(images, epochs=max(1, round(given.part * epochs)))
    samples = gan.sample(len(test), random_state=1)
    distance = sg.metrics.frechet_distance(test, samples, features=judge)
    found = sg.metrics.class_coverage(judge.predict(samples), 10, least=0.01)
    print(f"{name:8} Fréchet distance to test digits {distance}, {found.covered} of 10 classes", flush=True)
    columns[name] = samples[:32]
rows = np.random.default_rng(0).permutation(len(images))[: len(test)]
print(f"training digits themselves {sg.metrics.frechet_distance(test, images[rows], features=judge)}")
columns["real"] = test[:32]

given.folder.mkdir(parents=True, exist_ok=True)
sg.viz.side_by_side(list(columns.values()), list(columns), given.folder / "objectives.png", columns=4)
print(f"wrote {given.folder / 'objectives.png'}")

"""A GAN learns to write digits from 1,797 real handwritten ones, in less than a minute, and is judged.

    python examples/demo.py [--seed 0] [--epochs 300] [--out demo]

Trains a DCGAN on three quarters of the digits that ship with the package. A classifier, trained with the same library
on the same digits, says which digits the samples show; the last quarter is kept from both, to test on.

Writes digits.png (samples beside real digits) and losses.png; pictures need Pillow and matplotlib, the rest only NumPy.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

STARTED = time.perf_counter()

import numpy as np  # noqa: E402
import swiftgan as sg  # noqa: E402
from swiftgan.metrics import ImageClassifier, class_coverage, frechet_distance  # noqa: E402

N_SAMPLES = 1000


def split(images: np.ndarray, labels: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """Return training images and labels, then test images and labels: three quarters and one."""
    order = np.random.default_rng(seed).permutation(len(images))
    cut = len(images) * 3 // 4
    train, test = order[:cut], order[cut:]
    return images[train], labels[train], images[test], labels[test]


def train(images: np.ndarray, epochs: int, seed: int) -> tuple[sg.DCGAN, float, float]:
    """Return a fitted DCGAN, its steps per second, and the seconds from the program's start to the first sample."""
    gan = sg.DCGAN(width=32, batch_size=64, ema=0.999, random_state=seed)
    gan.fit(images, steps=1, verbose=False)
    gan.sample(1)
    first_sample = time.perf_counter() - STARTED
    began = time.perf_counter()
    gan.partial_fit(images, epochs=epochs)
    return gan, (gan.n_steps_ - 1) / (time.perf_counter() - began), first_sample


def judge(gan: sg.DCGAN, data: tuple[np.ndarray, ...], seed: int) -> None:
    """Print which digits a held-out classifier finds in samples, and how far samples are from real test digits."""
    images, labels, test_images, test_labels = data
    classifier = ImageClassifier(random_state=seed).fit(images, labels)
    accuracy = classifier.score(test_images, test_labels)
    print(f"classifier          {accuracy:.1%} of {len(test_labels)} test digits right")

    samples = gan.sample(N_SAMPLES, random_state=seed)
    found = class_coverage(classifier.predict(samples), 10, least=0.01)
    shares = " ".join(f"{digit}:{share:.1%}" for digit, share in enumerate(found.shares))
    print(f"classes in samples  {found.covered} of 10 (each above 1% of {N_SAMPLES}); rarest {found.smallest_share}")
    print(f"                    {shares}")

    # Distances fall with the number of samples, so both have as many as there are training digits.
    samples = gan.sample(len(images), random_state=seed)
    for name, compared in (("samples to test", samples), ("train to test", images)):
        distance = frechet_distance(test_images, compared, features=classifier)
        print(f"Fréchet distance    {name:16}{distance}")


def draw(gan: sg.DCGAN, real: np.ndarray, folder: Path, seed: int) -> None:
    """Write the pictures."""
    from swiftgan import viz

    samples = gan.sample(64, random_state=seed)
    viz.side_by_side([255 - samples, 255 - real[:64]], ["generated", "real"], folder / "digits.png")
    viz.plot_history(gan.history_, folder / "losses.png")
    print(f"pictures            {folder / 'digits.png'}, {folder / 'losses.png'}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="of weights, noise, and the split of the data")
    parser.add_argument("--epochs", type=int, default=300, help="passes over the data")
    parser.add_argument("--out", type=Path, default=Path("demo"), help="the folder for the pictures")
    arguments = parser.parse_args()

    sg.show_config()
    data = split(*sg.datasets.load_digits(), arguments.seed)
    pixels = f"{data[0].shape[1:]} {data[0].dtype}"
    print(f"digits              {len(data[0])} to train on, {len(data[2])} to test on, each {pixels}")
    try:
        gan, speed, first_sample = train(data[0], arguments.epochs, arguments.seed)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    losses = gan.history_.last(100)
    print(f"steps               {gan.n_steps_}, {speed:.1f} per second")
    print(f"time to 1st sample  {first_sample:.2f} s from the program's start, one step of training included")
    print(f"losses              {', '.join(f'{name} {value:.3f}' for name, value in losses.items())} (last 100 steps)")
    judge(gan, data, arguments.seed)
    try:
        draw(gan, data[0], arguments.out, arguments.seed)
    except ImportError as error:
        print(f"no pictures         {error}")
    print(f"total               {time.perf_counter() - STARTED:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

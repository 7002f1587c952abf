"""Tags for digits: a conditional GAN draws vectors of words for an image, and the nearest words are its tags.

    python examples/15_tags.py [FOLDER] [--epochs 60]

Each digit is tagged in English, German or Spanish, one tag for each training image, a third of them each. tags.png
shows test digits with the tags that are drawn most often, three at most, and how often each was the nearest word.
"""

import argparse
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=60, type=int)
given = parser.parse_args()

ENGLISH = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
GERMAN = "null eins zwei drei vier fünf sechs sieben acht neun".split()  # noqa: SIM905
SPANISH = "cero uno dos tres cuatro cinco seis siete ocho nueve".split()  # noqa: SIM905
words = [word for digit in zip(ENGLISH, GERMAN, SPANISH, strict=True) for word in digit]
source = np.random.default_rng(0)


def directions(*shape):
    """Return vectors of length 1 and 16 numbers."""
    drawn = source.normal(size=(*shape, 16))
    return drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)


# Words of one digit lie near each other.
vocabulary = (directions(10, 1) + 0.5 * directions(10, 3)).reshape(30, 16).astype(np.float32)
images, labels = sg.datasets.load_digits(split="train")
test, test_labels = sg.datasets.load_digits(split="test")
tags = 3 * labels + source.integers(0, 3, len(labels))
# A penalty in place of dropout: else the discriminator learns the pairs by heart, and an image is given one word only.
options = {"penalty": "r1", "discriminator_dropout": 0, "learning_rate": 5e-4, "critic_steps": 3}
gan = sg.TagGAN(batch_size=64, random_state=0, **options).fit(images, vocabulary[tags], epochs=given.epochs)

found = gan.top_tags(test, vocabulary, k=3, nearest=3, random_state=0)
asked = 3 * test_labels + source.integers(0, 3, len(test))
share = (found == asked[:, None]).any(axis=1).mean()
print(f"the true tag is among the three most common ones of {share:.1%} of {len(test)} test digits")

drawn = gan.draw_vectors(test, n=200, random_state=0)
nearest = (drawn @ vocabulary.T / np.linalg.norm(vocabulary, axis=1)).argmax(axis=2)
shares = np.stack([np.bincount(row, minlength=30) for row in nearest]) / nearest.shape[1]
own = np.take_along_axis(shares.reshape(-1, 10, 3), test_labels[:, None, None], axis=1)
print(f"{own.sum() / len(test):.0%} of the vectors drawn are nearest to a word of their digit, which is given")
print(f"{(own >= 0.1).sum() / len(test):.1f} of its three words in a tenth of the draws or more")
figure = sg.viz.new_figure((9, 5))
for axes, image, row in zip(figure.subplots(3, 4).ravel(), test, nearest, strict=False):
    often = np.bincount(row, minlength=30)
    order = [tag for tag in np.argsort(-often)[:3] if often[tag]]
    axes.imshow(image[..., 0], cmap="gray_r")
    axes.set_title("\n".join(f"{words[tag]} {often[tag] / len(row):.0%}" for tag in order), fontsize=9)
    axes.set_axis_off()
sg.viz.save_figure(figure, given.folder / "tags.png")
print(f"wrote {given.folder / 'tags.png'}")

"""What a DCGAN has learned: its filters, what excites them, walks, sums of concepts, and what it can forget.

    python examples/14_dcgan_studies.py [FOLDER] [--epochs 150]

filters.png shows the discriminator's first filters; guided.png, for six features of its last convolution, the digits
that excite them most and below each which pixels do so: red where ink excites the feature, blue where it does the
contrary. It shows where a feature looks; signs change from pixel to pixel, and 8x8 pixels are too few for a shape.
walks.png has eight walks from sample to sample; arithmetic.png in each row three bold samples of a digit,
three thin ones, three thin ones of another digit, and nine results of the first minus the second plus the third, which
are to be bold ones of the other digit: for each other digit with the first one for which that is so best. forget.png
shows samples of a digit and below them what the generator makes of the same noise without the features that tell of it.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
import swiftgan as sg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?", default="demo", type=Path)
parser.add_argument("--epochs", default=150, type=int)
given = parser.parse_args()

images, labels = sg.datasets.load_digits(split="train")
gan = sg.DCGAN(width=32, batch_size=64, random_state=0).fit(images, epochs=given.epochs)
judge = sg.CNNClassifier(random_state=0, verbose=False).fit(images, labels, epochs=30)


def save(pictures, name, columns, scale=8):
    sg.viz.save_grid(pictures, given.folder / name, columns=columns, scale=scale)


save(sg.viz.stretched(gan.filters()), "filters.png", 8, scale=12)


def coloured(gradients):
    """Return gradients as pictures on white: red where they are positive, blue where they are negative."""
    size = gradients / np.abs(gradients).max(axis=(1, 2, 3), keepdims=True)
    return 1 - np.concatenate([np.maximum(-size, 0), np.abs(size), np.maximum(size, 0)], axis=3)


some = images[:500]
strength = gan.features(some, grid=1)[:, gan.filters().shape[0] :]
rows = []
for feature in np.argsort(strength.mean(0) - np.sort(strength, axis=0)[-10:].mean(0))[:6]:
    shown = some[np.argsort(-strength[:, feature])[:10]]
    ink = np.repeat(1 - shown / np.float32(255), 3, axis=3)
    rows += [ink, coloured(gan.guided_backprop(shown, feature=int(feature), layer=1))]
save(np.concatenate(rows), "guided.png", 10)

noise = gan.draw_noise(4000, random_state=1)
samples = gan.generate(noise)
probabilities = judge.predict_proba(samples)
read, ink = probabilities.argmax(axis=1), samples.mean(axis=(1, 2, 3))
walks = gan.interpolate(noise[:8], noise[8:16], n=12)
save(walks.reshape(-1, *walks.shape[2:]), "walks.png", 12)


def concept(digit, bold):
    """Return the noise of the three boldest or thinnest of the surely read half of the samples of a digit."""
    own = np.flatnonzero(read == digit)
    sure = own[np.argsort(-probabilities[own, digit])[: len(own) // 2]]
    order = sure[np.argsort(ink[sure])]
    return noise[order[-3:] if bold else order[:3]]


usable = np.flatnonzero(np.bincount(read, minlength=10) >= 12)
best, right, change = {}, [], []
for first, other in itertools.permutations(usable, 2):
    parts = [concept(first, True), concept(first, False), concept(other, False)]
    results = gan.arithmetic(np.concatenate([parts[0], parts[2]]), parts[1], random_state=0)
    right.append((judge.predict(results) == other).mean())
    change.append([results.mean() / 255, gan.generate(parts[2]).mean() / 255])
    row = (right[-1], change[-1][0] - change[-1][1], np.concatenate([gan.generate(np.concatenate(parts)), results]))
    best[other] = max(best.get(other, row), row, key=lambda row: row[:2])
if right:
    after, before = np.mean(change, axis=0)
    print(
        f"bold a - thin a + thin b: {np.mean(right):.0%} of the results of {len(right)} pairs are read as b, "
        f"with {after:.0%} of the ink there could be in place of {before:.0%}"
    )
    save(np.concatenate([row[2] for row in best.values()]), "arithmetic.png", 18)

# Which of the generator's first features tell of a digit: a linear probe, as in the paper. A quarter is dropped.
probe, fresh = noise[:2000], noise[2000:]
maps = gan.generator_features(probe, layer=0).mean(axis=(1, 2))
maps = (maps - maps.mean(axis=0)) / maps.std()
solve = np.linalg.solve(maps.T @ maps + 10 * np.eye(maps.shape[1]), maps.T)
rows, left, others = [], [], []
for digit in range(10):
    weights = solve @ ((read[:2000] == digit) - (read[:2000] == digit).mean())
    dropped = np.argsort(-weights)[: len(weights) // 4].tolist()
    forgotten = gan.forget(fresh, dropped, layer=0)
    told, own = judge.predict(forgotten), read[2000:] == digit
    left.append((told == digit).sum() / max(own.sum(), 1))
    others.append((told == read[2000:])[~own].mean())
    if digit in (0, 3, 5, 7) and own.sum() >= 12:
        rows += [samples[2000:][own][:12], forgotten[own][:12]]
print(
    f"a digit whose features are dropped is drawn {np.median(left):.0%} as often (median); "
    f"{np.mean(others):.0%} of the other samples are read as before"
)
if rows:
    save(np.concatenate(rows), "forget.png", 12)

# Few labels: a linear classifier of all of the discriminator's features, by least squares.
few = np.random.default_rng(0).permutation(len(images))[:100]
test, test_labels = sg.datasets.load_digits(split="test")


def accuracy(view):
    """Return the share of test digits that ridge regression of 100 labelled ones tells."""
    x, z = view(images[few]), view(test)
    mean, scale = x.mean(0), x.std() * np.sqrt(x.shape[1])
    x, z = (x - mean) / scale, (z - mean) / scale
    weights = np.linalg.solve(x @ x.T + 0.1 * np.eye(len(x)), np.eye(10)[labels[few]])
    return ((z @ x.T @ weights).argmax(1) == test_labels).mean()


by_features, by_pixels = accuracy(gan.features), accuracy(lambda x: x.reshape(len(x), -1))
print(f"100 labels: {by_features:.1%} right by features, {by_pixels:.1%} by pixels")
print(f"wrote filters.png, guided.png, walks.png, arithmetic.png and forget.png to {given.folder}")

"""A5: autoencoders: denoising, and semantic hashing, which finds near-duplicates by codes of bits."""

from __future__ import annotations

import functools

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, load


def denoised(run: Run) -> Measured:
    """Return by how many decibels denoising brings spoiled test images nearer to the clean ones."""
    (train, _), (test, _) = run.data
    clean = test.astype(np.float32) / 255
    noise = np.random.default_rng(run.seed).normal(0, 0.3, clean.shape)
    spoiled = np.clip(clean + noise, 0, 1).astype(np.float32)
    model = sg.Autoencoder(code=64, noise="gaussian", noise_level=0.3, random_state=run.seed)
    epochs = run.choose({"DIGITS": 150, "FASHION": 10}[run.data_name], 40)
    model.fit(train.astype(np.float32) / 255, epochs=epochs, verbose=False)
    before, after = (float(((images - clean) ** 2).mean()) for images in (spoiled, model.reconstruct(spoiled)))
    return Measured(float(10 * np.log10(before / after)), {"squared error before": before, "after": after})


# ------------------------------------------------------------------------------------------------------- duplicates


def moved(images: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return images (n, H, W, 1), each moved by so many pixels; what comes in is empty."""
    out = np.zeros_like(images)
    height, width = images.shape[1:3]
    for index, (dy, dx) in enumerate(zip(down, right, strict=True)):
        rows, columns = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
        from_rows, from_columns = slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0))
        out[index, rows, columns] = images[index, from_rows, from_columns]
    return out


def planted(images: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, set[tuple[int, int]]]:
    """Return uint8 images with a changed copy of every tenth behind them, and the pairs of rows that are copies.

    A third of the copies each: Gaussian noise of standard deviation 5 (of 255) on every pixel; moved by one pixel up,
    down, left or right; brightness times a factor from 0.8 to 1.2. Pixels are then rounded and cut to 0 to 255.
    """
    count = len(images) // 10 // 3 * 3
    chosen = generator.permutation(len(images))[:count]
    noisy, shifted, bright = images[chosen].astype(np.float64).reshape(3, count // 3, *images.shape[1:])
    steps = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])[generator.integers(0, 4, len(shifted))]
    changed = [
        noisy + generator.normal(0, 5, noisy.shape),
        moved(shifted, *steps.T),
        bright * generator.uniform(0.8, 1.2, (len(bright), 1, 1, 1)),
    ]
    copies = np.clip(np.round(np.concatenate(changed)), 0, 255).astype(np.uint8)
    pairs = {(int(row), len(images) + index) for index, row in enumerate(chosen)}
    return np.concatenate([images, copies]), pairs


def canonical(images: np.ndarray) -> np.ndarray:
    """Return float32 images with the centre of their light in the middle and the same mean light."""
    light = images.astype(np.float64)
    total = np.maximum(light.sum(axis=(1, 2, 3)), 1)
    steps = []
    for axis in (1, 2):
        places = np.arange(images.shape[axis]) - (images.shape[axis] - 1) / 2
        mass = light.sum(axis=(3 - axis, 3))
        steps.append(-np.round(mass @ places / total).astype(int))
    scaled = moved(light, *steps) / total[:, None, None, None]
    return np.clip(scaled * np.prod(images.shape[1:3]) / 5, 0, 1).astype(np.float32)


def likeness(images: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the correlation of the two images of each pair."""
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.einsum("ij,ij->i", rows[pairs[:, 0]], rows[pairs[:, 1]])


def found(model: sg.models.Estimator, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs whose codes differ in at most 8 bits, found in linear time, and how alike their pixels are."""
    seen = canonical(images)
    pairs = np.asarray(model.find_duplicates(seen, radius=8))
    return pairs, likeness(seen, pairs)


@functools.cache
def duplicates(seed: int, epochs: int, data: str) -> dict[str, float]:
    """Train a code on the training images and search the test images; return precision, recall and more."""
    (train, _), (test, _) = load(data)
    generator = np.random.default_rng(seed)
    model = sg.SemanticHashing(code=128, random_state=seed).fit(canonical(train), epochs=epochs, verbose=False)
    # How alike is a copy? Learned on training images with copies of their own.
    known, copies = planted(train[generator.permutation(len(train))[: len(test)]], generator)
    pairs, alike = found(model, known)
    is_copy = np.array([tuple(pair) in copies for pair in pairs.tolist()])
    order = np.argsort(-alike)
    precision = np.cumsum(is_copy[order]) / np.arange(1, len(order) + 1)
    last = np.flatnonzero(precision >= 0.995)
    limit = alike[order[last[-1]]] if len(last) else 1.0
    images, copies = planted(test, generator)
    pairs, alike = found(model, images)
    is_copy = np.array([tuple(pair) in copies for pair in pairs.tolist()])
    taken = alike >= limit
    return {
        "precision": float(is_copy[taken].mean()) if taken.any() else 0.0,
        "recall": float(is_copy[taken].sum() / len(copies)),
        "images": len(images),
        "copies": len(copies),
        "candidates per image": len(pairs) / len(images),
        "copies among the candidates": float(is_copy.sum() / len(copies)),
        "least correlation": float(limit),
    }


def search(run: Run, what: str) -> Measured:
    result = duplicates(run.seed, run.choose(10, 60), run.data_name)
    return Measured(result[what], {name: value for name, value in result.items() if name != what})


ROW = Row(
    "A5",
    "denoising autoencoder; semantic hashing",
    (
        *(
            Figure(
                "decibels won back from noise of 0.3 by denoising",
                at_least(bound),
                denoised,
                data=data,
                seeds=(0, 1, 2),
                quick=at_least(3.5),
                budget_s=60,
            )
            for data, bound in (("DIGITS", 4), ("FASHION", 5))
        ),
        *(
            Figure(
                f"planted near-duplicates: {what}",
                at_least(bound),
                lambda run, what=what: search(run, what),
                data="FASHION",
                seeds=(0, 1, 2),
                quick=at_least(quick),
                budget_s=60,
            )
            for what, bound, quick in (("precision", 0.99, 0.9), ("recall", 0.8, 0.5))
        ),
    ),
)

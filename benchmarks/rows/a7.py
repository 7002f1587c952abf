"""A7: the restricted Boltzmann machine, trained by contrastive divergence; Gibbs sampling is the MCMC baseline."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import swiftgan as sg

from .row import Data, Figure, Measured, Row, Run, at_least, at_most


def bits(count: int) -> np.ndarray:
    """Return all binary vectors of so many digits, float64 (2^count, count)."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=count)))


def partition(run: Run) -> Measured:
    """Return the largest difference of any of 16 free energies, or of log Z, to sums over all 2^7 states."""
    generator = np.random.default_rng(run.seed)
    patterns = (generator.random((64, 4)) < [0.9, 0.2, 0.5, 0.7]).astype(np.float32)
    patterns[:, 3] = patterns[:, 0]
    model = sg.RBM(hidden=3, batch_size=16, learning_rate=0.2, random_state=run.seed)
    model.fit(patterns, epochs=50, verbose=False)
    w, b, c = (
        model.network_.parameters()[name].value.numpy().astype(np.float64)
        for name in ("weight", "visible_bias", "hidden_bias")
    )
    visible, hidden = bits(4), bits(3)
    energies = -(visible @ b)[:, None] - (hidden @ c)[None, :] - visible @ w @ hidden.T
    free = -np.log(np.exp(-energies).sum(axis=1))
    log_z = np.log(np.exp(-energies).sum())
    ours = model.free_energy(visible.astype(np.float32))
    total = np.exp(model.score_samples(visible.astype(np.float32))).sum()
    differences = [np.abs(ours - free).max(), abs(float(model.log_partition()) - log_z), abs(total - 1)]
    return Measured(float(max(differences)), {"log Z": float(log_z), "largest weight": float(np.abs(w).max())})


def binarised(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return training and test digits as float32 of 0 and 1: ink where a pixel is more than half black."""
    return tuple((images > 127).astype(np.float32) for images, _ in data)


@functools.cache
def trained(seed: int, epochs: int, persistent: bool, data: str) -> sg.models.Estimator:
    from .row import load

    train, _ = binarised(load(data))
    steps = epochs * -(-len(train) // 64)
    # The chains follow the machine only while it changes slowly: the rate must go to 0.
    rate = {"name": "cosine", "initial": 0.1, "steps": steps}
    model = sg.RBM(hidden=128, persistent=persistent, batch_size=64, learning_rate=rate, random_state=seed)
    return model.fit(train, epochs=epochs, verbose=False)


def machine(run: Run, persistent: bool = True) -> sg.models.Estimator:
    return trained(run.seed, run.choose(150, 40), persistent, run.data_name)


def reconstruction(run: Run, persistent: bool) -> Measured:
    """Return the share of the pixels of test digits that come back through the hidden units."""
    train, test = binarised(run.data)
    back = machine(run, persistent).reconstruct(test) > 0.5
    mean = train.mean(axis=0) > 0.5
    return Measured(float((back == test).mean()), {"by the mean digit": float((mean == test).mean())})


def likelihood(run: Run) -> Measured:
    """Return by how many nats a test digit is more probable than with independent pixels."""
    train, test = binarised(run.data)
    rate = (train.sum(axis=0) + 1) / (len(train) + 2)
    independent = np.log(np.where(test > 0, rate, 1 - rate)).sum(axis=(1, 2, 3)).mean()
    log_z, error = machine(run).log_partition(return_std=True)
    ours = (-machine(run).free_energy(test)).mean() - log_z
    return Measured(
        float(ours - independent),
        {"nats of a test digit": float(ours), "independent pixels": float(independent), "error of log Z": float(error)},
    )


def samples(run: Run) -> Measured:
    """Return how many classes are at least 1% of 1,000 samples, as a classifier of binarised digits sees them."""
    train, _ = binarised(run.data)
    judge = sg.metrics.ImageClassifier(epochs=run.choose(30, 10), random_state=0).fit(train, run.data.train[1])
    drawn = machine(run).sample(1000, random_state=run.seed)
    found = sg.metrics.class_coverage(judge.predict(drawn), 10, least=0.01)
    right = judge.score(binarised(run.data)[1], run.data.test[1])
    return Measured(found.covered, {"shares": [float(share) for share in found.shares], "judge, test digits": right})


ROW = Row(
    "A7",
    "restricted Boltzmann machine",
    (
        Figure("4x3 machine, difference to sums over all states", at_most(1e-9), partition, seeds=(0, 1, 2)),
        *(
            Figure(
                f"binarised, {name}: pixels reconstructed",
                at_least(0.95),
                lambda run, persistent=persistent: reconstruction(run, persistent),
                data="DIGITS",
                seeds=(0, 1, 2),
                quick=at_least(0.9),
                budget_s=20,
            )
            for name, persistent in (("persistent CD", True), ("CD-1", False))
        ),
        Figure(
            "binarised: nats above independent pixels",
            at_least(7),
            likelihood,
            data="DIGITS",
            seeds=(0, 1, 2),
            quick=at_least(5),
            budget_s=20,
        ),
        Figure(
            "binarised: classes of at least 1% in 1,000 samples",
            at_least(10),
            samples,
            data="DIGITS",
            seeds=(0, 1, 2),
            quick=at_least(9),
            budget_s=20,
        ),
    ),
)

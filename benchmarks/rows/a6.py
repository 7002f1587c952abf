"""A6: the variational autoencoder, beside the same net in PyTorch."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import swiftgan as sg

from .results import write
from .row import Figure, Measured, MissingError, Row, Run, near

PEER = Path(__file__).resolve().parent / "vae_torch.py"
KEPT = Path(__file__).resolve().parent / "vae_torch.json"


def settings(run: Run) -> dict[str, Any]:
    """Return what both libraries are told."""
    return {
        "hidden": [400],
        "latent": 20,
        "epochs": run.choose(20, 30),
        "batch_size": 128,
        "learning_rate": 1e-3,
        "draws": 10,
        "seed": run.seed,
    }


def ours(run: Run) -> tuple[float, float]:
    """Return the bound on log p(x) of a test image, in nats, and the seconds of training."""
    (train, _), (test, _) = run.data
    given = settings(run)
    model = sg.VAE(
        hidden=given["hidden"],
        latent=given["latent"],
        batch_size=given["batch_size"],
        learning_rate=given["learning_rate"],
        random_state=run.seed,
    )
    began = time.perf_counter()
    model.fit(train, epochs=given["epochs"], verbose=False)
    seconds = time.perf_counter() - began
    draws = [model.score_samples(test, random_state=seed).mean() for seed in range(given["draws"])]
    return float(np.mean(draws)), seconds


def theirs(run: Run) -> dict[str, Any]:
    """Return the peer's result: measured now where there is a peer, else what was kept when there was one."""
    key = f"{run.data_name} {run.seed}"
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    given = settings(run)
    if run.peer is None:
        if kept.get(key, {}).get("settings") != given:
            raise MissingError(
                f"no figure of PyTorch is kept for {key} with these settings; measure it with --peer PYTHON"
            )
        return kept[key]
    with tempfile.TemporaryDirectory() as name:
        (train, _), (test, _) = run.data
        np.savez(Path(name) / "data.npz", train=train, test=test)
        path = Path(name) / "settings.json"
        path.write_text(json.dumps({**given, "data": str(Path(name) / "data.npz")}))
        environment = {**os.environ, "OMP_NUM_THREADS": str(sg.get_num_threads())}
        command = [run.peer, str(PEER), str(path)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    result = {**json.loads(done.stdout.splitlines()[-1]), "settings": given}
    write(KEPT, {**kept, key: result})
    return result


def against_peer(run: Run) -> Measured:
    """Return our bound minus the peer's."""
    peer = theirs(run)
    bound, seconds = ours(run)
    return Measured(
        bound - peer["elbo"],
        {"ours": bound, "PyTorch": peer["elbo"], "seconds": seconds, "PyTorch's seconds": peer["seconds"]},
    )


ROW = Row(
    "A6",
    "variational autoencoder",
    (
        Figure(
            "bound on a test image's log p(x), nats above PyTorch's",
            near(0, 1, ".2f"),
            against_peer,
            data="FASHION",
            seeds=(0, 1, 2),
            budget_s=120,
        ),
    ),
)

"""Games and trainers: GANs of one's own, from any networks, objectives and losses.

>>> import swiftgan as sg
>>> nn = sg.nn
>>> game = sg.Game(
...     [
...         sg.Player("discriminator", nn.Sequential(nn.Dense(2, 64), nn.LeakyReLU(), nn.Dense(64, 1))),
...         sg.Player("generator", nn.Sequential(nn.Dense(8, 64), nn.ReLU(), nn.Dense(64, 2))),
...     ],
...     objective="non_saturating", latent=8,
... )
>>> trainer = sg.Trainer(game, sg.datasets.ring8(512), batch_size=64).fit(steps=2)
>>> trainer.sample(5).shape
(5, 2)
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from . import _core, _registry
from ._creation import asarray
from ._fit import History, Record, Watch, fit_limits, play, untraced
from ._given_objectives import named_objective, named_penalties
from ._own_objectives import Objective
from ._precision import as_precision
from ._random_state import as_seed
from ._tensor import Tensor
from .nn._module import Module, existing

Loss = Callable[[tuple[Tensor, ...], Tensor], Tensor]
"""``loss(batch, key)``: a tensor of one element from the batch's columns and a key for random numbers."""


class Player:
    """One side of a game: a network and how it is trained.

    Parameters
    ----------
    name : str
        ``"discriminator"`` and ``"generator"`` are those that objectives know.
    network : Module
        What is trained.
    optimizer : str or dict
        A registered optimizer, by name or with options: ``{"name": "adam", "learning_rate": 2e-4, "beta1": 0.5}``.
    steps : int
        Updates in each round.
    batch : {"fresh", "latest", "again"}, optional
        Whether an update draws a batch, sees the one drawn last, or, in a player's step i, the batch of the round's
        step i again (a fresh one where there were fewer); by default a generator sees the last.
    clip_weights : float, optional
        Largest magnitude of the weights, kept after each update.
    ema : float
        Decay of the moving average of the weights, from which samples are then made; 0 for none.
    from_epoch, until_epoch : int, optional
        After how many passes over the data the player begins to move, and rests: training in stages. What rests stays
        as it is.
    """

    def __init__(
        self,
        name: str,
        network: Module,
        optimizer: str | Mapping[str, Any] = "adam",
        *,
        steps: int = 1,
        batch: str | None = None,
        clip_weights: float | None = None,
        ema: float = 0,
        from_epoch: int = 0,
        until_epoch: int | None = None,
    ) -> None:
        if not isinstance(network, Module):
            raise TypeError(f"player {name!r}: the network must be an nn.Module, not {type(network).__name__}")
        self.name = name
        self.network = network
        self._options = {
            "optimizer": optimizer,
            "steps": steps,
            "clip_weights": clip_weights,
            "ema": ema,
            "from_epoch": from_epoch,
            "until_epoch": until_epoch,
        }
        if batch is not None:
            self._options["batch"] = batch

    def __repr__(self) -> str:
        return f"Player({self.name!r}, {type(self.network).__name__})"


class Game:
    """Who plays and for what.

    Parameters
    ----------
    players : sequence of Player
        With an objective the discriminator moves first in each round, wherever it is in the list; with losses of your
        own players move in this order.
    objective : str, dict or Objective, optional
        A registered one by name or with options (``{"name": "non_saturating", "real_label": 0.9}``), or one of your
        own.
    penalties : penalty, or sequence of penalties
        Penalties on the discriminator, such as ``"r1"``, ``("r1", 10)``, ``{"name": "gradient_penalty", "weight": 10}``
        or of your own: a function of critic, real, fake and key, ``(function, weight)``, or an `objectives.Penalty`.
        They go with an objective; losses of your own add what they want.
    latent : int
        Coordinates of the generator's noise.
    latent_distribution : {"normal", "uniform"}
        Standard normal noise, or uniform on [-1, 1).
    pack : int
        How many samples the discriminator judges at once, joined along their last axis (PacGAN).
    unroll : int
        Discriminator updates that the generator looks ahead, and differentiates through (unrolled GAN).
    augment : str or sequence of str
        Differentiable augmentation of what the discriminator sees, such as ``"color,translation,cutout"``.
    historical_averaging : float
        Weight of the squared distance of both players' weights from the mean of all that they have been; 0 for none.
    losses : mapping from player to loss, optional
        In place of an objective: for each player a function ``loss(batch, key)`` of the batch's columns and a random
        key. It applies the networks itself.
    """

    def __init__(
        self,
        players: Sequence[Player],
        objective: str | Mapping[str, Any] | Objective | None = None,
        *,
        penalties: Any = (),
        latent: int = 100,
        latent_distribution: str = "normal",
        pack: int = 1,
        unroll: int = 0,
        augment: str | Iterable[str] = (),
        historical_averaging: float = 0,
        losses: Mapping[str, Loss] | None = None,
    ) -> None:
        self.players = tuple(players)
        names = [player.name for player in self.players]
        if not names:
            raise ValueError("a game needs at least one player")
        if len(set(names)) < len(names):
            raise ValueError(f"players need names of their own, but they are {names}")
        options = {
            "latent": latent,
            "latent_distribution": latent_distribution,
            "pack": pack,
            "unroll": unroll,
            "augment": augment if isinstance(augment, str) else list(augment),
            "historical_averaging": historical_averaging,
        }
        self._handle = _core.game(_registry.encode(options))
        self._networks = [player.network.handle for player in self.players]
        for player, network in zip(self.players, self._networks, strict=True):
            self._handle.add_player(player.name, network, _registry.encode(player._options))
        if (objective is None) == (losses is None):
            raise TypeError("a game needs either an objective or losses of your own")
        if losses is not None:
            _check_own_losses(
                penalties, pack=pack, unroll=unroll, augment=options["augment"], historical=historical_averaging
            )
        if losses is None:
            name, more = named_objective(objective)
            self._handle.set_objective(name, _registry.encode(more))
            _check_players(name, names)
        else:
            self._set_losses(losses)
        for name, more in named_penalties(penalties, objective):
            self._handle.add_penalty(name, _registry.encode(more))

    def _set_losses(self, losses: Mapping[str, Loss]) -> None:
        names = [player.name for player in self.players]
        for name in names:
            if not callable(losses.get(name)):
                raise TypeError(f"player {name!r} needs a loss: a function of the batch and a key")
        for name in losses:
            if name not in names:
                raise ValueError(f"there is a loss for {name!r}, but the players are {', '.join(map(repr, names))}")
        self._losses = dict(losses)
        # The library keeps the function, and this game the library's: a weak reference breaks the circle.
        reference = weakref.ref(self)

        def loss(player: str, batch: tuple[Tensor, ...], key: Tensor) -> Tensor:
            game = reference()
            if game is None:
                raise RuntimeError("the game is gone; keep a reference to it, or to its trainer")
            return game._losses[player](batch, key)

        self._handle.set_loss(loss)

    def _check_networks(self) -> None:
        """Raise an error when a network has other parts than those that are trained."""
        for player, network in zip(self.players, self._networks, strict=True):
            if player.network.handle is not network:
                raise RuntimeError(
                    f"layers or parameters of player {player.name!r} were added, replaced or removed after the game "
                    "was made, and would not be trained; make the game and its trainer anew"
                )

    def network(self, name: str) -> Module:
        """Return the network of a player."""
        for player in self.players:
            if player.name == name:
                return player.network
        known = ", ".join(repr(player.name) for player in self.players)
        raise ValueError(f"there is no player {name!r}; the players are {known}")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a game cannot be pickled or copied; pickle its networks, and make a game of the copies")

    def __repr__(self) -> str:
        return f"Game([{', '.join(map(repr, self.players))}])"


def _check_own_losses(penalties: Any, *, pack: int, unroll: int, augment: Any, historical: float) -> None:
    """Raise an error for what goes with an objective, and would do nothing beside losses of one's own."""
    given = {
        "penalties": len(named_penalties(penalties, None)) > 0,
        "pack": pack != 1,
        "unroll": unroll != 0,
        "augment": len(augment) > 0,
        "historical_averaging": historical != 0,
    }
    idle = [name for name, is_given in given.items() if is_given]
    if idle:
        names = f"{', '.join(map(repr, idle))} {'goes' if len(idle) == 1 else 'go'}"
        raise ValueError(f"{names} with an objective; losses of your own do that by themselves, or not at all")


def _check_players(objective: str, names: Sequence[str]) -> None:
    """Raise an error unless the players are those whose losses an objective gives."""
    needed = _registry.objective_players(objective)
    if set(needed) != set(names):
        words = " and ".join(map(repr, needed))
        raise ValueError(
            f"the objective {objective!r} needs the player{'s' * (len(needed) > 1)} {words}; there are {names}"
        )


class Trainer:
    """Plays a game on data.

    Parameters
    ----------
    game : Game
    data : array, or sequence of arrays
        The samples, and what belongs to them (labels), with the same number of rows. They are not copied, but read
        where they are: leave them unchanged.
    batch_size : int
    seed : int, optional
        Of the noise and the order of rows; None takes one from NumPy's generator.
    shuffle : bool
        Whether each epoch has an order of its own.
    last_batch : {"drop", "wrap"}
        Rows that do not fill a batch: dropped from the epoch, or filled up from the next.
    range : str or pair of float, optional
        From what range samples are brought to [-1, 1]: None (uint8 from 0 to 255, others as they are), ``"auto"``,
        ``"standardize"``, ``"raw"`` or ``(low, high)``. Samples of the generator are brought back to it.
    eager : bool
        Whether updates run operation by operation, as they are written, in place of being traced once and replayed:
        much slower, but a loss in Python is then called at every update and can look at values. The results are the
        same.
    precision : {"highest", "high", "medium"}, optional
        Of the updates' float32 products, see `set_float32_matmul_precision`; None: what is in force where the trainer
        is called.

    Attributes
    ----------
    history : History
        All steps' figures.
    """

    def __init__(
        self,
        game: Game,
        data: Any,
        *,
        batch_size: int = 64,
        seed: int | None = None,
        shuffle: bool = True,
        last_batch: str = "drop",
        range: Any = None,  # noqa: A002 - the option's name
        eager: bool = False,
        precision: str | None = None,
    ) -> None:
        self.game = game
        columns = data if isinstance(data, (list, tuple)) else [data]
        options = {
            "batch_size": batch_size,
            "seed": as_seed(seed),
            "shuffle": shuffle,
            "last_batch": last_batch,
            "range": range,
            "eager": bool(eager),
            "precision": None if precision is None else as_precision(precision),
        }
        self._record = Record()
        self._handle = _core.trainer(game._handle, [asarray(column) for column in columns], _registry.encode(options))

    def step(self, count: int = 1) -> dict[str, float]:
        """Play rounds and return the last one's figures. Ctrl-C is heard between two rounds."""
        self.game._check_networks()
        self._handle.step(count)
        return self.metrics

    def fit(
        self,
        *,
        steps: int | None = None,
        epochs: int | None = None,
        callbacks: Sequence[Any] = (),
        verbose: bool = False,
        eager: bool | None = None,
        precision: str | None = None,
    ) -> Trainer:
        """Play so many more rounds, or epochs, or whichever comes first; return the trainer.

        Parameters
        ----------
        steps, epochs : int, optional
            At least one is needed.
        callbacks : sequence of Callback
            See `swiftgan.callbacks`.
        verbose : bool
            Show a progress bar with the losses.
        eager : bool, optional
            Whether the updates of this fit run operation by operation; by default as the trainer was made.
        precision : {"highest", "high", "medium"}, optional
            Of the float32 products of this fit's updates; by default as the trainer was made.

        Raises
        ------
        NotFiniteError
            When a loss or weight is no longer finite; the trainer is then at the last good state, of at most 20 steps
            before, or where this fit began.
        KeyboardInterrupt
            After Ctrl-C, when the step is complete: the trainer can go on.
        """
        limits = fit_limits(steps, epochs)
        self.game._check_networks()
        options: dict[str, Any] = dict(limits)
        if eager is not None:
            options["eager"] = bool(eager)
        if precision is not None:
            options["precision"] = as_precision(precision)

        def run(watch: Watch | None) -> None:
            self._handle.fit(_registry.encode(options), watch)

        play(self, callbacks, limits, verbose, run, self._handle.information)
        return self

    @property
    def untraced(self) -> dict[str, str]:
        """Why updates run operation by operation although they need not, by player: empty when all of them are traced.

        A loss that reads elements of what it computes (``float(x)``, ``if x > 0``) cannot be traced, for one.
        """
        return untraced(self._handle.information())

    @property
    def metrics(self) -> dict[str, float]:
        """The last step's figures."""
        return {
            name: float("nan") if value is None else value for name, value in json.loads(self._handle.metrics()).items()
        }

    @property
    def history(self) -> History:
        """All steps' figures."""
        self._record.steps = int(self.metrics.get("step", 0))
        return self._record.read(self._handle.history)

    def sample(self, n: int, random_state: Any = None) -> np.ndarray[Any, Any]:
        """Return n samples of the player "generator", in the range and dtype of the data."""
        return self._handle.sample(n, as_seed(random_state)).numpy()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all that training needs to go on: weights, optimizers, averages, random state, history."""
        self._handle.save(os.fsdecode(path))

    def load(self, path: str | os.PathLike[str]) -> Trainer:
        """Go to where the trainer of an equal game was saved, and on to the same bits. On failure it is as before."""
        self._handle.load(existing(path))
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a trainer cannot be pickled or copied, as it reads the data where they are; "
            "save(path) writes its state, and load(path) of a trainer of an equal game reads it"
        )

    def __repr__(self) -> str:
        metrics = self.metrics
        figures = "".join(f", {name}={value:.4g}" for name, value in metrics.items())
        return f"Trainer({self.game!r}{figures})"

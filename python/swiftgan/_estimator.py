"""What every model of the zoo can do in Python: fit, sample, save, as scikit-learn's estimators do."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from . import _core, _registry
from ._creation import asarray
from ._fit import History, Record, Watch, fit_limits, play
from ._metadata import add_metadata
from ._random_state import as_seed
from ._tensor import Tensor
from .errors import NotFittedError
from .nn._layers import Network

Self = TypeVar("Self", bound="Estimator")

# Under what name a file has the hyperparameters.
METADATA = "swiftgan.estimator"

# Hyperparameters of the Python side, which the library's model does not know.
_OWN = ("epochs", "verbose", "random_state")


class Estimator:
    """A GAN that is fitted to data and sampled from. Made by its subclasses: `GAN`, `DCGAN`, `WGANGP`.

    Attributes
    ----------
    history_ : History
        Losses and estimates of every step.
    n_steps_ : int
        How many steps it was trained.
    sample_shape_ : tuple of int
        The shape of one sample.
    generator_, discriminator_ : nn.Module
        The networks that are trained, in evaluation mode. With ``ema``, samples are made by an average of the
        generator's weights and not by these.
    """

    _entry: _registry.Entry
    _model: _core.Model | None = None
    _record: Record | None = None

    # ------------------------------------------------------------------------------------------------- parameters

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the hyperparameters by name."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self: Self, **params: Any) -> Self:
        """Set hyperparameters, for the next ``fit``, and return the model."""
        known = self._parameter_names()
        for name in params:
            if name not in known:
                error = _registry.unknown(type(self).__name__, "hyperparameter", name, known)
                raise _registry.UnknownParameterError(*error.args)
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        given = {name: value for name, value in self.get_params().items() if value is not defaults[name].default}
        changed = (f"{name}={value!r}" for name, value in given.items() if not _equal(value, defaults[name].default))
        return f"{type(self).__name__}({', '.join(changed)})"

    # --------------------------------------------------------------------------------------------------- training

    def fit(
        self: Self,
        X: Any,
        y: Any = None,
        *,
        epochs: int | None = None,
        steps: int | None = None,
        callbacks: Sequence[Any] = (),
        verbose: bool | None = None,
    ) -> Self:
        """Train anew on data and return the model.

        Parameters
        ----------
        X : array (N, H, W, C), (N, H, W) or (N, d)
            Images: uint8, or floats in [0, 1] or [-1, 1]. Vectors: any numbers; floats are standardized unless
            ``range`` says otherwise. Not copied: it is read where it is, so leave it unchanged while training.
        y : ignored
            For scikit-learn's sake.
        epochs, steps : int, optional
            Passes over the data, or steps, or whichever comes first. Neither: the hyperparameter ``epochs``.
        callbacks : sequence of Callback
            See `swiftgan.callbacks`.
        verbose : bool, optional
            Show a progress bar with the losses; by default the hyperparameter.

        Raises
        ------
        TypeError, ValueError
            For data or hyperparameters that do not do, saying what to change. The model is then as before.
        RuntimeError
            When a loss or weight is no longer finite; the model is then at the last good state.
        KeyboardInterrupt
            After Ctrl-C, once the step is complete: the model can be used, and ``partial_fit`` goes on.
        """
        if epochs is None and steps is None:
            epochs = self.epochs  # type: ignore[attr-defined]
        return self._train(X, self._new_model(), fit_limits(steps, epochs), callbacks, verbose)

    def partial_fit(
        self: Self,
        X: Any,
        y: Any = None,
        *,
        epochs: int | None = None,
        steps: int | None = None,
        callbacks: Sequence[Any] = (),
        verbose: bool | None = None,
    ) -> Self:
        """Train on, by default for one epoch, from where the model is; like ``fit`` when it was never trained.

        On the same data, stopping and going on gives the same bits as training through.
        """
        if epochs is None and steps is None:
            epochs = 1
        model = self._new_model() if self._model is None else self._model
        return self._train(X, model, fit_limits(steps, epochs), callbacks, verbose)

    def _new_model(self) -> _core.Model:
        options = {name: value for name, value in self.get_params().items() if name not in _OWN}
        options["seed"] = as_seed(self.random_state)  # type: ignore[attr-defined]
        return _core.model(self._entry.name, _registry.encode(options))

    def _train(
        self: Self, X: Any, model: _core.Model, limits: dict[str, int], callbacks: Sequence[Any], verbose: bool | None
    ) -> Self:
        data = _as_data(X)
        before, self._model = self._model, model
        record = self._record = Record()
        show = self.verbose if verbose is None else verbose  # type: ignore[attr-defined]

        def run(watch: Watch | None) -> None:
            model.fit([data], _registry.encode(limits), record.counting(watch))

        try:
            with record.running():
                play(self, callbacks, limits, show, run)
        except BaseException:
            if not len(History.parse(model.history())):
                self._model, self._record = before, None
            raise
        return self

    # ------------------------------------------------------------------------------------------------- the result

    def __sklearn_is_fitted__(self) -> bool:
        return self._model is not None

    def __sklearn_tags__(self) -> Any:
        # Asked for by scikit-learn alone, which is then there.
        from sklearn.utils import InputTags, Tags, TargetTags

        inputs = InputTags(two_d_array=True, three_d_array=True)
        return Tags(estimator_type=None, target_tags=TargetTags(required=False), input_tags=inputs)

    @property
    def _fitted(self) -> _core.Model:
        if self._model is None:
            raise NotFittedError(f"this {type(self).__name__} has not been trained; call fit(X) first")
        return self._model

    def sample(self, n: int = 1, random_state: Any = None) -> np.ndarray[Any, Any]:
        """Return n new samples, in the shape, range and dtype of the data.

        Parameters
        ----------
        n : int
        random_state : None, int or NumPy generator
            Which samples: the same seed gives the same ones.
        """
        return self._fitted.sample(n, as_seed(random_state)).numpy()

    def generate(self, noise: Any) -> np.ndarray[Any, Any]:
        """Return what the generator makes of noise of your own, (n, latent), in the range and dtype of the data."""
        return self._fitted.generate(asarray(noise)).numpy()

    def discriminate(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the discriminator's raw outputs (logits; above 0: taken for real), float32 (n,)."""
        return self._fitted.discriminate(_as_data(X)).numpy()

    def score(self, X: Any, y: Any = None) -> float:
        """Return how near samples are to data: the negative Fréchet distance in PCA features of the data, at most 0."""
        from .metrics import PCAFeatures, frechet_distance

        reference = np.asarray(_as_data(X))
        samples = self.sample(len(reference), random_state=0)
        return -frechet_distance(samples, reference, features=PCAFeatures().fit(reference)).value

    @property
    def history_(self) -> History:
        """Losses and estimates of every step. While the model trains, each look reads all of it anew."""
        return self._records.read(self._fitted.history)

    @property
    def n_steps_(self) -> int:
        """How many steps the model was trained."""
        steps = self._records.steps
        return len(self.history_) if steps is None else steps

    @property
    def _records(self) -> Record:
        if self._record is None:
            self._record = Record()
        return self._record

    @property
    def sample_shape_(self) -> tuple[int, ...]:
        """The shape of one sample."""
        shape: tuple[int, ...] = self.sample(1, random_state=0).shape[1:]
        return shape

    @property
    def generator_(self) -> Network:
        """The network that makes samples (in the network's own range) from noise, in evaluation mode.

        It is the one that is trained: with ``ema`` above 0, ``sample`` and ``generate`` use the moving average of its
        weights instead. Training puts it into training mode by itself.
        """
        return self._network("generator")

    @property
    def discriminator_(self) -> Network:
        """The network that tells samples from data, in evaluation mode; training puts it into training mode."""
        return self._network("discriminator")

    def _network(self, player: str) -> Network:
        network = Network(self._fitted.layer(player))
        return network.eval()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one .safetensors file, for `swiftgan.load`; an old one stays until it is complete.

        Hyperparameters are kept as JSON keeps them: tuples come back as lists, and a ``random_state`` that is no number
        as the seed that was drawn from it.
        """
        name = os.fsdecode(path)
        self._fitted.save(name)
        kept = {}
        for parameter, value in self.get_params().items():
            with contextlib.suppress(TypeError, ValueError):
                kept[parameter] = json.loads(_registry.encode({parameter: value}))[parameter]
        add_metadata(name, METADATA, json.dumps(kept))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        state.pop("_record", None)
        model = state.pop("_model", None)
        if model is not None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "model.safetensors")
                model.save(os.fspath(path))
                state["_checkpoint"] = path.read_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        checkpoint = state.pop("_checkpoint", None)
        vars(self).update(state)
        if checkpoint is not None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "model.safetensors")
                path.write_bytes(checkpoint)
                self._model = _core.load_model(os.fspath(path))


def _as_data(X: Any) -> Tensor:
    if hasattr(X, "to_numpy"):  # a table of pandas or polars
        X = X.to_numpy()
    return asarray(X)


def _equal(a: Any, b: Any) -> bool:
    try:
        return bool(a == b)
    except ValueError:
        return False

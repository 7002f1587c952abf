"""What every model of the zoo can do in Python: fit, sample, save, as scikit-learn's estimators do."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import warnings
from collections.abc import Sequence
from typing import Any, TypeVar

from . import _core, _registry
from ._feature_names import Names, feature_names
from ._fit import History, Record, Watch, fit_limits, play, untraced
from ._given import Given
from ._given_objectives import in_options, made_up_names
from ._metadata import add_metadata
from ._precision import as_precision
from ._random_state import as_seed
from ._warnings import warn_of_channels_first
from .nn._layers import Network

Self = TypeVar("Self", bound="Estimator")

# Under what name a file has the hyperparameters.
METADATA = "swiftgan.estimator"
# What is among them too, where there is one.
FEATURE_NAMES = "feature_names_in_"

# Hyperparameters of the Python side, which the library's model does not know.
_OWN = ("epochs", "verbose", "eager", "precision", "random_state")


class Estimator(Given):
    """A model that is fitted to data: what all classes of `swiftgan.models` have in common.

    What a fitted model can do (``sample``, ``predict``, ``transform``, ...) its class says, and so do the networks that
    it has as attributes, such as ``generator_``.

    Attributes
    ----------
    history_ : History
        Losses and estimates of every step.
    n_steps_ : int
        How many steps it was trained.
    sample_shape_ : tuple of int
        The shape of one sample of the data.
    n_features_in_ : int
        The number of features, for a model of vectors.
    feature_names_in_ : array of str
        The names of the columns, where it was fitted to a table of pandas or polars that has them. Data of other names,
        or in another order, are refused from then on.
    """

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
        eager: bool | None = None,
        precision: str | None = None,
    ) -> Self:
        """Train anew on data and return the model.

        Parameters
        ----------
        X : array (N, H, W, C), (N, H, W) or (N, d)
            Images: uint8, or floats in [0, 1] or [-1, 1], with channels last; data that look as if they came first,
            (N, C, H, W), are taken as they are, with a warning. Vectors: any numbers; floats are standardized unless
            ``range`` says otherwise. Not copied: it is read where it is, so leave it unchanged while training. Booleans
            become 0 and 1 (float32); only models that can do nothing but sample, such as GANs, refuse them.
        y : array (N,) or (N, k), or ignored
            For classifiers and other models of labelled data a label for each sample: integers, strings or booleans,
            all of one kind; for regressors one or more numbers for each. Other models ignore it. Models that learn from
            samples without a label too (`SemiSupervisedGAN`) take -1 for those, also among strings: in a list, or in an
            array of dtype object.
        epochs, steps : int, optional
            Passes over the data, or steps, or whichever comes first. Neither: the hyperparameter ``epochs``.
        callbacks : sequence of Callback
            See `swiftgan.callbacks`.
        verbose : bool, optional
            Show a progress bar with the losses; by default the hyperparameter.
        eager : bool, optional
            Run updates operation by operation in place of tracing them once; by default the hyperparameter.
        precision : {"highest", "high", "medium"}, optional
            Of the updates' float32 products, see `set_float32_matmul_precision`; by default the hyperparameter.

        Raises
        ------
        TypeError, ValueError
            For data or hyperparameters that do not do, saying what to change. The model is then as before.
        NotFiniteError
            When a loss or weight is no longer finite; the model is then at the last good state, of at most 20 steps
            before (``restored_step``). Where that is step 0 it is not trained: `sample` says so.
        KeyboardInterrupt
            After Ctrl-C, once the step is complete: the model can be used, and ``partial_fit`` goes on.
        """
        if epochs is None and steps is None:
            epochs = self.epochs  # type: ignore[attr-defined]
        how = self._how(eager, precision)
        self._train(X, y, None, self._new_model(), fit_limits(steps, epochs), callbacks, verbose, how)
        waiting = json.loads(self._fitted.information())["waiting"]
        if waiting:
            warnings.warn(
                f"this fit ended before {' and '.join(waiting)} began to learn: fit for more epochs, let that stage "
                "begin earlier (gan_epochs), or go on with partial_fit",
                UserWarning,
                stacklevel=2,
            )
        return self

    def partial_fit(
        self: Self,
        X: Any,
        y: Any = None,
        *,
        epochs: int | None = None,
        steps: int | None = None,
        callbacks: Sequence[Any] = (),
        verbose: bool | None = None,
        eager: bool | None = None,
        precision: str | None = None,
        classes: Any = None,
    ) -> Self:
        """Train on, by default for one epoch, from where the model is; like ``fit`` when it was never trained.

        On the same data, stopping and going on gives the same bits as training through. ``classes``, all there are,
        is for the first call of a model with labels, when not all of them are in ``y``. To models that learn from
        samples without a label too (`SemiSupervisedGAN`) -1 stands for those, and is no class: it is left out of
        ``classes``, and ``y`` may be nothing but -1 once the classes are known.
        """
        if epochs is None and steps is None:
            epochs = 1
        model = self._new_model() if self._model is None else self._model
        how = self._how(eager, precision)
        return self._train(X, y, classes, model, fit_limits(steps, epochs), callbacks, verbose, how)

    def _how(self, eager: bool | None, precision: str | None) -> dict[str, Any]:
        """Return how updates run: what a fit is told, or else the hyperparameters."""
        eager = self.eager if eager is None else eager  # type: ignore[attr-defined]
        precision = self.precision if precision is None else precision  # type: ignore[attr-defined]
        return {"eager": bool(eager), "precision": None if precision is None else as_precision(precision)}

    def _new_model(self) -> _core.Model:
        options = in_options({name: value for name, value in self.get_params().items() if name not in _OWN})
        options["seed"] = as_seed(self.random_state)  # type: ignore[attr-defined]
        try:
            return _core.model(self._entry.name, _registry.encode(options))
        except (TypeError, ValueError) as error:
            raise type(error)(_registry.in_python(str(error))) from None

    def _train(
        self: Self,
        X: Any,
        y: Any,
        classes: Any,
        model: _core.Model,
        limits: dict[str, int],
        callbacks: Sequence[Any],
        verbose: bool | None,
        how: dict[str, Any],
    ) -> Self:
        is_new = model is not self._model
        columns = feature_names(X) if is_new else self._feature_names
        data = [self._as_data(X, None if is_new else model)]
        if is_new:
            warn_of_channels_first(data[0].shape)
        options: dict[str, Any] = {**limits, **how}
        if self._entry.target != "none":
            if y is None:
                what = "class label" if self._entry.target == "labels" else "target"
                raise ValueError(
                    f"{type(self).__name__} requires y to be passed, but the target y is None: "
                    f"fit(X, y) takes one {what} for each sample"
                )
            target, names = self._as_target(y, classes, model)
            data.append(target)
            if names is not None:
                options["class_names"] = names
        before = self._model, self._feature_names
        self._model, self._feature_names = model, columns
        record = self._record = Record()
        show = self.verbose if verbose is None else verbose  # type: ignore[attr-defined]

        def run(watch: Watch | None) -> None:
            model.fit(data, _registry.encode(options), record.counting(watch))

        try:
            with record.running():
                play(self, callbacks, limits, show, run, model.information)
        except BaseException:
            if not len(History.parse(model.history())):
                (self._model, self._feature_names), self._record = before, None
            raise
        return self

    # ------------------------------------------------------------------------------------------------- the result

    def __sklearn_is_fitted__(self) -> bool:
        return self._model is not None

    def __sklearn_tags__(self) -> Any:
        # Asked for by scikit-learn alone, which is then there.
        from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags, TransformerTags

        kind = getattr(self, "_estimator_type", None)
        return Tags(
            estimator_type=kind,
            target_tags=TargetTags(required=self._entry.target != "none"),
            transformer_tags=TransformerTags() if hasattr(self, "transform") else None,
            classifier_tags=ClassifierTags() if kind == "classifier" else None,
            regressor_tags=RegressorTags() if kind == "regressor" else None,
            input_tags=InputTags(two_d_array=True, three_d_array=True),
            non_deterministic=False,
        )

    # ------------------------------------------------------------------------------------------------- the result

    @property
    def history_(self) -> History:
        """Losses and estimates of every step. While the model trains, each look reads all of it anew."""
        return self._records.read(self._fitted.history)

    @property
    def untraced_(self) -> dict[str, str]:
        """Why updates of a network ran operation by operation although they need not, by player; empty: none did."""
        return untraced(self._fitted.information())

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
        """The shape of one sample of the data."""
        return tuple(self._description["data"]["sample_shape"])

    @property
    def n_features_in_(self) -> int:
        """The number of features; only for a model of vectors."""
        shape = self.sample_shape_
        if len(shape) > 1:
            raise AttributeError(f"this {type(self).__name__} was fitted to images of shape {shape}, not to features")
        return shape[0]

    @property
    def feature_names_in_(self) -> Names:
        """The names of the columns, for a model that was fitted to a table whose columns have texts for names."""
        if self._feature_names is None:
            raise AttributeError(f"this {type(self).__name__} was not fitted to a table whose columns have names")
        return self._feature_names

    @property
    def networks_(self) -> dict[str, Network]:
        """All networks by name, with their trained weights, in evaluation mode; those of a pyramid's levels too."""
        return {name: self._network(name) for name in json.loads(self._fitted.information())["networks"]}

    def _network(self, name: str) -> Network:
        network = Network(self._fitted.layer(name))
        return network.eval()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one .safetensors file, for `swiftgan.load`; an old one stays until it is complete.

        Hyperparameters are kept as JSON keeps them: tuples come back as lists, and a ``random_state`` that is no number
        as the seed that was drawn from it. Objectives and penalties of your own are kept as their names, and are to be
        registered before another process loads the file; of one without a name a warning says how.
        """
        name = os.fsdecode(path)
        options = in_options(self.get_params())
        for own in made_up_names(options):
            warnings.warn(
                f"{own!r} is the made-up name of an objective or penalty of your own; to load {name!r} in another "
                "process, register the same functions under it there, or give them a name before training",
                UserWarning,
                stacklevel=2,
            )
        self._fitted.save(name)
        kept = {}
        for parameter, value in options.items():
            with contextlib.suppress(TypeError, ValueError):
                kept[parameter] = json.loads(_registry.encode({parameter: value}))[parameter]
        if self._feature_names is not None:
            kept[FEATURE_NAMES] = self._feature_names.tolist()
        add_metadata(name, METADATA, json.dumps(kept))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        state.pop("_record", None)
        model = state.pop("_model", None)
        if model is not None:
            # Imported here: they cost a third of the package's import, and few programs pickle.
            from pathlib import Path
            from tempfile import TemporaryDirectory

            with TemporaryDirectory() as folder:
                path = Path(folder, "model.safetensors")
                model.save(os.fspath(path))
                state["_checkpoint"] = path.read_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        checkpoint = state.pop("_checkpoint", None)
        vars(self).update(state)
        if checkpoint is not None:
            # It names objectives and penalties of one's own, which came with the hyperparameters.
            in_options(state)
            from pathlib import Path
            from tempfile import TemporaryDirectory

            with TemporaryDirectory() as folder:
                path = Path(folder, "model.safetensors")
                path.write_bytes(checkpoint)
                self._model = _core.load_model(os.fspath(path))


def _equal(a: Any, b: Any) -> bool:
    try:
        return bool(a == b)
    except ValueError:
        return False

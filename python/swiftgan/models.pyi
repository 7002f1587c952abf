"""Written by swiftgan._stubs from the library's registries; the module has the documentation."""

from typing import Any

import numpy as np

from ._estimator import Estimator as Estimator
from ._models import load as load
from ._roles import Classifier as Classifier
from ._roles import Regressor as Regressor
from ._roles import Sampler as Sampler
from .nn._layers import Network

_Array = np.ndarray[Any, Any]

class GAN(Sampler):
    def __init__(
        self,
        *,
        hidden: Any = [128],
        discriminator_hidden: Any = None,
        activation: str = "relu",
        latent: int | None = 100,
        latent_distribution: str = "uniform",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class DCGAN(Sampler):
    def __init__(
        self,
        *,
        width: int = 64,
        widths: Any = None,
        latent: int | None = 100,
        latent_distribution: str = "uniform",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class WGANGP(Sampler):
    def __init__(
        self,
        *,
        hidden: Any = [512, 512, 512],
        discriminator_hidden: Any = None,
        activation: str = "relu",
        width: int = 64,
        widths: Any = None,
        critic_norm: str = "none",
        penalty: Any = "auto",
        latent: int | None = None,
        latent_distribution: str = "normal",
        objective: Any = "wasserstein",
        clip_weights: float | None = None,
        critic_steps: int = 5,
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.0001,
        beta1: float = 0,
        beta2: float = 0.9,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class MLPClassifier(Classifier):
    def __init__(
        self,
        *,
        hidden: Any = [100],
        activation: str = "relu",
        dropout: float = 0,
        batch_norm: bool = False,
        label_smoothing: float = 0,
        batch_size: int = 64,
        last_batch: str = "keep",
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        weight_decay: float = 0,
        ema: float = 0,
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 50,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class MLPRegressor(Regressor):
    def __init__(
        self,
        *,
        hidden: Any = [100],
        activation: str = "relu",
        dropout: float = 0,
        batch_norm: bool = False,
        batch_size: int = 64,
        last_batch: str = "keep",
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        weight_decay: float = 0,
        ema: float = 0,
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 200,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class CNNClassifier(Classifier):
    def __init__(
        self,
        *,
        widths: Any = [32, 64],
        depth: int = 1,
        pool: str = "max",
        hidden: Any = [128],
        dropout: float = 0.25,
        batch_norm: bool = True,
        label_smoothing: float = 0,
        shift: int = 0,
        batch_size: int = 32,
        last_batch: str = "keep",
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        weight_decay: float = 0,
        ema: float = 0.99,
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 10,
        verbose: bool = True,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

def __getattr__(name: str) -> type[Estimator]: ...

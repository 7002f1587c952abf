"""Written by swiftgan._stubs from the library's registries; the module has the documentation."""

from typing import Any

import numpy as np

from ._estimator import Estimator as Estimator
from ._models import load as load
from ._roles import Classifier as Classifier
from ._roles import Clusterer as Clusterer
from ._roles import Conditional as Conditional
from ._roles import Density as Density
from ._roles import OutlierDetector as OutlierDetector
from ._roles import Regressor as Regressor
from ._roles import Sampler as Sampler
from ._transformer import Transformer as Transformer
from .nn._layers import Network

_Array = np.ndarray[Any, Any]

class GAN(Sampler):
    def __init__(
        self,
        *,
        hidden: Any = [128],
        discriminator_hidden: Any = None,
        activation: str = "relu",
        discriminator_activation: str | None = None,
        discriminator_dropout: float = 0,
        latent: int | None = 100,
        latent_distribution: str = "uniform",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
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
        discriminator_norm: str = "auto",
        latent: int | None = 100,
        latent_distribution: str = "uniform",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
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
        discriminator_activation: str | None = None,
        discriminator_dropout: float = 0,
        critic_norm: str = "none",
        penalty: Any = "auto",
        latent: int | None = None,
        latent_distribution: str = "normal",
        objective: Any = "wasserstein",
        clip_weights: float | None = None,
        critic_steps: int = 5,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.0001,
        beta1: float = 0,
        beta2: float = 0.9,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class LSGAN(Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        latent: int | None = None,
        latent_distribution: str = "normal",
        objective: Any = "least_squares",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class WGAN(Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [512, 512, 512, 512],
        activation: str = "relu",
        latent: int | None = None,
        latent_distribution: str = "normal",
        objective: Any = "wasserstein",
        penalty: Any = None,
        clip_weights: float | None = 0.01,
        critic_steps: int = 5,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "rmsprop",
        learning_rate: Any = 5e-05,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class MMDGAN(Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        latent: int | None = None,
        latent_distribution: str = "normal",
        objective: Any = {"name": "mmd_gan"},
        penalty: Any = None,
        clip_weights: float | None = 0.01,
        critic_steps: int = 5,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "rmsprop",
        learning_rate: Any = 5e-05,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class CGAN(Conditional, Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [1200],
        activation: str = "relu",
        label_units: int = 1000,
        noise_units: int = 200,
        discriminator_hidden: Any = [240],
        discriminator_label_units: int = 50,
        discriminator_activation: str = "maxout",
        discriminator_dropout: float = 0,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None, *, y: Any = None) -> _Array: ...
    def generate(self, noise: Any, y: Any) -> _Array: ...
    def discriminate(self, X: Any, y: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, y: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        y: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, y: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, y: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, y: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, y: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class ACGAN(Classifier):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        class_loss_weight: float = 1,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None, *, y: Any = None) -> _Array: ...
    def generate(self, noise: Any, y: Any) -> _Array: ...
    def discriminate(self, X: Any, y: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, y: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        y: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, y: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, y: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class ProjectionGAN(Conditional, Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "hinge",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = True,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None, *, y: Any = None) -> _Array: ...
    def generate(self, noise: Any, y: Any) -> _Array: ...
    def discriminate(self, X: Any, y: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, y: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        y: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, y: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, y: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class InfoGAN(Clusterer, Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        categorical: Any = [10],
        continuous: int = 2,
        code_weight: float = 1,
        continuous_weight: float = 0.1,
        latent: int | None = 62,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = 0.0002,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any, codes: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def codes(self, X: Any) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def traverse(
        self, code: int = 0, rows: int = 10, steps: int = 10, low: float = -2, high: float = 2, random_state: Any = None
    ) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class SemiSupervisedGAN(Classifier):
    def __init__(
        self,
        *,
        architecture: str = "mlp",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "none",
        hidden: Any = [500, 500],
        activation: str = "relu",
        supervised_weight: float = 1,
        information_weight: float = 0,
        last_batch: str = "keep",
        discriminator_noise: float = 0.3,
        discriminator_dropout: float = 0.3,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "feature_matching",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        batch_size: int = 100,
        optimizer: str = "adam",
        learning_rate: Any = 0.0003,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class AnoGAN(Transformer, OutlierDetector):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        search_steps: int = 500,
        search_learning_rate: Any = 0.02,
        search_starts: int = 64,
        feature_weight: float = 0.1,
        contamination: float = 0.1,
        threshold_rows: int | None = 256,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def transform(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def score_samples(self, X: Any) -> _Array: ...
    def decision_function(self, X: Any) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def offset(self) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...

class FAnoGAN(Transformer, OutlierDetector):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [256, 256],
        activation: str = "relu",
        gan_epochs: int | None = 80,
        encoder_norm: str = "none",
        encoder_learning_rate: Any = None,
        encoder_loss: str = "izi_f",
        feature_weight: float = 1,
        penalty: Any = "auto",
        contamination: float = 0.1,
        threshold_rows: int | None = None,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "wasserstein",
        clip_weights: float | None = None,
        critic_steps: int = 5,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.0005,
        beta1: float = 0,
        beta2: float = 0.9,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def transform(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def score_samples(self, X: Any) -> _Array: ...
    def decision_function(self, X: Any) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def offset(self) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...
    @property
    def encoder_(self) -> Network: ...

class IcGAN(Classifier):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        discriminator_norm: str = "auto",
        hidden: Any = [1200],
        activation: str = "relu",
        label_units: int = 1000,
        noise_units: int = 200,
        discriminator_hidden: Any = [240],
        discriminator_label_units: int = 50,
        discriminator_activation: str = "maxout",
        discriminator_dropout: float = 0,
        gan_epochs: int | None = 80,
        encoder_norm: str = "batch",
        encoder_learning_rate: Any = None,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None, *, y: Any = None) -> _Array: ...
    def generate(self, noise: Any, y: Any) -> _Array: ...
    def discriminate(self, X: Any, y: Any) -> _Array: ...
    def draw_noise(self, n: int = 1, random_state: Any = None) -> _Array: ...
    def interpolate(self, z0: Any, z1: Any, y: Any, n: int = 9, path: str = "auto") -> _Array: ...
    def arithmetic(
        self,
        plus: Any,
        minus: Any,
        y: Any,
        per_concept: int = 3,
        variations: int = 8,
        spread: float = 0.25,
        random_state: Any = None,
    ) -> _Array: ...
    def generator_features(self, noise: Any, y: Any, layer: int | None = None) -> _Array: ...
    def forget(self, noise: Any, y: Any, dropped: Any, layer: int | None = None) -> _Array: ...
    def features(self, X: Any, y: Any, grid: int = 4) -> _Array: ...
    def filters(self) -> _Array: ...
    def guided_backprop(self, X: Any, y: Any, feature: int | None = None, layer: int | None = None) -> _Array: ...
    def encode(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def edit(self, X: Any, *, attribute: Any = None) -> _Array: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...
    @property
    def encoder_z_(self) -> Network: ...
    @property
    def encoder_y_(self) -> Network: ...

class BiGAN(Transformer, Sampler):
    def __init__(
        self,
        *,
        architecture: str = "auto",
        width: int = 64,
        widths: Any = None,
        hidden: Any = [512, 512],
        activation: str = "relu",
        joint_units: int = 512,
        stochastic_encoder: bool = False,
        encoder_norm: str = "batch",
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def transform(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def generator_(self) -> Network: ...
    @property
    def discriminator_(self) -> Network: ...
    @property
    def encoder_(self) -> Network: ...

class LAPGAN(Estimator):
    def __init__(
        self,
        *,
        levels: int | None = None,
        hidden: Any = [256, 256],
        width: int = 32,
        depth: int = 3,
        kernel_size: int = 3,
        noise_planes: int = 1,
        batch_norm: str = "generator",
        discriminator_sees: str = "both",
        discriminator_dropout: float = 0,
        latent: int | None = 100,
        latent_distribution: str = "uniform",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 64,
        optimizer: str = "adam",
        learning_rate: Any = 0.001,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def generate(self, noise: Any) -> _Array: ...
    def discriminate(self, X: Any) -> _Array: ...
    def refine(self, X: Any, level: int | None = None, random_state: Any = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...

class TagGAN(Estimator):
    def __init__(
        self,
        *,
        noise_units: int = 100,
        feature_units: int = 256,
        tag_units: int = 128,
        hidden: Any = [256],
        discriminator_dropout: float = 0.3,
        latent: int | None = 100,
        latent_distribution: str = "normal",
        objective: Any = "non_saturating",
        penalty: Any = None,
        clip_weights: float | None = None,
        critic_steps: int = 1,
        spectral_norm: bool = False,
        minibatch_discrimination: int = 0,
        critic_features: int = 16,
        virtual_batch_norm: str = "none",
        pack: int = 1,
        unroll: int = 0,
        augment: Any = [],
        historical_averaging: float = 0,
        last_batch: str = "drop",
        batch_size: int = 128,
        optimizer: str = "adam",
        learning_rate: Any = 0.0002,
        beta1: float = 0.5,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        discriminator_learning_rate: Any = None,
        ttur: Any = None,
        ema: float = 0,
        output: str = "auto",
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def draw_vectors(self, X: Any, n: int = 100, random_state: Any = None) -> _Array: ...
    def top_tags(
        self,
        X: Any,
        vocabulary: Any,
        k: int | None = None,
        nearest: int | None = None,
        n: int = 100,
        random_state: Any = None,
    ) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
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
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
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
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
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
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def predict_proba(self, X: Any) -> _Array: ...
    def predict_log_proba(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class Autoencoder(Transformer, Density):
    def __init__(
        self,
        *,
        code: int = 32,
        architecture: str = "mlp",
        hidden: Any = [256],
        activation: str = "relu",
        width: int = 32,
        code_activation: str = "linear",
        noise: str = "none",
        noise_level: float = 0.3,
        loss: str = "auto",
        dropout: float = 0,
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
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def transform(self, X: Any) -> _Array: ...
    def inverse_transform(self, codes: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def score_samples(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def encoder_(self) -> Network: ...
    @property
    def decoder_(self) -> Network: ...

class SemanticHashing(Transformer):
    def __init__(
        self,
        *,
        code: int = 128,
        architecture: str = "mlp",
        hidden: Any = [],
        activation: str = "relu",
        width: int = 32,
        noise: str = "gaussian",
        noise_level: float = 0.1,
        code_dropout: float = 0.1,
        code_noise: float = 0.5,
        loss: str = "auto",
        dropout: float = 0,
        batch_size: int = 128,
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
        epochs: int = 20,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def transform(self, X: Any) -> _Array: ...
    def hash(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def find_duplicates(self, X: Any, radius: int = 2, groups: bool = False) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def encoder_(self) -> Network: ...
    @property
    def decoder_(self) -> Network: ...

class VAE(Transformer, Density):
    def __init__(
        self,
        *,
        latent: int = 20,
        architecture: str = "mlp",
        hidden: Any = [400],
        activation: str = "relu",
        width: int = 32,
        likelihood: str = "auto",
        beta: float = 1,
        dropout: float = 0,
        batch_size: int = 128,
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
        epochs: int = 30,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, observation: str = "auto", random_state: Any = None) -> _Array: ...
    def transform(self, X: Any) -> _Array: ...
    def inverse_transform(self, codes: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def score_samples(self, X: Any, k: int = 1, random_state: Any = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def encoder_(self) -> Network: ...
    @property
    def decoder_(self) -> Network: ...

class CVAE(Conditional, Transformer, Density):
    def __init__(
        self,
        *,
        latent: int = 20,
        architecture: str = "mlp",
        hidden: Any = [400],
        activation: str = "relu",
        width: int = 32,
        likelihood: str = "auto",
        beta: float = 1,
        dropout: float = 0,
        batch_size: int = 128,
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
        epochs: int = 30,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(
        self, n: int | None = None, observation: str = "auto", random_state: Any = None, *, y: Any = None
    ) -> _Array: ...
    def transform(self, X: Any, y: Any) -> _Array: ...
    def inverse_transform(self, codes: Any, y: Any) -> _Array: ...
    def reconstruct(self, X: Any, y: Any) -> _Array: ...
    def score_samples(self, X: Any, y: Any, k: int = 1, random_state: Any = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def encoder_(self) -> Network: ...
    @property
    def decoder_(self) -> Network: ...

class RBM(Transformer, Density):
    def __init__(
        self,
        *,
        hidden: int = 256,
        visible: str = "bernoulli",
        gibbs_steps: int = 1,
        persistent: bool = False,
        chains: int | None = None,
        momentum: float = 0.5,
        binarize: str = "none",
        batch_size: int = 32,
        last_batch: str = "keep",
        optimizer: str = "sgd",
        learning_rate: Any = 0.05,
        beta1: float = 0.9,
        beta2: float = 0.999,
        optimizer_options: Any = {},
        weight_decay: float = 0.0001,
        ema: float = 0,
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def transform(self, X: Any) -> _Array: ...
    def reconstruct(self, X: Any) -> _Array: ...
    def gibbs(self, X: Any, steps: int = 1, random_state: Any = None) -> _Array: ...
    def sample(self, n: int | None = None, gibbs_steps: int = 1000, random_state: Any = None) -> _Array: ...
    def free_energy(self, X: Any) -> _Array: ...
    def score_samples(self, X: Any, chains: int = 100, steps: int = 1000, random_state: Any = None) -> _Array: ...
    def pseudo_likelihood(self, X: Any) -> _Array: ...
    def log_partition(
        self, chains: int = 100, steps: int = 1000, return_std: bool = False, random_state: Any = None
    ) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class ELMClassifier(Classifier):
    def __init__(
        self,
        *,
        hidden: int = 1000,
        activation: str = "sigmoid",
        alpha: float = 0.1,
        batch_size: int = 4096,
        last_batch: str = "keep",
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 1,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def decision_function(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class ELMRegressor(Regressor):
    def __init__(
        self,
        *,
        hidden: int = 1000,
        activation: str = "sigmoid",
        alpha: float = 0.1,
        batch_size: int = 4096,
        last_batch: str = "keep",
        validation: float = 0,
        range: Any = "auto",
        epochs: int = 1,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def predict(self, X: Any) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

class MADE(Density):
    def __init__(
        self,
        *,
        hidden: Any = [500],
        distribution: str = "bernoulli",
        masks: int = 1,
        ordering: str = "natural",
        connectivity: str = "even",
        direct: bool = False,
        activation: str = "relu",
        binarize: str = "none",
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
        epochs: int = 100,
        verbose: bool = True,
        eager: bool = False,
        precision: str | None = None,
        random_state: Any = None,
    ) -> None: ...
    def sample(self, n: int | None = None, random_state: Any = None) -> _Array: ...
    def score_samples(self, X: Any, random_state: Any = None) -> _Array: ...
    def to_network(self, X: Any) -> _Array: ...
    def from_network(self, t: Any) -> _Array: ...
    @property
    def network_(self) -> Network: ...

def __getattr__(name: str) -> type[Estimator]: ...

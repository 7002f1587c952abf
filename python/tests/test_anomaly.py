"""AnoGAN and f-AnoGAN: scores, scikit-learn's outlier conventions, stages."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
import swiftgan as sg
from processes import interrupted
from scikit_learn import passed_checks

SMALL = {
    "AnoGAN": {"search_steps": 30, "threshold_rows": None},
    "FAnoGAN": {"gan_epochs": 3, "encoder_learning_rate": 1e-2, "critic_steps": 1},
}
NAMES = list(SMALL)


def make(name, **options):
    shared = {
        "width": 4,
        "hidden": [16],
        "latent": 4,
        "batch_size": 8,
        "epochs": 6,
        "random_state": 0,
        "verbose": False,
    }
    return getattr(sg, name)(**{**shared, **SMALL[name], **options})


@pytest.fixture(scope="module")
def zeros(digits):
    images, labels = digits
    return images[labels == 0]


@pytest.mark.parametrize("name", NAMES)
def test_estimator_checks(name):
    model = make(name, latent=2)
    passed = set(passed_checks(model, check_transformer_preserve_dtypes="noise is float32, whatever the data"))
    assert {"check_outliers_train", "check_outliers_fit_predict", "check_methods_subset_invariance"} <= passed
    base = pytest.importorskip("sklearn.base")
    assert base.is_outlier_detector(model)


@pytest.mark.parametrize("name", NAMES)
def test_scores_decisions_and_predictions_agree(name, zeros):
    model = make(name, contamination=0.2).fit(zeros)
    scores = model.score_samples(zeros)
    assert scores.shape == (len(zeros),)
    assert (scores <= 0).all()
    assert isinstance(model.offset_, float)
    assert model.offset_ == pytest.approx(np.quantile(scores, 0.2), abs=1e-5)
    np.testing.assert_array_equal(model.decision_function(zeros), scores - model.offset_)
    predicted = model.predict(zeros)
    np.testing.assert_array_equal(predicted, np.where(scores < model.offset_, -1, 1))
    assert (predicted == -1).mean() == pytest.approx(0.2, abs=0.01)
    np.testing.assert_array_equal(make(name, contamination=0.2).fit_predict(zeros), predicted)
    assert model.score(zeros) == pytest.approx(scores.mean())


@pytest.mark.parametrize("name", NAMES)
def test_a_rows_score_does_not_depend_on_the_others(name, zeros):
    model = make(name).fit(zeros)
    scores = model.score_samples(zeros)
    order = np.random.default_rng(0).permutation(len(zeros))
    np.testing.assert_array_equal(model.score_samples(zeros[order]), scores[order])
    np.testing.assert_array_equal(model.score_samples(zeros[5:6]), scores[5:6])
    np.testing.assert_array_equal(model.transform(zeros[3:70]), model.transform(zeros)[3:70])


@pytest.mark.parametrize("name", NAMES)
def test_files_and_pickles_keep_the_threshold(name, zeros, tmp_path):
    model = make(name).fit(zeros)
    model.save(tmp_path / "model.safetensors")
    for again in (sg.load(tmp_path / "model.safetensors"), pickle.loads(pickle.dumps(model))):
        assert again.offset_ == model.offset_
        np.testing.assert_array_equal(again.predict(zeros), model.predict(zeros))


def test_a_threshold_is_searched_for_when_it_is_asked_for(zeros, tmp_path):
    """A fit searches for none; it is of the rows as they were then, and in files."""
    options = {"search_steps": 300, "threshold_rows": 8}
    model, same, saved = (make("AnoGAN", **options).fit(zeros) for _ in range(3))
    data = zeros.copy()
    start = time.perf_counter()
    model.partial_fit(data, steps=1)
    training = time.perf_counter() - start
    saved.partial_fit(data, steps=1)
    data[:] = 255
    start = time.perf_counter()
    offset = model.offset_
    assert time.perf_counter() - start > 3 * training
    assert model.offset_ == offset
    assert same.offset_ != offset
    assert same.partial_fit(zeros, steps=1).offset_ == offset
    saved.save(tmp_path / "model.safetensors")
    assert sg.load(tmp_path / "model.safetensors").offset_ == offset


@pytest.mark.parametrize("name", NAMES)
def test_scores_beside_virtual_batch_norm(name, zeros):
    """The fixed batch is none of the rows."""
    model = make(name, virtual_batch_norm="both", penalty=None).fit(zeros)
    scores = model.score_samples(zeros)
    assert scores.shape == (len(zeros),)
    np.testing.assert_array_equal(model.score_samples(zeros[3:8]), scores[3:8])


@pytest.mark.parametrize("name", NAMES)
def test_other_digits_are_told_from_zeros(name, zeros, digits):
    roc_auc_score = pytest.importorskip("sklearn.metrics").roc_auc_score
    options = {
        "AnoGAN": {"search_steps": 100, "epochs": 60},
        "FAnoGAN": {"gan_epochs": 200, "epochs": 300, "learning_rate": 5e-4, "critic_steps": 5},
    }[name]
    model = make(name, width=16, latent=16, batch_size=32, **options).fit(zeros[:100])
    images, labels = digits[0][-400:], digits[1][-400:]
    scores = model.score_samples(images)
    assert roc_auc_score(labels == 0, scores) > 0.9
    assert np.abs(model.reconstruct(zeros[:20]).astype(float) - zeros[:20]).mean() < 60


def test_the_search_comes_nearer_with_every_step(zeros):
    errors = []
    for steps in (1, 10, 100):
        model = make("AnoGAN", width=8, search_steps=steps, search_starts=1).fit(zeros)
        errors.append(-model.score(zeros[:64]))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.8 * errors[0]


def test_stages_are_seen_in_the_history_and_in_messages(zeros):
    with pytest.warns(UserWarning, match=r"ended before encoder began to learn.*gan_epochs"):
        model = make("FAnoGAN", batch_size=16).fit(zeros, epochs=3)
    with pytest.raises(RuntimeError, match="gan_epochs is 3, so it learns after 3 passes"):
        model.score_samples(zeros)
    with pytest.raises(RuntimeError, match="no threshold"):
        _ = model.offset_
    assert model.sample(2).shape == (2, 8, 8, 1)
    model.partial_fit(zeros)
    assert model.score_samples(zeros).shape == (len(zeros),)
    history = model.history_
    first = np.isnan(history["encoder_loss"])
    assert first[: first.sum()].all()
    np.testing.assert_array_equal(np.isnan(history["generator_loss"]), ~first)
    assert not model.untraced_
    through = make("FAnoGAN", batch_size=16).fit(zeros, epochs=4)
    np.testing.assert_array_equal(through.score_samples(zeros), model.score_samples(zeros))


@pytest.mark.parametrize("form", ["izi", "izi_f", "ziz"])
def test_encoder_losses_fall(form, zeros):
    options = {"width": 16, "learning_rate": 1e-3, "encoder_learning_rate": 3e-3, "gan_epochs": 40, "epochs": 80}
    model = make("FAnoGAN", encoder_loss=form, **options).fit(zeros)
    losses = model.history_["encoder_loss"]
    losses = losses[~np.isnan(losses)]
    assert losses[-20:].mean() < 0.8 * losses[:5].mean()


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_are_told(name, zeros):
    for contamination in (0, 0.6, -1):
        with pytest.raises(ValueError, match="contamination"):
            make(name, contamination=contamination).fit(zeros)
    with pytest.raises(ValueError, match="pack 2"):
        make(name, pack=2, penalty=None).fit(zeros)
    with pytest.raises(ValueError, match="discriminator"):
        make(name, objective="mmd", penalty=None, critic_steps=1).fit(zeros)


def test_ctrl_c_ends_a_search():
    code = """
    import sys
    import numpy as np, swiftgan as sg
    images = np.random.default_rng(0).integers(0, 255, (640, 28, 28), dtype=np.uint8)
    model = sg.AnoGAN(width=16, batch_size=64, search_steps=100000, threshold_rows=1, random_state=0, verbose=False)
    model.set_params(search_steps=1).fit(images, steps=1)
    model.set_params(search_steps=100000)
    slow = sg.AnoGAN(width=16, batch_size=64, search_steps=100000, threshold_rows=1, verbose=False)
    slow.fit(images, steps=1)
    print("go", flush=True)
    try:
        slow.offset_
    except KeyboardInterrupt:
        print("stopped", slow.n_steps_, model.score_samples(images[:2]).shape, flush=True)
    """
    assert interrupted(code) == "stopped 1 (2,)\n"

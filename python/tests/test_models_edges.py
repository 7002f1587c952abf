"""Corners of the zoo: a row left over, targets of integers, two classes, unfit labels, booleans, many copies."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg


def make(name, **options):
    return getattr(sg, name)(**{"random_state": 0, "verbose": False, **options})


@pytest.fixture(scope="module")
def digits():
    images, labels = sg.datasets.load_digits()
    return images[:129], labels[:129]


@pytest.mark.parametrize(("name", "batch"), [("CNNClassifier", 32), ("SemanticHashing", 128), ("MLPClassifier", 64)])
def test_a_row_left_over_goes_with_the_batch_before(digits, name, batch, tmp_path):
    """Batch norm needs two rows; to stop and to go on gives the same bits."""
    images, labels = digits
    options = {"batch_norm": True} if name == "MLPClassifier" else {}
    target = () if name == "SemanticHashing" else (labels,)
    model = make(name, batch_size=batch, epochs=2, **options).fit(images, *target)
    assert model.n_steps_ == 2 * (128 // batch)
    again = make(name, batch_size=batch, **options).fit(images, *target, steps=1)
    again.save(tmp_path / "model.safetensors")
    again = sg.load(tmp_path / "model.safetensors").partial_fit(images, *target, steps=model.n_steps_ - 1)
    what = "transform" if name == "SemanticHashing" else "predict_proba"
    assert np.array_equal(getattr(again, what)(images), getattr(model, what)(images))


@pytest.mark.parametrize("name", ["MLPRegressor", "ELMRegressor"])
@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, bool])
def test_integer_targets_are_predicted_as_floats(name, dtype):
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    y = np.clip(np.round(2 * x[:, 0] + 4), 0, 9).astype(dtype)
    model = make(name, epochs=1).fit(x, y)
    predicted = model.predict(x)
    assert predicted.dtype == np.float64
    assert not np.array_equal(predicted, np.round(predicted))
    assert model.partial_fit(x, y).predict(x).shape == (200,)


def test_two_classes_have_one_score():
    x = np.random.default_rng(0).normal(size=(300, 3))
    y = np.where(x[:, 0] > 0, "yes", "no")
    model = make("ELMClassifier", hidden=50).fit(x, y)
    scores = model.decision_function(x)
    assert scores.shape == (300,)
    assert np.array_equal(model.classes_[(scores > 0).astype(int)], model.predict(x))
    metrics = pytest.importorskip("sklearn.metrics")
    assert metrics.get_scorer("roc_auc")(model, x, y) > 0.95


def test_cvae_with_labels_in_one_go(digits):
    images, labels = digits
    model = make("CVAE", latent=2, hidden=[16], epochs=1)
    codes = model.fit_transform(images, labels)
    assert np.array_equal(codes, model.transform(images, labels))
    names = np.array(["zero", "one", "two", *"3456789"])
    model.fit(images, names[labels])
    one = model.sample(10, y="two", random_state=1)
    assert np.array_equal(one, model.sample(10, y=["two"] * 10, random_state=1))
    assert model.sample(y="two").shape == (1, *images.shape[1:])
    with pytest.raises(ValueError, match="'ten'"):
        model.sample(2, y="ten")
    with pytest.raises(ValueError, match="0"):
        model.sample(0, y="two")


@pytest.mark.parametrize("name", ["ELMClassifier", "ELMRegressor"])
def test_scores_broadcast_nothing(digits, name):
    images, labels = digits
    model = make(name, hidden=50).fit(images, labels)
    score = model.score(images, labels)
    assert model.score(images, labels[:, None]) == score
    for wrong in (labels[:5], labels[:1], np.tile(labels, 2)):
        with pytest.raises(ValueError, match=f"129 rows, but y has {len(wrong)} rows"):
            model.score(images, wrong)
    with pytest.raises(ValueError, match=r"\(129, 2\)"):
        model.score(images, np.stack([labels, labels], axis=1))
    with pytest.raises(ValueError, match="a single value"):
        model.score(images, 3)


def test_targets_in_a_column():
    x = np.random.default_rng(0).normal(size=(50, 2))
    model = make("ELMRegressor", hidden=20).fit(x, x[:, :1])
    assert model.score(x, x[:, 0]) == model.score(x, x[:, :1]) > 0.5


def test_many_copies(digits):
    images, _ = digits
    model = make("SemanticHashing", code=64, epochs=1).fit(images)
    copies = np.repeat(images[:1], 20_000, axis=0)
    with pytest.raises(ValueError, match=r"20000 rows have 1 different codes, and 20000 rows share one.*'groups'"):
        model.find_duplicates(copies)
    assert not model.find_duplicates(copies, groups=True).any()
    assert model.find_duplicates(copies[:300]).shape == (300 * 299 // 2, 2)


@pytest.mark.parametrize("radius", [0, 4])
def test_groups_are_what_pairs_join(digits, radius):
    graphs = pytest.importorskip("scipy.sparse.csgraph")
    images = np.concatenate([digits[0], digits[0][5:40]])
    model = make("SemanticHashing", code=64, epochs=1).fit(digits[0])
    pairs = model.find_duplicates(images, radius)
    joined = np.zeros((len(images), len(images)))
    joined[pairs[:, 0], pairs[:, 1]] = 1
    _, expected = graphs.connected_components(joined, directed=False)
    groups = model.find_duplicates(images, radius, groups=True)
    assert groups.dtype == np.int64
    # Numbered by first rows, as SciPy's components happen to be.
    first = np.unique(expected, return_index=True)[1]
    assert np.array_equal(groups, np.argsort(np.argsort(first))[expected])


@pytest.mark.parametrize("name", ["RBM", "MADE", "VAE", "MLPClassifier", "ELMClassifier"])
def test_booleans_are_zeros_and_ones(digits, name):
    images, labels = digits
    bits = images.reshape(129, -1) > 100
    target = (labels,) if name.endswith("Classifier") else ()
    what = "predict_proba" if name == "MLPClassifier" else "predict" if target else "score_samples"
    model = make(name, epochs=1).fit(bits, *target)
    numbers = make(name, epochs=1).fit(bits.astype(np.float32), *target)

    def ask(asked, data):
        return getattr(asked, what)(data, random_state=0) if name in ("RBM", "VAE") else getattr(asked, what)(data)

    assert np.array_equal(ask(model, bits), ask(numbers, bits.astype(np.float32)))
    assert np.array_equal(ask(model.partial_fit(bits, *target), bits), ask(numbers.partial_fit(bits, *target), bits))


@pytest.mark.parametrize("shape", [(40, 9, 9), (40, 12)])
def test_advice_for_what_cannot_be_halved(shape):
    data = np.random.default_rng(0).uniform(size=shape).astype(np.float32)
    with pytest.raises(ValueError, match="architecture='mlp'"):
        make("VAE", architecture="conv", range=[0, 1]).fit(data)
    with pytest.raises(ValueError, match="'gan'"):
        make("DCGAN", batch_size=8, range=[0, 1]).fit(data)

"""Tables: names of columns are those of the fit, and transformers give tables where they are asked to."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import swiftgan as sg

COLUMNS = ["age", "height", "weight"]


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def table(points):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(points, columns=COLUMNS, index=[f"row{index}" for index in range(64)])


def gan(**options):
    return sg.BiGAN(**{"hidden": [4], "latent": 2, "batch_size": 16, "random_state": 0, "verbose": False, **options})


def test_names_are_kept_wherever_the_model_is(table, tmp_path):
    model = gan().fit(table, steps=1)
    assert model.feature_names_in_.tolist() == COLUMNS
    model.save(tmp_path / "model.safetensors")
    for copy in (sg.load(tmp_path / "model.safetensors"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(copy.feature_names_in_, model.feature_names_in_)
        with pytest.raises(ValueError, match="in the same order as they were in fit"):
            copy.transform(table[COLUMNS[::-1]])
    model.fit(table.to_numpy(), steps=1)
    assert not hasattr(model, "feature_names_in_")


def test_a_fit_that_fails_leaves_the_names(table):
    model = gan().fit(table, steps=1)
    other = table.rename(columns={"age": "size"})
    with pytest.raises(ValueError, match="-1"):
        model.set_params(latent=-1).fit(other, steps=1)
    with pytest.raises(ValueError, match="batch_size"):
        model.set_params(latent=2).fit(other[:3], steps=1)
    assert model.feature_names_in_.tolist() == COLUMNS
    with pytest.raises(ValueError, match="unseen at fit time:\n- size\n.*now missing:\n- age\n"):
        model.partial_fit(other, steps=1)


def test_names_on_one_side_are_warned_of_where_the_call_is(table):
    named, plain = gan().fit(table, steps=1), gan().fit(table.to_numpy(), steps=1)
    for model, data, words in (
        (named, table.to_numpy(), "X does not have valid feature names, but BiGAN was fitted with feature names"),
        (plain, table, "X has feature names, but BiGAN was fitted without feature names"),
    ):
        with pytest.warns(UserWarning, match=words) as caught:
            model.reconstruct(data)
        assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        named.reconstruct(table)
        named.get_feature_names_out(COLUMNS)
        named.score(table)


def test_names_that_are_no_texts(table):
    numbered = table.set_axis([0, 1, 2], axis=1)
    assert not hasattr(gan().fit(numbered, steps=1), "feature_names_in_")
    with pytest.raises(TypeError, match=r"only supported if all input features have string names.*\['int', 'str'\]"):
        gan().fit(table.set_axis([0, "height", 2], axis=1), steps=1)


@pytest.mark.parametrize("name", ["GAN", "RBM", "VAE"])
def test_a_new_fit_is_of_new_data(name, points):
    """Not of the old shape and dtype, whatever the model was fitted to before."""
    model = getattr(sg, name)(hidden=4 if name == "RBM" else [4], batch_size=16, verbose=False)
    model.fit(np.abs(points[:, :2]) % 1, steps=1)
    model.fit(np.abs(points.astype(np.float64)) % 1, steps=1)
    assert model.n_features_in_ == 3
    assert model._description["data"]["scaling"]["dtype"] == "float64"


def test_tables_out(table):
    model = gan().set_output(transform="pandas").fit(table, steps=1)
    codes = model.transform(table)
    assert list(codes.columns) == model.get_feature_names_out().tolist() == ["bigan0", "bigan1"]
    assert list(codes.index) == list(table.index)
    np.testing.assert_array_equal(codes, model.set_output(transform="default").transform(table))
    assert isinstance(model.set_output().transform(table), np.ndarray)
    with pytest.raises(ValueError, match="one of default, pandas, polars, not 'csv'"):
        model.set_output(transform="csv")


def test_tables_go_back(table):
    vae = sg.VAE(hidden=[4], latent=2, batch_size=16, verbose=False).set_output(transform="pandas")
    codes = vae.fit_transform(table, steps=1)
    np.testing.assert_array_equal(vae.inverse_transform(codes), vae.inverse_transform(codes.to_numpy()))


def test_names_of_features_of_images_and_of_labelled_data(digits):
    images, labels = (part[:64] for part in digits)
    settings = {"latent": 3, "batch_size": 16, "verbose": False}
    names = ["cvae0", "cvae1", "cvae2"]
    model = sg.CVAE(hidden=[4], **settings).fit(images, labels.astype(str), steps=1)
    assert model.get_feature_names_out().tolist() == names
    assert len(gan(width=4).fit(images, steps=1).get_feature_names_out()) == 2
    with pytest.raises(sg.NotFittedError):
        gan().get_feature_names_out()


def test_a_pipeline_has_tables(table):
    pipeline = pytest.importorskip("sklearn.pipeline")
    scaler = pytest.importorskip("sklearn.preprocessing").StandardScaler()
    both = pipeline.make_pipeline(scaler, gan(epochs=1)).set_output(transform="pandas")
    assert list(both.fit(table).transform(table).columns) == list(both.get_feature_names_out()) == ["bigan0", "bigan1"]
    assert both[-1].feature_names_in_.tolist() == COLUMNS

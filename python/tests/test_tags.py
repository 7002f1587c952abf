"""The conditional GAN of tags: vectors of words for images, and the words that are found most often."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from processes import interrupted


@pytest.fixture(scope="module")
def pairs(digits):
    """Images, a vector for each of 20 words (two for each digit), and each image's word."""
    images, labels = digits
    source = np.random.default_rng(0)
    vocabulary = source.normal(size=(10, 1, 8)) + 0.5 * source.normal(size=(10, 2, 8))
    tags = 2 * labels + source.integers(0, 2, len(labels))
    return images, vocabulary.reshape(20, 8).astype(np.float32), tags


@pytest.fixture(scope="module")
def gan(pairs):
    images, vocabulary, tags = pairs
    return sg.TagGAN(batch_size=64, random_state=0, verbose=False).fit(images, vocabulary[tags], epochs=30)


def test_the_tags_of_an_image_are_those_of_its_digit(gan, pairs):
    images, vocabulary, tags = pairs
    assert gan.untraced_ == {}
    found = gan.top_tags(images, vocabulary, k=2, nearest=2, n=30, random_state=0)
    assert found.shape == (len(images), 2)
    assert (found // 2 == tags[:, None] // 2).mean() > 0.6


def test_tags_are_the_words_found_most_often(gan, pairs):
    """By hand: the nearest words by cosine of each vector, counted."""
    images, vocabulary, _ = pairs
    drawn = gan.draw_vectors(images[:9], n=12, random_state=3)
    assert drawn.shape == (9, 12, 8)
    assert drawn.dtype == np.float32
    cosines = drawn @ vocabulary.T / np.linalg.norm(drawn, axis=2)[..., None] / np.linalg.norm(vocabulary, axis=1)
    nearest = np.argsort(-cosines, axis=2)[..., :4]
    counts = np.stack([np.bincount(row.ravel(), minlength=20) for row in nearest])
    found = gan.top_tags(images[:9], vocabulary, k=3, nearest=4, n=12, random_state=3)
    expected = np.argsort(-(counts + 0.25 * (cosines.mean(1) + 1)), axis=1)[:, :3]
    np.testing.assert_array_equal(found, expected)


def test_many_draws_are_made_in_pieces(gan, pairs):
    """What is drawn does not depend on how many rows and words fit into a piece."""
    images, vocabulary, _ = pairs
    some = gan.draw_vectors(images[:300], n=3, random_state=3)
    np.testing.assert_allclose(gan.draw_vectors(images[:300], n=70, random_state=3)[:, :3], some, atol=1e-5)
    apart = gan.draw_vectors(images[256:257], n=2000, random_state=3)
    assert apart.shape == (1, 2000, 8)
    # 20 words among 60,000 that are far from all that is drawn: rows go one by one.
    far = np.tile(-some.mean((0, 1), keepdims=True)[0], (60000, 1)).astype(np.float32)
    many = np.concatenate([vocabulary, far])
    few = gan.top_tags(images[:40], vocabulary, k=1, nearest=1, n=30, random_state=3)
    np.testing.assert_array_equal(gan.top_tags(images[:40], many, k=1, nearest=1, n=30, random_state=3), few)


@pytest.mark.parametrize("call", ["top_tags(images, words, n=1000000)", "draw_vectors(images, n=20000)"])
def test_ctrl_c_ends_a_drawing(call):
    out = interrupted(
        f"""
        import numpy as np, swiftgan as sg
        source = np.random.default_rng(0)
        images = source.integers(0, 255, (256, 8, 8), dtype=np.uint8)
        words = source.normal(size=(5000, 8)).astype(np.float32)
        model = sg.TagGAN(batch_size=64, random_state=0, verbose=False).fit(images, words[:256], steps=1)
        print("go", flush=True)
        try:
            model.{call}
        except KeyboardInterrupt:
            print("stopped", flush=True)
        """
    )
    assert out == "stopped\n"


def test_vectors_differ_from_draw_to_draw(gan, pairs):
    drawn = gan.draw_vectors(pairs[0][:50], n=20, random_state=0)
    assert drawn.std(axis=1).mean() > 0.05
    np.testing.assert_array_equal(drawn, gan.draw_vectors(pairs[0][:50], n=20, random_state=0))


def test_saved_and_trained_on(pairs, tmp_path):
    images, vocabulary, tags = pairs
    y = vocabulary[tags]
    through, half = (sg.TagGAN(hidden=[16], batch_size=32, random_state=0, verbose=False) for _ in range(2))
    through.fit(images, y, steps=6)
    half.fit(images, y, steps=3)
    half.save(tmp_path / "tags.safetensors")
    on = sg.load(tmp_path / "tags.safetensors").partial_fit(images, y, steps=3)
    a, b = (model.draw_vectors(images[:5], n=2, random_state=1) for model in (through, on))
    np.testing.assert_array_equal(a, b)


def test_it_claims_no_role_that_it_has_not(gan, pairs):
    base = pytest.importorskip("sklearn.base")
    assert not base.is_regressor(gan)
    assert not hasattr(gan, "score")
    assert gan.__sklearn_tags__().target_tags.required
    assert base.clone(gan).get_params() == gan.get_params()


def test_few_words(gan, pairs):
    """By default all of them are asked for; more cannot be."""
    images, vocabulary, _ = pairs
    assert gan.top_tags(images[:2], vocabulary[:5], n=3).shape == (2, 5)
    for name in ("k", "nearest"):
        with pytest.raises(ValueError, match=f"{name} 30 of a vocabulary of 20"):
            gan.top_tags(images[:2], vocabulary, **{name: 30})
    with pytest.raises(ValueError, match="row 3 of vocabulary holds NaN"):
        gan.top_tags(images[:2], np.where(np.arange(20)[:, None] == 3, np.nan, vocabulary))


def test_mistakes_are_told(gan, pairs):
    images, vocabulary, _ = pairs
    with pytest.raises(ValueError, match="shape \\(words, 8\\)"):
        gan.top_tags(images[:2], vocabulary[:, :5])
    with pytest.raises(ValueError, match="y to be passed"):
        sg.TagGAN(verbose=False).fit(images)
    labels = np.arange(len(images)) % 10
    for numbers in (labels, labels[:, None].astype(np.float32)):
        with pytest.raises(ValueError, match="y has one number .* the vector of its tag"):
            sg.TagGAN(verbose=False).fit(images, numbers, steps=1)

"""LAPGAN and image pyramids: exact, from coarse to fine, and trained on to the same bits."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg


def make(**options):
    return sg.LAPGAN(**{"width": 8, "hidden": [16], "batch_size": 16, "random_state": 0, "verbose": False, **options})


@pytest.mark.parametrize("shape", [(3, 28, 28, 1), (2, 7, 5, 3), (1, 1, 9, 1)])
def test_pyramids_are_exact(shape, rng):
    images = rng.random(shape, np.float32)
    for levels in range(1, 4):
        pyramid = sg.laplacian_pyramid(images, levels)
        assert len(pyramid) == levels
        assert np.abs(sg.reconstruct_pyramid(pyramid).numpy() - images).max() <= 1e-6


def test_levels_are_those_of_the_gaussian_pyramid(rng):
    images = rng.integers(0, 256, (2, 8, 8, 1), np.uint8)
    fine, coarse = sg.gaussian_pyramid(images, 2)
    assert fine.dtype == np.float32
    np.testing.assert_array_equal(sg.pyramid_down(images).numpy(), coarse.numpy())
    detail, last = sg.laplacian_pyramid(images, 2)
    np.testing.assert_array_equal(detail.numpy(), (fine - sg.pyramid_up(coarse)).numpy())
    np.testing.assert_array_equal(last.numpy(), coarse.numpy())


def test_pyramids_that_do_not_fit_are_told_so():
    images = np.zeros((1, 8, 8, 1), np.float32)
    with pytest.raises(ValueError, match="1 to 4 levels, not 5"):
        sg.gaussian_pyramid(images, 5)
    with pytest.raises(ValueError, match="at least one level"):
        sg.reconstruct_pyramid([])
    with pytest.raises(ValueError, match="twice as large"):
        sg.reconstruct_pyramid([images, images])
    with pytest.raises(ValueError, match="N, H, W, C"):
        sg.laplacian_pyramid(images[0], 2)


def test_a_sample_is_made_level_by_level(digits):
    images = digits[0][:64]
    gan = make(levels=3, batch_norm="none").fit(images, steps=2)
    assert gan.untraced_ == {}
    assert sorted(gan.networks_) == [f"{role}_{level}" for role in ("discriminator", "generator") for level in range(3)]
    noise = np.random.default_rng(0).uniform(-1, 1, (5, 100 + 16 + 64)).astype(np.float32)
    image = gan.networks_["generator_2"](noise[:, :100])
    for level, planes in ((1, noise[:, 100:116]), (0, noise[:, 116:])):
        expanded = sg.pyramid_up(image)
        told = sg.concatenate([expanded, planes.reshape(*expanded.shape[:3], 1)], axis=3)
        image = expanded + gan.networks_[f"generator_{level}"](told)
    difference = gan.generate(noise).astype(int) - gan.from_network(image)
    assert np.abs(difference).max() <= 1
    assert gan.discriminate(images).shape == (64, 3)


def test_coarse_images_are_kept_and_details_drawn(digits):
    images = digits[0][:128]
    gan = make(width=16, learning_rate=1e-3, levels=3).fit(digits[0], epochs=15)

    def off(level):
        made = gan.refine(images, level=level, random_state=0)
        coarse = [sg.gaussian_pyramid(x, 3)[level].numpy() / 255 for x in (images, made)]
        return np.abs(coarse[0] - coarse[1]).mean()

    others = sg.pyramid_down(gan.sample(128, random_state=0)).numpy()
    apart = np.abs(others - sg.pyramid_down(images).numpy()).mean() / 255
    assert off(1) < 0.5 * apart
    first, again, other = (gan.refine(images, random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    with pytest.raises(ValueError, match="at most 2"):
        gan.refine(images, level=3)


def test_resumes_to_the_same_bits(digits, tmp_path):
    images = digits[0][:64]
    through = make(ema=0.5).fit(images, steps=6)
    half = make(ema=0.5).fit(images, steps=3)
    half.save(tmp_path / "half.safetensors")
    on = sg.load(tmp_path / "half.safetensors").partial_fit(images, steps=3)
    np.testing.assert_array_equal(on.sample(9, random_state=1), through.sample(9, random_state=1))


def test_diagnostics_are_of_each_level(digits):
    diagnostics = sg.Diagnostics(every_steps=2, display=None)
    make().fit(digits[0][:64], steps=4, callbacks=[diagnostics])
    assert {"real_accuracy_0", "diversity_1", "generator_1_gradient"} <= set(diagnostics.records[-1]["figures"])


def test_mistakes_are_told(digits):
    with pytest.raises(ValueError, match="pyramids are of images"):
        make().fit(digits[0].reshape(-1, 64)[:64], steps=1)
    with pytest.raises(ValueError, match="pack 2"):
        make(pack=2).fit(digits[0][:64], steps=1)

"""Results that are made piece by piece: too large ones are told at once, and Ctrl-C is heard between pieces."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from processes import interrupted


@pytest.fixture(scope="module")
def gan(digits):
    return sg.DCGAN(width=8, batch_size=64, random_state=0, verbose=False).fit(digits[0], steps=2)


def test_too_large_results_are_told_before_any_is_made(gan):
    noise = gan.draw_noise(4)
    for ask in (
        lambda: gan.draw_noise(10**9),
        lambda: gan.sample(10**9),
        lambda: gan.interpolate(np.repeat(noise, 10**5, axis=0), np.repeat(noise, 10**5, axis=0), n=10**5),
    ):
        with pytest.raises(MemoryError, match=r"result, \w+ of shape \(.*\), is too large; ask for it in parts"):
            ask()


def test_pieces_are_joined_in_order(gan):
    """More rows than a network is given at a time."""
    noise = gan.draw_noise(600, random_state=3)
    assert noise.shape == (600, 100)
    assert len(np.unique(noise[:, 0])) > 590
    np.testing.assert_array_equal(noise[:300], gan.draw_noise(300, random_state=3))
    ways = gan.interpolate(noise[:300], noise[300:], n=3).astype(int)
    for place, ends in ((0, noise[:300]), (2, noise[300:])):
        assert np.abs(ways[:, place] - gan.generate(ends)).max() <= 1
    one = gan.interpolate(noise[280:281], noise[580:581], n=3).astype(int)
    assert np.abs(ways[280] - one[0]).max() <= 1
    many = gan.arithmetic(noise[:3], noise[3:6], variations=600, random_state=1).astype(int)
    assert many.shape == (601, 8, 8, 1)
    far = gan.arithmetic(noise[:3], noise[3:6], variations=600, spread=3, random_state=1).reshape(601, -1)
    assert len(np.unique(far, axis=0)) > 590
    np.testing.assert_array_equal(far[0], many[0].ravel())


@pytest.mark.parametrize(
    "call",
    ["gan.interpolate(noise[:256], noise[256:], n=20000)", "gan.arithmetic(noise[:3], noise[3:6], variations=10**6)"],
)
def test_ctrl_c_ends_long_calls(call):
    code = f"""
    import numpy as np, swiftgan as sg
    images = np.random.default_rng(0).integers(0, 255, (256, 16, 16), dtype=np.uint8)
    gan = sg.DCGAN(width=32, batch_size=64, random_state=0, verbose=False).fit(images, steps=1)
    noise = gan.draw_noise(512)
    print("go", flush=True)
    try:
        {call}
    except KeyboardInterrupt:
        print("stopped", gan.sample(2).shape, flush=True)
    """
    assert interrupted(code) == "stopped (2, 16, 16)\n"

"""Write Sources/CSwiftGANData/digits.inc from scikit-learn's copy of the handwritten digits.

Usage: python packaging/make_digits.py        (needs scikit-learn; run it only to regenerate the file)

A pixel is 0 to 16 and takes 5 bits, so a row of 8 pixels is ten hexadecimal digits and an image of 64 pixels is
exactly five 64-bit words, first pixel in the highest bits. One line of the file is one image: the data stay small
(72 kB compiled), need no decoder beyond a shift, and can be read by eye.
"""

from __future__ import annotations

import pathlib

import numpy as np
from sklearn.datasets import load_digits

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "CSwiftGANData" / "digits.inc"
BITS = 5
SIDE = 8
WORDS = SIDE * SIDE * BITS // 64


def words_of(image: np.ndarray) -> list[int]:
    """Return the five 64-bit words that hold one 8 x 8 image."""
    packed = 0
    for pixel in image.ravel():
        packed = packed << BITS | int(pixel)
    return [packed >> 64 * (WORDS - 1 - i) & (2**64 - 1) for i in range(WORDS)]


def main() -> None:
    digits = load_digits()
    images = digits.images.astype(np.uint8)
    if images.shape != (1797, SIDE, SIDE) or images.max() > 16 or (images != digits.images).any():
        raise SystemExit(f"unexpected data: shape {images.shape}, largest value {digits.images.max()}")
    labels = "".join(str(label) for label in digits.target)
    lines = [
        "// Written by packaging/make_digits.py; do not edit. See NOTICE for the source and licence of the data.",
        f"#define SGD_DIGITS_COUNT {len(images)}",
        "static const char digits_labels[SGD_DIGITS_COUNT + 1] =",
    ]
    chunks = [labels[i : i + 100] for i in range(0, len(labels), 100)]
    lines += [f'    "{chunk}"' for chunk in chunks[:-1]] + [f'    "{chunks[-1]}";']
    lines.append(f"static const uint64_t digits_words[SGD_DIGITS_COUNT * {WORDS}] = {{")
    lines += ["".join(f"0x{word:016x}," for word in words_of(image)) for image in images]
    lines.append("};")
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"wrote {OUTPUT} ({OUTPUT.stat().st_size} bytes)")


if __name__ == "__main__":
    main()

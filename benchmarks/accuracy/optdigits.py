"""Digits from a source that nothing was trained or chosen on: `python benchmarks/optdigits.py`.

The test part of the UCI set "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998,
CC BY 4.0): 1,797 digits by 13 people in Turkey, in 8 by 8 pixels of 17 levels, cropped to the ink.
scikit-learn brings it (`pip install scikit-learn`). Sent in as pictures, as they are, and with two
pixels of paper around them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from sklearn.datasets import load_digits

import digitdraw

PAPER = 2
"""Pixels of paper around a digit."""


def main() -> None:
    """Print a line for each model of `weights/` that knows what is no digit, and each way."""
    digits = load_digits()
    pictures = np.rint(digits.images * 255 / 16).astype(np.uint8)
    ways = {"as they are": pictures, "with paper around": np.pad(pictures, _around())}
    print("| model | pictures | right | refused |\n|---|---|---|---|")
    for model in ("tiny", "default"):
        recognizer = digitdraw.load(model)
        for way, some in ways.items():
            answers = [recognizer.predict_image(each) for each in some]
            likeliest = np.array([each.ranking[0] for each in answers])
            right = (likeliest == digits.target).mean()
            refused = np.mean([each.digit is None for each in answers])
            print(f"| `{model}` | {way} | {right:.2%} | {refused:.2%} |", flush=True)


def _around() -> list[tuple[int, int]]:
    return [(0, 0), (PAPER, PAPER), (PAPER, PAPER)]


if __name__ == "__main__":
    main()

"""Measures the classifiers on digits from a source that nothing was trained or chosen on.

    python benchmarks/accuracy/optdigits.py

The digits are the test part of the UCI set "Optical Recognition of Handwritten Digits" (Alpaydin
and Kaynak 1998, CC BY 4.0): 1,797 digits by 13 people in Turkey, in 8 by 8 pixels of 17 levels,
cropped to the ink. They come with scikit-learn (`pip install scikit-learn`). Each is read as a
picture, once as it is and once with paper around it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
from sklearn.datasets import load_digits

import digitdraw

MODELS = ("tiny", "default")
"""The models that can reject what is not a digit."""
PADDING = 2
"""Pixels of paper around a digit."""


def main() -> None:
    """Print a line for each model and each way of padding."""
    digits = load_digits()
    pictures = np.rint(digits.images * 255 / 16).astype(np.uint8)
    padded = np.pad(pictures, [(0, 0), (PADDING, PADDING), (PADDING, PADDING)])
    print("| model | pictures | correct | rejected |\n|---|---|---|---|")
    for model in MODELS:
        recognizer = digitdraw.load(model)
        for name, inputs in {"as they are": pictures, "with paper around": padded}.items():
            predictions = [recognizer.predict_image(picture) for picture in inputs]
            likeliest = np.array([prediction.ranking[0] for prediction in predictions])
            correct = (likeliest == digits.target).mean()
            rejected = np.mean([prediction.digit is None for prediction in predictions])
            print(f"| `{model}` | {name} | {correct:.2%} | {rejected:.2%} |", flush=True)


if __name__ == "__main__":
    main()

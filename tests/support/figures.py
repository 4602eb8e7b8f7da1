"""Examples of predictions and training histories, and the texts of a figure."""

import io
import itertools
import string

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS

GLYPHS = np.stack([strokes.to_glyph(DIGITS[digit]) for digit in range(10)])


LETTERS = (*string.ascii_uppercase, *string.ascii_lowercase)
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Ankle boots, high")
"""Classes that are many, or have long names."""


def confident(*pairs: tuple[int, float], classes: int = 10) -> np.ndarray:
    """Make rows of probabilities: `p` for `digit`, the rest equal for the other classes."""
    rows = np.array([[(1 - p) / (classes - 1)] * classes for _, p in pairs])
    for row, (digit, p) in zip(rows, pairs, strict=True):
        row[digit] = p
    return rows


def predictions(count: int, classes: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make (glyphs, probabilities, labels) at random; every fifth prediction is wrong."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, count)
    other = (labels + rng.integers(1, classes, count)) % classes
    answers = np.where(np.arange(count) % 5, labels, other)
    confidence = np.where(np.arange(count) % 7, rng.uniform(0.3, 1, count), 1.0)
    rows = confident(*zip(answers, confidence, strict=True), classes=classes)
    return GLYPHS[labels % 10], rows, labels


def history(epochs: int) -> list[dict[str, float]]:
    """Make the history of a training."""
    return [
        {
            "epoch": i,
            "loss": 0.6 / i + 0.3,
            "accuracy": 0.8 + 0.01 * min(i, 12),
            "validation loss": 0.05 / i,
            "mnist accuracy": 0.9946,
            "pictures accuracy": 0.9960,
            "drawings accuracy": 0.9926,
            "letters AUROC": 0.9990,
        }
        for i in range(1, epochs + 1)
    ]


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return all visible texts of a figure, each with its box in pixels."""
    drawn, draw = {}, Text.draw

    def record(text, renderer):
        draw(text, renderer)
        if text.get_text() and text.get_visible():
            drawn[text] = (text.get_text(), text.get_window_extent(renderer))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.savefig(io.BytesIO())  # draws several times; the last one counts
    return list(drawn.values())


def words(figure: Figure) -> list[str]:
    """Return all visible texts of a figure."""
    return [text for text, _ in texts(figure)]


def assert_texts_are_apart_and_inside(figure: Figure) -> None:
    """Check that no text overlaps another, and that none leaves the figure."""
    boxes = texts(figure)
    assert boxes
    width, height = figure.bbox.size
    for text, box in boxes:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text
    for (first, box), (second, other_box) in itertools.combinations(boxes, 2):
        assert not box.overlaps(other_box), (first, second)

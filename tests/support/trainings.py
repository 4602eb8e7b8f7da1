"""Small data sets for trainings, and a check that all kinds of training must pass."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.dataset import GlyphDataset, Subset
from digitdraw.training.datasets import Drawing
from digitdraw.training.trainer import Trainer
from tests.support.drawings import DIGITS

DRAWINGS = [
    Drawing(str(digit), "writer", [np.array(stroke, float) for stroke in strokes])
    for digit, strokes in DIGITS.items()
]
"""One drawing of each digit."""


def small_glyph_dataset() -> GlyphDataset:
    """Make a dataset of 64 varied drawings and 16 non-digits."""
    rng = np.random.default_rng(0)
    digits = [dataset.digit_variant(DRAWINGS, index, rng) for index in range(64)]
    non_digits = [dataset.non_digit([], DRAWINGS, index, rng) for index in range(16)]

    def subset(name: str, pairs: list) -> Subset:
        pixels, labels = zip(*pairs, strict=True)
        return Subset(name, np.stack(pixels), np.array(labels), len(pairs))

    return GlyphDataset([subset("drawings", digits), subset("no digits", non_digits)])


def assert_resumes_as_unbroken(start: Callable[[], Trainer], folder: Path) -> Trainer:
    """Train three epochs unbroken, and with a break after the first, and compare the weights.

    Returns the resumed trainer.
    """
    unbroken, first, second = start(), start(), start()
    for _ in range(3):
        unbroken.train_epoch()
    first.train_epoch()
    first.save_checkpoint(folder / "checkpoint.pt")
    second.load_checkpoint(folder / "checkpoint.pt")
    second.train_epoch()
    second.train_epoch()
    assert_equal_weights(unbroken.result, second.result)
    assert second.history == unbroken.history
    assert second.seconds > first.seconds > 0
    return second


def assert_equal_weights(first: torch.nn.Module, second: torch.nn.Module) -> None:
    """Check that two networks have the same state, bit for bit."""
    expected, actual = first.state_dict(), second.state_dict()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(expected[key], actual[key]) for key in expected)

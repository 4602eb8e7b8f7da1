"""Validation of the line recognizer counts whole line crops and single digits."""

from types import SimpleNamespace

import numpy as np
import pytest

from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from tests.support.line_crops import bar_crop
from tests.support.painted import PaintedLineRecognizer


def test_accuracy_counts_line_crops_and_digits():
    crops = [bar_crop(6, 6, 6), bar_crop(6, 6), bar_crop(6)]
    digits = [np.array([0, 7, 4]), np.array([0, 7]), np.array([1])]
    validation = LineRecognizerValidation(
        [
            LineCrops("entries", crops[:2], digits[:2]),
            LineCrops("scanned", crops[2:], digits[2:]),
            LineCrops("empty", [bar_crop(), bar_crop(6)], [np.zeros(0, np.int64)] * 2),
        ]
    )
    trainer = SimpleNamespace(result=PaintedLineRecognizer())
    predictions = validation.predict(trainer)
    measured = validation.measure(predictions)
    assert measured["entries accuracy"] == 1
    assert measured["scanned accuracy"] == 0
    assert measured["empty accuracy"] == 0.5
    assert measured["text accuracy"] == 3 / 4
    assert measured["digits accuracy"] == 3 / 5
    assert measured["character accuracy"] == pytest.approx(4 / 5)
    assert {type(value) for value in measured.values()} == {float}
    calibration, figures = validation.calibrate(predictions)
    assert 0 < calibration.min_digitness < 1
    assert set(figures) == {"confusion", "reliability", "mistakes"}
    assert [axes.get_title() for axes in figures["mistakes"].axes][:2] == ["none → 0", "1 → 0"]

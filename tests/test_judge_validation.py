"""How the judge is judged: alone, and together with the finder."""

import numpy as np
import pytest
import torch
from torch import nn

from digitdraw.crops import Cuts
from digitdraw.judge_validation import JudgeValidation
from digitdraw.models import JUDGE

LABELS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1])


class Corner(nn.Module):
    """Reads the digit, or that there is none, from the first row's brightest pixel."""

    def forward(self, x):
        first = x[:, 0, 0, :11]
        return torch.cat([6 * first[:, :10], 3 - 8 * first[:, 10:]], 1)


def cuts(wrong: int = 0) -> Cuts:
    glyphs = np.zeros((len(LABELS), 28, 28), np.uint8)
    for glyph, label in zip(glyphs, LABELS, strict=True):
        glyph[0, label if label >= 0 else 10] = 255
    glyphs[:wrong, 0] = np.roll(glyphs[:wrong, 0], 1, axis=1)
    logits = np.zeros((len(LABELS), 10), np.float32)
    logits[np.arange(10), LABELS[:10]] = 9
    logits[9] = -logits[9]  # here the finder errs
    return Cuts(glyphs, LABELS, np.where(LABELS >= 0, 0.7, 0.3).astype(np.float32), logits)


def answers(made: Cuts):
    judge = JudgeValidation(made)
    return judge, judge.logits(Corner(), JUDGE, torch.device("cpu"))


def test_each_is_measured_alone_and_both_together():
    judge, logits = answers(cuts(wrong=2))
    told = judge.measure(logits, lambda x, y: nn.functional.cross_entropy(x, y).item())
    assert told["finder accuracy"] == pytest.approx(0.9)
    assert told["alone accuracy"] == pytest.approx(0.8)
    assert told["together accuracy"] == pytest.approx(0.9)
    assert told["together AUROC"] == 1
    # A checkpoint holds no type but plain ones.
    assert {type(value) for value in told.values()} == {float}


def test_the_threshold_keeps_digits_and_drops_the_rest():
    judge, logits = answers(cuts())
    calibration, figures = judge.conclude(logits)
    spread = calibration.digitness_temperature
    chances = 1 / (1 + np.exp(-logits["together"][:, 10] / spread))
    assert ((chances >= calibration.min_digitness) == (LABELS >= 0)).all()
    assert set(figures) == {"confusion", "reliability", "mistakes"}

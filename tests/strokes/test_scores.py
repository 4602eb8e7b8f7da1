"""Scores of groups: the glyphs that the classifier sees, and scores of characters."""

import numpy as np
import torch

from digitdraw.models.stroke_scorer import FEATURES, StrokeScorer
from digitdraw.preprocessing import strokes
from digitdraw.strokes.groups import is_digit_sized, list_groups
from digitdraw.strokes.pieces import whole_strokes
from digitdraw.strokes.scores import (
    CHARACTERS,
    IMPOSSIBLE,
    character_scores,
    draw_glyphs,
    features,
)
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn


def line_of(drawing):
    return whole_strokes([np.array(stroke, float) for stroke in drawing])


def test_the_glyph_of_all_strokes_is_that_of_the_drawing():
    line = line_of(DIGITS[4])
    (glyph,) = draw_glyphs(line, [group for group in list_groups(line) if group.end == 2][:1])
    assert np.array_equal(glyph, strokes.to_glyph(DIGITS[4]))


def test_no_groups_have_no_glyphs():
    assert draw_glyphs(line_of(DIGITS[4]), []).shape == (0, 28, 28)


def test_a_point_cannot_be_a_digit():
    line = line_of(drawn("3."))
    groups = list_groups(line)
    sized = [is_digit_sized(group, line) for group in groups]
    logits = np.zeros((sum(sized), 11), np.float32)
    found_features, logs = features(line, groups, logits, temperature=1.0)
    assert found_features.shape == (len(groups), FEATURES)
    assert (logs[np.logical_not(sized)] == IMPOSSIBLE).all()
    assert np.allclose(np.exp(logs[sized]).sum(axis=1), 1)


def test_digits_are_scored_by_the_classifier_and_the_scorer():
    torch.manual_seed(0)
    scorer = StrokeScorer()
    logs = np.log(np.full((2, 10), 0.1, np.float32))
    logs[0, 7] = 0.0
    scores = character_scores(scorer, np.zeros((2, FEATURES), np.float32), logs)
    assert scores.shape == (2, len(CHARACTERS))
    assert CHARACTERS[scores[0, :10].argmax()] == "7"
    assert np.ptp(scores[1, :10]) < 1e-6

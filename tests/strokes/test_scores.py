"""Scores of groups: the glyphs that the classifier sees, and scores of characters."""

import numpy as np
import pytest
import torch

import digitdraw
from digitdraw.models.stroke_scorer import FEATURES, StrokeScorer
from digitdraw.preprocessing import strokes
from digitdraw.strokes.groups import is_digit_sized, list_groups
from digitdraw.strokes.pieces import whole_strokes
from digitdraw.strokes.scores import (
    CHARACTERS,
    IMPOSSIBLE,
    Ink,
    character_scores,
    features,
)
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn


def line_of(drawing):
    return whole_strokes([np.array(stroke, float) for stroke in drawing])


@pytest.fixture
def classifier():
    return digitdraw.load(device="cpu").classifier


def test_ink_is_the_glyph_of_a_part_and_its_logits(classifier):
    part = line_of(DIGITS[4]).points
    glyphs, logits = Ink(classifier).of([part])
    assert np.array_equal(glyphs[0], strokes.to_glyph(DIGITS[4]))
    assert np.allclose(logits, classifier.logits(glyphs))


def test_no_parts_have_no_ink(classifier):
    glyphs, logits = Ink(classifier).of([])
    assert glyphs.shape == (0, 28, 28) and len(logits) == 0


def test_all_that_was_added_is_classified_in_one_batch_and_only_once(classifier, monkeypatch):
    parts = [line_of(DIGITS[digit]).points for digit in (3, 4, 7)]
    ink, sizes = Ink(classifier), []
    logits = classifier.logits
    monkeypatch.setattr(
        classifier, "logits", lambda glyphs: sizes.append(len(glyphs)) or logits(glyphs)
    )
    ink.add(parts[:2])
    glyphs, _ = ink.of(parts[1:])
    ink.of([list(reversed(part)) for part in parts])
    assert sizes == [3]
    assert np.array_equal(glyphs[1], strokes.to_glyph(DIGITS[7]))


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

"""Tests of the priors: what the line recognizer cannot know decides where it is unsure."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models import alphabet
from digitdraw.models.alphabet import BLANK
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, priors
from digitdraw.photo.priors import POINT_LOG_ODDS, SLASH_LOG_ODDS, SPACE_LOG_ODDS, WIDE_GAP
from tests.support.rows import logits_of_text

SPACE, SLASH, LOOKALIKE = alphabet.encode(" /1").tolist()
HEIGHT = 20
LITTLE = 0.5


def boxes_with_gaps(*gaps: float) -> np.ndarray:
    """Boxes of digits, 8 by 20 pixels, with gaps in heights of a digit between them."""
    steps = 8 + HEIGHT * np.array([0, *gaps])
    starts = np.cumsum(steps) - 8
    return np.column_stack([starts, np.zeros_like(starts), *np.full((2, len(starts)), [[8], [20]])])


def unsure(text: str, alternatives: dict[int, int], lead: float) -> torch.Tensor:
    """Logits of a text; at some characters, another class is less likely by `lead`."""
    logits = logits_of_text(text)
    for place, label in alternatives.items():
        logits[2 * place, label] = logits[2 * place].max() - lead
    return logits


def logits_in_columns(boxes: np.ndarray, space_at: int, lead: float) -> torch.Tensor:
    """Logits of a "7" in each box, and of a blank that leads before a space after one of them."""
    stride = LineRecognizer.STRIDE
    centers = boxes[:, 0] + boxes[:, 2] / 2
    logits = torch.zeros(int(centers[-1] / stride) + 3, alphabet.OUTPUTS)
    logits[:, BLANK] = 12
    logits[(centers / stride).astype(int), BLANK] = 0
    logits[(centers / stride).astype(int), 7] = 12
    middle = int((boxes[space_at, 0] + 8 + boxes[space_at + 1, 0]) / 2 / stride)
    logits[middle, SPACE] = 12 - lead
    return logits


@pytest.mark.parametrize(
    ("gap", "lead", "text"),
    [
        (WIDE_GAP + 0.2, SPACE_LOG_ODDS - LITTLE, "7 7"),
        (WIDE_GAP + 0.2, SPACE_LOG_ODDS + LITTLE, "77"),
        (WIDE_GAP - 0.2, SPACE_LOG_ODDS - LITTLE, "77"),
    ],
)
def test_a_wide_gap_is_a_space_if_the_recognizer_thinks_it_possible(gap, lead, text):
    boxes = boxes_with_gaps(gap)
    assert priors.read_text(logits_in_columns(boxes, 0, lead), boxes).text == text


def test_a_gap_in_which_a_symbol_is_read_is_not_empty():
    boxes = boxes_with_gaps(1.0)
    logits = logits_in_columns(boxes, 0, LITTLE)
    middle = int(logits[:, SPACE].argmax())
    logits[middle - 1, alphabet.encode("-")[0]] = 14
    assert priors.read_text(logits, boxes).text == "7-7"


def test_the_order_of_detections_does_not_matter():
    boxes = boxes_with_gaps(0.1, 0.9, 0.1)
    logits = logits_in_columns(boxes, 1, SPACE_LOG_ODDS - LITTLE)
    assert priors.read_text(logits, boxes[::-1]).text == "77 77"


@pytest.mark.parametrize(
    ("text", "lead", "expected"),
    [
        ("48088/292", SLASH_LOG_ODDS - LITTLE, "480881292"),
        ("48088/292", SLASH_LOG_ODDS + LITTLE, "48088/292"),
        ("25/11/2025", LITTLE, "25/11/2025"),
        ("86/100", LITTLE, "86/100"),
        ("86/100 ?/", LITTLE, "86/100 ?/"),
    ],
)
def test_a_slash_outside_of_fractions_and_dates_must_be_clear(text, lead, expected):
    places = [place for place, character in enumerate(text) if character == "/"]
    logits = unsure(text, dict.fromkeys(places, LOOKALIKE), lead)
    assert priors.read_text(logits, boxes_with_gaps(0.1)).text == expected


@pytest.mark.parametrize(
    ("lead", "text"), [(POINT_LOG_ODDS - LITTLE, "12"), (POINT_LOG_ODDS + LITTLE, "1.2")]
)
def test_a_point_must_be_clear(lead, text):
    logits = unsure("1.2", {1: BLANK}, lead)
    assert priors.read_text(logits, boxes_with_gaps(0.1)).text == text


def test_a_slash_is_doubted_in_its_own_number_alone():
    logits = unsure("48088/292 1/2", {5: LOOKALIKE, 11: LOOKALIKE}, LITTLE)
    assert priors.read_text(logits, boxes_with_gaps()).text == "480881292 1/2"


@given(st.text("0123456789/ ", min_size=1, max_size=12), st.integers(1, 4))
def test_priors_leave_a_clear_text_and_the_given_logits_as_they_are(text, count):
    logits = logits_of_text(text)
    before = logits.clone()
    boxes = boxes_with_gaps(*[0.9] * (count - 1))
    assert priors.read_text(logits, boxes).text == ctc.decode(before).text
    assert logits.equal(before)

"""Sequences: what columns say becomes digits, places, and chances of what else it could be."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc
from tests.support.painted import PaintedSequence

BLANK = 10


def answer(*columns, sure=8.0):
    """Logits that say one digit, or BLANK, in each column."""
    logits = torch.zeros(len(columns), 11)
    logits[torch.arange(len(columns)), torch.tensor(columns)] = sure
    return logits


def chance_of(log_p, number):
    """The chance of a number, summed over all paths one by one."""
    total = 0.0
    for path in itertools.product(range(11), repeat=len(log_p)):
        said = [d for d, before in zip(path, (None, *path), strict=False) if d != before]
        if [d for d in said if d != BLANK] == list(number):
            total += float(log_p[range(len(path)), list(path)].sum().exp())
    return total


@pytest.mark.parametrize(
    ("columns", "labels", "places"),
    [
        ((BLANK, BLANK), [], []),
        ((3, 3, BLANK, 3), [3, 3], [1, 3.5]),
        ((BLANK, 1, 2, 2, 2, BLANK), [1, 2], [1.5, 3.5]),
        ((7,), [7], [0.5]),
    ],
)
def test_each_run_of_a_digit_is_one_digit(columns, labels, places):
    said = ctc.decode(answer(*columns))
    assert said.labels.tolist() == labels
    assert said.places.tolist() == places
    assert said.logits.shape == (len(labels), 11)


def test_chances_are_those_of_all_paths_together():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(1)) * 2
    logits[0, 4] = logits[1, BLANK] = logits[2, 6] = 5
    log_p = logits.log_softmax(1)
    said = ctc.decode(logits)
    assert said.labels.tolist() == [4, 6]
    first = np.array([chance_of(log_p, (d, 6)) for d in range(10)])
    assert np.exp(said.logits[0, :10]) == pytest.approx(first / first.sum(), rel=1e-4)
    odds = first.sum() / chance_of(log_p, (6,))
    assert said.logits[0, 10] == pytest.approx(np.log(odds), rel=1e-4)


def test_a_digit_that_was_not_read_has_the_chances_of_the_number_with_it():
    logits = torch.randn(4, 11, generator=torch.Generator().manual_seed(2))
    logits[0, 4] = logits[1, BLANK] = logits[2, BLANK] = logits[3, 6] = 4
    log_p = logits.log_softmax(1)
    said = ctc.decode(logits)
    assert said.labels.tolist() == [4, 6]
    before, between = ctc.logits_with_insertion(logits, said, np.array([0.1, 2.0]))
    for found, number in ((before, lambda d: (d, 4, 6)), (between, lambda d: (4, d, 6))):
        each = np.array([chance_of(log_p, number(d)) for d in range(10)])
        assert np.exp(found[:10]) == pytest.approx(each / each.sum(), rel=1e-4)
        odds = each.sum() / chance_of(log_p, (4, 6))
        assert found[10] == pytest.approx(np.log(odds), rel=1e-4)


def test_where_nothing_was_read_there_may_be_a_digit_all_the_same():
    logits = answer(BLANK, BLANK, BLANK)
    logits[1, 5] = 7
    nothing = ctc.decode(logits)
    (found,) = ctc.logits_with_insertion(logits, nothing, np.array([1.5]))
    assert found[:10].argmax() == 5 and found[10] == pytest.approx(-1, abs=0.1)
    assert ctc.logits_with_insertion(logits, nothing, np.zeros(0)).shape == (0, 11)


def test_a_number_that_does_not_fit_its_columns_is_never_meant():
    said = ctc.decode(answer(1, 2))
    assert said.logits[0, 2] < -100  # 22 needs three columns
    assert np.isfinite(said.logits).all()


def test_what_could_be_another_digit_is_known_for_it():
    logits = answer(BLANK, 4, BLANK)
    logits[1, 9] = 8 - 0.4
    bars = torch.from_numpy(ctc.decode(logits).logits[:, :10]).softmax(1)
    assert bars[0, 4] == pytest.approx(0.6, abs=0.02)
    assert bars[0, 9] == pytest.approx(0.4, abs=0.02)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=12), st.floats(0.5, 9))
def test_any_answer_can_be_read(columns, sure):
    said = ctc.decode(answer(*columns, sure=sure))
    assert (np.diff(said.places) > 0).all()
    assert said.logits[:, :10].argmax(axis=1).shape == said.labels.shape
    assert np.isfinite(said.logits).all()


@pytest.mark.parametrize(
    ("places", "finds", "pairs"),
    [
        ([], [1.0], []),
        ([2.0, 6.0], [2.1, 6.2], [0, 1]),
        ([2.0, 6.0, 10.0], [2.0, 10.0], [0, None, 1]),  # the second was not found
        ([2.0, 10.0], [2.0, 6.0, 10.0], [0, 2]),  # what is between is no digit
        ([2.0, 6.0], [], [None, None]),
    ],
)
def test_digits_follow_the_finds_that_they_are_nearest_to(places, finds, pairs):
    assert ctc.match_detections(np.array(places), np.array(finds), 4.0) == pairs


@pytest.mark.parametrize("make", [PaintedSequence, LineRecognizer])
def test_strips_of_any_widths_are_answered_as_alone(make):
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    network = make().eval()
    seen = [rng.normal(0, 1, (32, width)).astype(np.float32) for width in (9, 40, 12, 131)] * 6
    together = ctc.recognize(seen, network)
    for strip, found in zip(seen, together, strict=True):
        (alone,) = ctc.recognize([strip], network)
        assert len(found) == -(-strip.shape[1] // LineRecognizer.STRIDE)
        assert torch.allclose(found, alone, atol=1e-5)
    assert ctc.recognize([], network) == []

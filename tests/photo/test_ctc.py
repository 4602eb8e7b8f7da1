"""Tests of decoding: digits, their centers, and logits of what else they could be."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc
from tests.support.painted import PaintedLineRecognizer

BLANK = 10


def logits_of(*columns, height=8.0):
    """Logits of a path: one digit, or BLANK, in each column."""
    logits = torch.zeros(len(columns), 11)
    logits[torch.arange(len(columns)), torch.tensor(columns)] = height
    return logits


def probability_of(log_p, number):
    """The probability of a number, summed over all paths one by one."""
    total = 0.0
    for path in itertools.product(range(11), repeat=len(log_p)):
        runs = [d for d, before in zip(path, (None, *path), strict=False) if d != before]
        if [d for d in runs if d != BLANK] == list(number):
            total += float(log_p[range(len(path)), list(path)].sum().exp())
    return total


@pytest.mark.parametrize(
    ("columns", "labels", "centers"),
    [
        ((BLANK, BLANK), [], []),
        ((3, 3, BLANK, 3), [3, 3], [1, 3.5]),
        ((BLANK, 1, 2, 2, 2, BLANK), [1, 2], [1.5, 3.5]),
        ((7,), [7], [0.5]),
    ],
)
def test_each_run_of_a_digit_becomes_one_digit(columns, labels, centers):
    transcript = ctc.decode(logits_of(*columns))
    assert transcript.labels.tolist() == labels
    assert transcript.centers.tolist() == centers
    assert transcript.logits.shape == (len(labels), 11)


def test_logits_are_those_of_all_paths_together():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(1)) * 2
    logits[0, 4] = logits[1, BLANK] = logits[2, 6] = 5
    log_p = logits.log_softmax(1)
    transcript = ctc.decode(logits)
    assert transcript.labels.tolist() == [4, 6]
    first = np.array([probability_of(log_p, (d, 6)) for d in range(10)])
    assert np.exp(transcript.logits[0, :10]) == pytest.approx(first / first.sum(), rel=1e-4)
    odds = first.sum() / probability_of(log_p, (6,))
    assert transcript.logits[0, 10] == pytest.approx(np.log(odds), rel=1e-4)


def test_an_inserted_digit_has_the_logits_of_the_number_with_it():
    logits = torch.randn(4, 11, generator=torch.Generator().manual_seed(2))
    logits[0, 4] = logits[1, BLANK] = logits[2, BLANK] = logits[3, 6] = 4
    log_p = logits.log_softmax(1)
    transcript = ctc.decode(logits)
    assert transcript.labels.tolist() == [4, 6]
    before, between = ctc.logits_with_insertion(logits, transcript, np.array([0.1, 2.0]))
    for inserted, number in ((before, lambda d: (d, 4, 6)), (between, lambda d: (4, d, 6))):
        expected = np.array([probability_of(log_p, number(d)) for d in range(10)])
        assert np.exp(inserted[:10]) == pytest.approx(expected / expected.sum(), rel=1e-4)
        odds = expected.sum() / probability_of(log_p, (4, 6))
        assert inserted[10] == pytest.approx(np.log(odds), rel=1e-4)


def test_a_digit_can_be_inserted_where_nothing_was_read():
    logits = logits_of(BLANK, BLANK, BLANK)
    logits[1, 5] = 7
    empty = ctc.decode(logits)
    (inserted,) = ctc.logits_with_insertion(logits, empty, np.array([1.5]))
    assert inserted[:10].argmax() == 5 and inserted[10] == pytest.approx(-1, abs=0.1)
    assert ctc.logits_with_insertion(logits, empty, np.zeros(0)).shape == (0, 11)


def test_a_number_that_does_not_fit_the_columns_is_impossible():
    transcript = ctc.decode(logits_of(1, 2))
    assert transcript.logits[0, 2] < -100  # 22 needs three columns
    assert np.isfinite(transcript.logits).all()


def test_a_digit_that_could_be_another_has_a_probability_for_it():
    logits = logits_of(BLANK, 4, BLANK)
    logits[1, 9] = 8 - 0.4
    probabilities = torch.from_numpy(ctc.decode(logits).logits[:, :10]).softmax(1)
    assert probabilities[0, 4] == pytest.approx(0.6, abs=0.02)
    assert probabilities[0, 9] == pytest.approx(0.4, abs=0.02)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=12), st.floats(0.5, 9))
def test_any_logits_can_be_decoded(columns, height):
    transcript = ctc.decode(logits_of(*columns, height=height))
    assert (np.diff(transcript.centers) > 0).all()
    assert transcript.logits[:, :10].argmax(axis=1).shape == transcript.labels.shape
    assert np.isfinite(transcript.logits).all()


@pytest.mark.parametrize(
    ("centers", "detections", "matches"),
    [
        ([], [1.0], []),
        ([2.0, 6.0], [2.1, 6.2], [0, 1]),
        ([2.0, 6.0, 10.0], [2.0, 10.0], [0, None, 1]),  # the second was not detected
        ([2.0, 10.0], [2.0, 6.0, 10.0], [0, 2]),  # the one between is no digit
        ([2.0, 6.0], [], [None, None]),
    ],
)
def test_digits_are_matched_to_their_nearest_detections(centers, detections, matches):
    assert ctc.match_detections(np.array(centers), np.array(detections), 4.0) == matches


@pytest.mark.parametrize("make", [PaintedLineRecognizer, LineRecognizer])
def test_line_crops_of_any_width_get_the_same_logits_in_a_batch_as_alone(make):
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    network = make().eval()
    crops = [rng.normal(0, 1, (32, width)).astype(np.float32) for width in (9, 40, 12, 131)] * 6
    for crop, in_batch in zip(crops, ctc.recognize(crops, network), strict=True):
        (alone,) = ctc.recognize([crop], network)
        assert len(in_batch) == -(-crop.shape[1] // LineRecognizer.STRIDE)
        assert torch.allclose(in_batch, alone, atol=1e-5)
    assert ctc.recognize([], network) == []

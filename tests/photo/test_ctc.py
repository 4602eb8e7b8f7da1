"""Tests of decoding: characters, their columns, and the probabilities of other texts."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models import alphabet
from digitdraw.models.alphabet import BLANK, OUTPUTS
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc
from digitdraw.photo.line_crop import HEIGHT
from tests.support.painted import PaintedLineRecognizer

CLASSES = (1, 4, 6, BLANK)
"""Classes that `random_logits` has; all others are hardly possible."""


def logits_of(*columns, height=8.0):
    """Logits of a path: one class, or BLANK, in each column."""
    logits = torch.zeros(len(columns), OUTPUTS)
    logits[torch.arange(len(columns)), torch.tensor(columns)] = height
    return logits


def random_logits(columns, seed=1):
    """Logits (columns, OUTPUTS) of a few classes."""
    logits = torch.full((columns, OUTPUTS), -30.0)
    generator = torch.Generator().manual_seed(seed)
    logits[:, list(CLASSES)] = torch.randn(columns, len(CLASSES), generator=generator) * 2
    return logits


def probability_of(log_p, labels):
    """The probability of a text, summed over all paths one by one."""
    total = 0.0
    for path in itertools.product(CLASSES, repeat=len(log_p)):
        runs = [
            label for label, before in zip(path, (None, *path), strict=False) if label != before
        ]
        if [label for label in runs if label != BLANK] == list(labels):
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
def test_each_run_of_a_class_becomes_one_character(columns, labels, centers):
    transcript = ctc.decode(logits_of(*columns))
    assert transcript.labels.tolist() == labels
    assert transcript.centers.tolist() == centers


def test_a_transcript_spells_its_text():
    labels = alphabet.encode("12.50 ?")
    columns = [column for label in labels for column in (label, BLANK)]
    assert ctc.decode(logits_of(*columns)).text == "12.50 ?"


def test_windows_reach_half_the_way_to_the_next_character():
    transcript = ctc.decode(logits_of(BLANK, 1, BLANK, BLANK, BLANK, 2, 3, BLANK))
    assert transcript.columns.tolist() == [[1, 2], [5, 6], [6, 7]]
    assert transcript.windows.tolist() == [[0, 4], [4, 6], [6, 8]]
    log_p, labels = transcript.digits_of(1, 3)
    assert torch.equal(log_p[:, :BLANK], transcript.log_p[4:8, :BLANK])
    assert labels.tolist() == [2, 3]


@pytest.mark.parametrize("separator", alphabet.SEPARATORS)
def test_a_separator_that_may_be_between_two_digits_makes_these_no_less_sure(separator):
    logits = logits_of(1, 2, BLANK, 5, 0)
    logits[2, alphabet.encode(separator)] = float(logits[2, BLANK])
    transcript = ctc.decode(logits)
    (sure,) = ctc.text_log_probabilities([transcript.digits_of(0, len(transcript.labels))])
    (half,) = ctc.text_log_probabilities([(transcript.log_p, np.array([1, 2, 5, 0]))])
    assert sure > -0.1 > half


def test_the_probability_of_a_text_is_that_of_all_its_paths_together():
    log_p = random_logits(4).log_softmax(1)
    texts = [(4, 6), (1,), (), (6, 6)]
    parts = [(log_p, np.array(text, np.int64)) for text in texts]
    expected = [probability_of(log_p, text) for text in texts]
    assert np.exp(ctc.text_log_probabilities(parts)) == pytest.approx(expected, rel=1e-4)
    assert ctc.text_log_probabilities([]).shape == (0,)


def test_texts_of_parts_of_different_length_do_not_change_each_other():
    log_p = random_logits(6, seed=2).log_softmax(1)
    parts = [(log_p[:2], np.array([4])), (log_p, np.array([1, 4, 6])), (log_p[2:5], np.array([6]))]
    together = ctc.text_log_probabilities(parts)
    assert together == pytest.approx([ctc.text_log_probabilities([part])[0] for part in parts])


def test_a_text_that_does_not_fit_the_columns_is_impossible():
    log_p = logits_of(1, 2).log_softmax(1)
    (two, three) = ctc.text_log_probabilities([(log_p, np.array(t)) for t in ([1, 2], [2, 2])])
    assert two > -1 and -2e3 < three < -100  # 22 needs three columns


def test_a_digit_that_could_be_another_has_a_probability_for_it():
    logits = logits_of(BLANK, 4, BLANK, BLANK, *alphabet.encode("."), BLANK)
    logits[1, 9] = 8 - 0.4
    transcript = ctc.decode(logits)
    digit_logits = ctc.digit_logits(transcript, np.array([0]))
    probabilities = torch.from_numpy(digit_logits).softmax(1)[0]
    assert probabilities[4] == pytest.approx(0.6, abs=0.02)
    assert probabilities[9] == pytest.approx(0.4, abs=0.02)
    assert ctc.digit_logits(transcript, np.zeros(0, int)).shape == (0, 10)


@given(st.lists(st.integers(0, BLANK), min_size=1, max_size=12), st.floats(0.5, 9))
def test_any_logits_can_be_decoded(columns, height):
    transcript = ctc.decode(logits_of(*columns, height=height))
    count = len(transcript.labels)
    assert len(transcript.text) == count
    assert (np.diff(transcript.centers) > 0).all()
    assert (transcript.windows[:, 0] <= transcript.columns[:, 0]).all()
    assert (transcript.columns[:, 1] <= transcript.windows[:, 1]).all()
    assert (transcript.windows[1:, 0] == transcript.windows[:-1, 1]).all()
    digits = np.flatnonzero(transcript.labels < 10)
    logits = ctc.digit_logits(transcript, digits)
    assert logits.argmax(axis=1).tolist() == transcript.labels[digits].tolist()
    whole = [transcript.digits_of(0, count)] if count else []
    assert np.isfinite(ctc.text_log_probabilities(whole)).all()


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
    crops = [rng.normal(0, 1, (HEIGHT, width)).astype(np.float32) for width in (9, 40, 12, 131)] * 6
    for crop, in_batch in zip(crops, ctc.recognize(crops, network), strict=True):
        (alone,) = ctc.recognize([crop], network)
        assert len(in_batch) == -(-crop.shape[1] // LineRecognizer.STRIDE)
        assert torch.allclose(in_batch, alone, atol=1e-5)
    assert ctc.recognize([], network) == []

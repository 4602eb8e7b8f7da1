"""Tests of the fit of the photo reader, on pages whose truth is known."""

import numpy as np
import pytest

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import architecture
from digitdraw.photo.pipeline import Networks
from digitdraw.photo.reader import GLYPH_CLASSIFIER, prepare_networks
from digitdraw.training import photo_calibration
from digitdraw.training.photo_calibration import (
    PageTruth,
    ReadPage,
    count_errors,
    fit,
    page_truth,
)
from digitdraw.training.synthesis import text_pages
from digitdraw.training.synthesis.canvas import CUT, Mark
from tests.support.painted import PaintedClassifier, PaintedDetector, PaintedLineRecognizer
from tests.support.painted_pages import page_of, page_with, weights_of
from tests.support.rows import logits_of_text, row_of
from tests.support.synthesis import STROKES_ONLY

PAINTED = Networks(PaintedDetector(), PaintedLineRecognizer(), PaintedClassifier())
PLAIN = PhotoCalibration()


def marks_of(text, item=0, row=0, x=10.0):
    """A mark for each character, 8 by 16 pixels."""
    return [
        Mark([x + 10 * place, 20 + 40 * row, 8, 16], character, item, row)
        for place, character in enumerate(text)
    ]


def test_the_numbers_of_a_page_are_as_written_with_the_boxes_of_their_digits():
    truth = page_truth(page_of([*marks_of("-12.5"), *marks_of("7", 1, x=100)]))
    assert truth.texts == ["-12.5", "7"]
    assert truth.boxes.tolist() == [[20, 20, 38, 16], [100, 20, 8, 16]]


def test_operators_of_a_sum_and_words_are_no_numbers():
    a_sum = [*marks_of("12-5"), *marks_of("=", 1, x=80), *marks_of("7", 2, x=120)]
    words = [Mark([10, 60, 50, 16], "?", 3, 1), *marks_of("?8", 4, 1, x=80)]
    assert page_truth(page_of([*a_sum, *words])).texts == ["12", "5", "7", "8"]


def test_a_whole_number_may_be_one_mark():
    truth = page_truth(page_of([Mark([10, 20, 60, 16], "24.03.2026", 0, 0)]))
    assert truth.texts == ["24.03.2026"] and truth.boxes.tolist() == [[10, 20, 60, 16]]


def test_what_the_edge_of_the_picture_cuts_is_unclear():
    cut = [*marks_of("12"), Mark([30, 20, 8, 16], CUT, 0, 0), *marks_of("5", 1, x=90)]
    alone = [Mark([200, 60, 8, 16], CUT, 2, 1)]
    truth = page_truth(page_of([*cut, *alone]))
    assert truth.texts == [None, "5", None]
    assert truth.boxes[2].tolist() == [200, 60, 8, 16]


def test_a_page_without_marks_has_no_numbers():
    truth = page_truth(page_of([]))
    assert truth.texts == [] and truth.boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ("texts", "correct", "count"),
    [
        ("0740", [True, True], 2),
        ("0240", [False, True], 2),
        ("074?", [True, False], 1),
        (("0", "7", CUT, "0"), [True], 1),
        ("", [], 0),
    ],
)
def test_numbers_that_were_read_are_correct_wrong_or_unclear(texts, correct, count):
    page = ReadPage.of(page_with(*texts), PAINTED)
    found, judged = page.judged(PLAIN)
    assert judged.tolist() == correct
    assert all(number.confidence > 0.9 for number in found) and len(found) == len(correct)
    assert page.count == count


def test_numbers_are_counted_as_found_and_invented_if_they_are_listed():
    pages = [ReadPage.of(page_with(*texts), PAINTED) for texts in ("0740", "0240", "074?")]
    expected = {"numbers": 5, "found": 4, "invented": 2}
    assert count_errors(pages, PLAIN) == expected
    strict = PhotoCalibration(min_digit=1.1)
    assert count_errors(pages, strict) == expected | {"found": 0, "invented": 0}
    assert count_errors([], PLAIN) == {}


def test_reading_pages_leaves_the_networks_unchanged():
    names = "detector", "line-recognizer", GLYPH_CLASSIFIER
    networks = prepare_networks(
        *(weights_of(architecture(name).build().eval(), name) for name in names)
    )
    before = [{key: value.clone() for key, value in n.state_dict().items()} for n in networks]
    ReadPage.of(page_with(*"0740"), networks)
    for network, state in zip(networks, before, strict=True):
        assert all(value.equal(state[key]) for key, value in network.state_dict().items())


def read_page(text, true, height, classifier=None):
    """A page of a number that was read as `text`, the surer the larger `height`; `classifier` is
    what the classifier takes each of its digits for."""
    logits = np.zeros((len(text), 10), np.float32)
    if classifier is not None:
        logits[range(len(text)), [int(digit) for digit in classifier]] = 6
    row = row_of(logits_of_text(text, height), classifier_logits=logits)
    (number,) = row.numbers
    assert number == (0, len(text))
    low, high = row.boxes[:, :2].min(axis=0), (row.boxes[:, :2] + row.boxes[:, 2:]).max(axis=0)
    box = np.concatenate([low, high - low]).astype(np.float32)
    return ReadPage(PageTruth([true], box[None]), [row])


def test_a_classifier_that_is_right_gets_a_weight_and_one_that_is_wrong_gets_none():
    helpful = [read_page("12", "12", 6, "12"), read_page("1", "7", 4, "7")] * 3
    assert fit(helpful).classifier_weight > 0.5
    harmful = [read_page("12", "12", 6, "33"), read_page("1", "1", 4, "7")] * 3
    assert fit(harmful).classifier_weight == 0


def test_numbers_that_are_sure_but_often_wrong_get_a_higher_temperature():
    mixed = [read_page("12", "12", 6)] * 2 + [read_page("12", "15", 6)] * 3
    correct = [read_page("12", "12", 6)] * 5
    assert fit(mixed).temperature > fit(correct).temperature


def test_the_least_confidence_leaves_out_what_is_mostly_invented():
    pages = [read_page("12", "12", 8)] * 6 + [read_page("4", "", 3)] * 4
    pages = [
        page if page.truth.texts != [""] else ReadPage(PageTruth([], np.zeros((0, 4))), page.rows)
        for page in pages
    ]
    fitted = fit(pages)
    assert count_errors(pages, fitted) == {"numbers": 6, "found": 6, "invented": 0}


def test_validation_pages_have_all_kinds_and_are_the_same_each_time(monkeypatch):
    monkeypatch.setattr(photo_calibration, "load_text_sources", lambda root, split: STROKES_ONLY)
    monkeypatch.setattr(photo_calibration, "SIDE", 160)
    first, second = (photo_calibration.validation_pages(None, 1) for _ in range(2))
    assert list(first) == [*text_pages.LAYOUTS, *photo_calibration.CONTENTS]
    for kind, pages in first.items():
        assert len(pages) == (1 if kind in text_pages.LAYOUTS else 4)
        assert np.array_equal(pages[-1].picture, second[kind][-1].picture)


def test_symbols_that_nobody_recorded_make_no_number_wrong():
    truth = page_truth(page_of(marks_of("125")), digits_only=True)
    assert truth.is_correct(0, "12.5") and not truth.is_correct(0, "12.6")
    assert not truth.is_correct(None, "125")
    assert not page_truth(page_of(marks_of("125"))).is_correct(0, "12.5")

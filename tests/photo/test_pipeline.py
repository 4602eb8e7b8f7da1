"""Candidates: each digit once, where it was found; no find is lost that was not read."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import fusion, pipeline
from digitdraw.photo.detection import Detections
from digitdraw.photo.fusion import NumberHypothesis
from digitdraw.photo.line_crop import LineTransform
from digitdraw.photo.pipeline import _apart
from tests.support.painted import PaintedGlyphs, PaintedSequence, photo

BOXES = np.array([[20, 20, 12, 24], [50, 20, 12, 24], [80, 20, 12, 24]], np.float32)


def finds(boxes=BOXES, label=1):
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    classes = np.where(np.arange(10) == label, 6.0, 0.0).astype(np.float32)
    return Detections(boxes, scores, np.tile(classes, (len(boxes), 1)))


def placed(digits, found):
    """The candidate of these finds, of which `digits` are read, a box and a label each."""
    frame = LineTransform.around(found.boxes)
    answer = torch.zeros(frame.width // LineRecognizer.STRIDE, 11)
    answer[:, LineRecognizer.BLANK] = 9
    for (x, y, width, height), label in digits:
        (middle,) = frame.see(np.array([[x + width / 2, y + height / 2]]))
        PaintedSequence().say(answer[int(middle[0] / LineRecognizer.STRIDE)], label)
    strip = np.zeros((32, frame.width), np.float32)
    return pipeline._placed(answer, strip, frame, found)


def test_each_digit_that_was_read_has_the_box_of_its_find():
    number = placed(list(zip(BOXES, (3, 1, 4), strict=True)), finds())
    assert number.logits[:, :10].argmax(axis=1).tolist() == [3, 1, 4]
    assert np.array_equal(number.boxes, BOXES)
    assert number.found.all()


def test_a_digit_without_a_find_is_where_it_was_read():
    number = placed([(box, 7) for box in BOXES], finds(BOXES[[0, 2]]))
    assert number.found.tolist() == [True, False, True]
    assert number.boxes[1] == pytest.approx(BOXES[1], abs=4)
    assert number.scores[1] == fusion.MIN_SCORE


def test_a_find_that_was_not_read_stays_a_candidate_in_its_place():
    number = placed([(BOXES[0], 3), (BOXES[2], 4)], finds())
    assert np.array_equal(number.boxes, BOXES)
    read, unread = number.logits[[0, 2], 10], number.logits[1, 10]
    assert (read > 0).all() and unread < 0
    assert np.isfinite(number.logits).all()
    # The finder's word for it is kept, for that is all that speaks for this digit.
    assert number.scores[1] == finds().scores[1]
    assert number.classes[1].argmax() == 1


def test_a_second_find_on_a_digit_that_was_read_is_that_digit():
    half = BOXES[1] * [1, 1, 1, 0.5]
    boxes = np.concatenate([BOXES, half[None]]).astype(np.float32)
    number = placed([(box, 8) for box in BOXES], finds(boxes))
    assert len(number.boxes) == 3


def test_where_nothing_was_read_the_finds_are_candidates():
    number = placed([], finds())
    assert np.array_equal(number.boxes, BOXES)
    assert (number.logits[:, 10] < 0).all()


class Tells(torch.nn.Module):
    """Says that every glyph is a 6."""

    def __init__(self):
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.eye(11)[6].tile(len(x), 1)


def test_glyphs_of_all_numbers_are_told_together_and_a_blank_one_is_anything(monkeypatch):
    monkeypatch.setattr(pipeline, "_GLYPHS", 2)
    inked, blank = np.ones((2, 28, 28), np.float32), np.zeros((1, 28, 28), np.float32)
    nothing = np.zeros((0, 28, 28), np.float32)
    told = pipeline._told([inked, nothing, blank, inked], Tells())
    assert [each.shape for each in told] == [(2, 10), (0, 10), (1, 10), (2, 10)]
    assert [each.argmax(axis=1).tolist() for each in (told[0], told[3])] == [[6, 6], [6, 6]]
    assert not told[2].any()
    assert [each.shape for each in pipeline._told([nothing], Tells())] == [(0, 10)]
    assert pipeline._told([], Tells()) == []


def number(*boxes, found=True):
    logits = np.zeros((len(boxes), 11), np.float32)
    logits[:, 10] = 5
    return NumberHypothesis(
        np.array(boxes, float).reshape(-1, 4),
        logits,
        np.full(len(boxes), found),
        np.full(len(boxes), 0.9),
        np.zeros((len(boxes), 10)),
        np.zeros((len(boxes), 28, 28), np.float32),
        np.ones(len(boxes), bool),
        np.tile((4, 28), (len(boxes), 1)),
        np.zeros((len(boxes), 10), np.float32),
    )


def test_a_one_that_reaches_below_the_digits_beside_it_is_doubted():
    three = number((0, 0, 20, 30), (25, 0, 20, 30), (50, 0, 20, 30))
    three.logits[2, 1] = 40
    three = replace(three, rows=np.array([[4, 28], [4, 28], [2, 34]]))
    assert three.evidence[:, 2] == pytest.approx([0.1, 0.1, 1])
    assert three.evidence[:, 3] == pytest.approx([0, 0, 6 / 24])
    higher = replace(three, rows=np.array([[4, 28], [4, 28], [0, 20]]))
    assert higher.evidence[2, 3] == 0


def test_how_far_a_digit_reaches_below_is_unknown_without_ink_or_sure_digits_beside_it():
    two = replace(number((0, 0, 20, 30), (25, 0, 20, 30)), rows=np.array([[0, 0], [4, 34]]))
    assert not two.evidence[:, 3].any()
    two = replace(two, rows=np.array([[4, 28], [4, 34]]))
    assert two.evidence[1, 3] > 0
    two.logits[0, 10] = -5
    assert not two.evidence[:, 3].any()
    assert number().evidence.shape == (0, 4)


def test_what_is_told_of_a_glyph_that_was_cut_off_counts_less():
    two = replace(number((0, 0, 20, 30), (25, 0, 20, 30)), whole=np.array([True, False]))
    told = pipeline._with(two, np.ones((2, 10), np.float32)).told
    assert told.tolist() == [[1] * 10, pytest.approx([pipeline.PARTIAL_GLYPH_WEIGHT] * 10)]


def test_a_part_of_a_digit_is_not_read_besides_it():
    whole = number((0, 0, 20, 30), (25, 0, 20, 30), (50, 0, 20, 30))
    part, apart = number((26, 12, 18, 18), (80, 12, 18, 18)), number((0, 40, 20, 30))
    kept = _apart([part, whole, apart, number()])
    assert [each.boxes[:, 0].tolist() for each in kept] == [[80], [0, 25, 50], [0], []]
    assert (
        [len(each.logits) for each in kept] == [len(each.scores) for each in kept] == [1, 3, 1, 0]
    )


def test_a_digit_that_two_strips_show_is_read_where_it_was_found():
    short, missed = number((0, 0, 20, 30)), number((26, 0, 20, 30), found=False)
    both = NumberHypothesis(
        *(
            np.concatenate(each)
            for each in zip(vars(short).values(), vars(missed).values(), strict=True)
        )
    )
    beside = number((25, 0, 20, 30), (75, 0, 20, 30), (100, 0, 20, 30))
    for numbers in ([both, beside], [beside, both]):
        kept = _apart(numbers)
        assert sorted(each.boxes[:, 0].tolist() for each in kept) == [[0], [25, 75, 100]]
    assert _apart([both])[0].boxes[:, 0].tolist() == [0, 26]


def test_doubtful_candidates_speak_against_a_page_and_sure_ones_do_not():
    alone, among_sure, among_doubtful = (
        fusion.page_features(np.array(each))
        for each in ([0.9], [0.9, 0.89, 0.88], [0.9, 0.2, 0.1, 0.3])
    )
    assert alone[0] == among_sure[0] == among_doubtful[0] == pytest.approx(np.log(9))
    assert among_sure[1] < alone[1] < among_doubtful[1]
    assert np.isfinite(fusion.page_features(np.array([0.0, 1.0]))).all()


def test_a_digit_that_was_read_but_not_found_keeps_its_number_together(monkeypatch):
    x = np.array([40, 64, 88, 112, 136])
    grey = photo([(each, 80) for each in x], size=(400, 160)).astype(np.float32) / 255
    found = finds(np.array([[each - 6, 70, 12, 20] for each in x[[0, 1, 3, 4]]], np.float32))
    monkeypatch.setattr(pipeline, "detect_digits", lambda *_: [found, found.only([])])
    networks = pipeline.Networks(None, PaintedSequence(), PaintedGlyphs())
    (whole,), nothing = pipeline.number_hypotheses([grey, np.ones_like(grey)], networks)
    assert whole.found.tolist() == [True, True, False, True, True]
    assert whole.boxes[:, 0] == pytest.approx(x - 6, abs=3)
    # Read once more as one number, from its first digit on.
    assert whole.logits[:, :10].argmax(axis=1).tolist() == [0, 7, 4, 0, 7]
    assert nothing == []

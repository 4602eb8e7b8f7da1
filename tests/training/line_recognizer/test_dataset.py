"""What the sequence reader learns from: strips with the digits that are in them."""

import numpy as np
import pytest

from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import LineTransform
from digitdraw.training.datasets import Drawing
from digitdraw.training.line_recognizer import dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.drawings import DIGITS
from tests.support.painted import PaintedDetector

GREY = np.full((60, 260), 0.9, np.float32)
GREY[20:40, 20:30] = GREY[20:40, 36:46] = GREY[20:40, 116:126] = 0.1
PAGE = Page(
    (GREY * 255).astype(np.uint8),
    np.array(
        [[36, 20, 10, 20], [20, 20, 10, 20], [116, 20, 10, 20], [210, 20, 10, 20]], np.float32
    ),
    np.array([3, 7, 5, IGNORED]),
)
DRAWN = [Drawing(str(d), "w", [np.array(s, float) for s in DIGITS[d]]) for d in range(10)]


@pytest.mark.parametrize(
    ("boxes", "digits"),
    [
        ([(20, 20, 10, 20), (36, 20, 10, 20)], [7, 3]),
        ([(20, 20, 10, 20)], [7, 3]),  # the next one may have been missed
        ([(116, 20, 10, 20)], [5]),
        ([(74, 20, 10, 20)], []),
        ([(58, 20, 10, 20)], None),  # a part of the 3
        ([(210, 20, 10, 20)], None),  # may be a digit or not
    ],
)
def test_a_strip_says_what_is_whole_in_it(boxes, digits):
    found = dataset.digits_in(PAGE, LineTransform.around(np.array(boxes, float)))
    assert found is None if digits is None else found.tolist() == digits
    cuts = dataset.cut_line_crops(PAGE, GREY, [np.array(boxes, float)])
    assert [each[1].tolist() for each in cuts] == ([] if digits is None else [digits])
    assert all(ink.shape[0] == line_crop.HEIGHT and ink.dtype == np.uint8 for ink, _ in cuts)


def test_a_page_without_digits_has_empty_strips():
    empty = Page(PAGE.picture, np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    ((_, digits),) = dataset.cut_line_crops(empty, GREY, [np.array([[1.0, 1, 9, 9]])])
    assert digits.tolist() == []


@pytest.mark.parametrize("kind", ["clear", "written"])
def test_the_same_pages_give_the_same_strips(kind):
    made_by = Sources(DRAWN, None, [], [])
    one, other = (
        dataset._cut_pages(made_by, PaintedDetector(), 3, kind, True, range(2)) for _ in range(2)
    )
    assert len(one) == len(other) > 4
    for (ink, digits), (same, alike) in zip(one, other, strict=True):
        assert np.array_equal(ink, same)
        assert np.array_equal(digits, alike)


def test_each_kind_of_page_has_its_maker_its_side_and_its_share_of_an_epoch():
    kinds = set(dataset.PAGES)
    assert kinds == set(dataset.SIDES) == set(dataset._MAKERS)
    assert kinds | {"empty"} == set(dataset.PER_EPOCH)


def test_numbers_are_kept_in_a_file_and_taken_from_it(tmp_path):
    inks = [np.full((32, width), width, np.uint8) for width in (9, 30)]
    made = [
        LineCrops("written", inks, [np.array([1, 2]), np.array([3])]),
        LineCrops("empty", inks[:1], [np.zeros(0, np.int64)]),
    ]
    path = tmp_path / "numbers.npz"
    assert dataset.cached(path, lambda: made) is made
    again = dataset.cached(path, lambda: pytest.fail("made twice"))
    for one, other in zip(made, again, strict=True):
        assert one.kind == other.kind
        for a, b in zip(one.inks + one.digits, other.inks + other.digits, strict=True):
            assert np.array_equal(a, b)


def test_numbers_of_several_trainings_go_together_kind_by_kind():
    def one(kind, width, *digits):
        return LineCrops(kind, [np.zeros((32, width), np.uint8)], [np.array(digits, np.int64)])

    some = dataset.concatenate([[one("written", 9, 1)], [one("empty", 8), one("written", 7, 2)]])
    assert [each.kind for each in some] == ["written", "empty"]
    assert [ink.shape[1] for ink in some[0].inks] == [9, 7]
    assert [digits.tolist() for digits in some[0].digits] == [[1], [2]]

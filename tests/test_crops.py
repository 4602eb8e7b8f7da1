"""What the judge learns from: finds with the digit that they are of, or none."""

import numpy as np
import pytest
from drawings import DIGITS
from painted import Painted

from digitdraw import crops
from digitdraw.corpus import NOT_A_DIGIT
from digitdraw.data import Drawing
from digitdraw.finder import Finds
from digitdraw.pages import IGNORED, Page, Sources

GREY = np.full((60, 120), 0.9, np.float32)
GREY[20:40, 20:30] = 0.1
PAGE = Page(
    (GREY * 255).astype(np.uint8),
    np.array([[20, 20, 10, 20], [70, 20, 10, 20]], np.float32),
    np.array([7, IGNORED]),
)


def finds(*boxes):
    n = len(boxes)
    shaped = np.array(boxes, np.float32).reshape(n, 4)
    return Finds(shaped, np.full(n, 0.5, np.float32), np.zeros((n, 10), np.float32))


@pytest.mark.parametrize(
    ("box", "labels"),
    [
        ((20, 20, 10, 20), [7]),
        ((22, 20, 10, 20), [7]),
        ((24, 20, 10, 20), []),  # neither right nor wrong
        ((40, 20, 10, 20), [NOT_A_DIGIT]),
        ((20, 20, 30, 40), [NOT_A_DIGIT]),
        ((70, 20, 10, 20), []),  # of the digits that may be found or not
        ((72, 25, 6, 8), []),
    ],
)
def test_a_find_is_what_it_covers(box, labels):
    cuts = crops.cut(PAGE, GREY, finds(box))
    assert cuts.labels.tolist() == labels
    assert cuts.glyphs.shape == (len(labels), 28, 28)
    assert cuts.glyphs.dtype == np.uint8
    assert len(cuts.scores) == len(cuts.logits) == len(labels)


def test_a_cut_shows_its_ink():
    glyphs = crops.cut(PAGE, GREY, finds((20, 20, 10, 20))).glyphs
    assert glyphs[0, 14, 14] == 255
    assert glyphs[0, 2, 2] == 0


def test_pages_without_finds_or_digits_give_none():
    assert crops.cut(PAGE, GREY, finds()).glyphs.shape == (0, 28, 28)
    empty = Page(PAGE.picture, np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    assert crops.cut(empty, GREY, finds((1, 1, 9, 9))).labels.tolist() == [NOT_A_DIGIT]


def test_the_same_pages_give_the_same_cuts():
    drawn = [Drawing(str(d), "w", [np.array(s, float) for s in DIGITS[d]]) for d in range(10)]
    made_of = Sources(drawn, None, [], [])
    one, other = (crops.cut_pages(made_of, Painted(), 3, range(2)) for _ in range(2))
    assert np.array_equal(one.glyphs, other.glyphs)
    assert np.array_equal(one.labels, other.labels)
    assert set(one.labels.tolist()) <= {NOT_A_DIGIT, *range(10)}

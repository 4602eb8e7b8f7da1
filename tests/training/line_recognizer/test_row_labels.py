"""The text of a line crop: the characters of its row, and nothing of other rows."""

import numpy as np
import pytest

from digitdraw.photo.line_crop import LineTransform
from digitdraw.training.line_recognizer.row_labels import text_in
from digitdraw.training.synthesis.canvas import CUT, Mark, Page

BOXES = np.array([[100.0, 100, 12, 20], [116, 100, 12, 20], [150, 100, 12, 20]])


def mark(text, x, y=100.0, width=12.0, height=20.0, item=0, row=0):
    return Mark([x, y, width, height], text, item, row)


DIGITS = (mark("7", 100), mark("3", 116), mark("5", 150, item=1))


def text_of(*marks, boxes=BOXES):
    """The text of the crop around `boxes` on a page with these marks."""
    page = Page(np.zeros((200, 300), np.uint8), np.zeros((0, 4)), np.zeros(0, np.int64), marks)
    return text_in(page, LineTransform.around_row(boxes))


def test_items_are_read_from_left_to_right_with_a_space_between():
    assert text_of(*DIGITS) == "73 5"
    assert text_of(*DIGITS[::-1]) == "73 5".replace("73", "37")  # within an item, as written
    assert text_of(DIGITS[2], *DIGITS[:2]) == "73 5"


def test_symbols_and_words_of_the_row_are_read():
    point = mark(".", 129, y=118, width=3, height=3)
    assert text_of(*DIGITS[:2], point, mark("5", 150)) == "73.5"
    word = mark("?", 168, width=60, item=2)  # the margin shows a part of it
    assert text_of(*DIGITS, word) == "73 5 ?"
    assert text_of(*DIGITS, mark("?", 185, width=60, item=2)) == "73 5"


def test_other_rows_are_not_read():
    assert text_of(*DIGITS, mark("8", 120, y=126, row=1), mark("9", 100, y=70, row=2)) == "73 5"
    assert text_of(*DIGITS, mark("8", 132, y=102, row=1)) is None  # it is where this row is


@pytest.mark.parametrize(
    "unclear", [mark("4", 176, item=2), mark(CUT, 164, item=2), mark("12", 166, width=40, item=2)]
)
def test_a_text_is_unclear_if_a_character_is_half_inside(unclear):
    assert text_of(*DIGITS, unclear) is None


def test_a_crop_without_marks_has_an_empty_text():
    assert text_of() == ""
    assert text_of(mark("8", 20)) == ""
    assert text_of(mark("8", 120, y=84)) is None  # the lower half of a digit

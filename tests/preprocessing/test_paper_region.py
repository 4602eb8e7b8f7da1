"""A sheet on a table is found, and nothing is taken for one that is none."""

import cv2
import numpy as np
import pytest

from digitdraw.preprocessing.paper import paper_region
from tests.support.drawings import DIGITS


def photo(turn=0.0, written=True, table=50, paper=220) -> tuple[np.ndarray, np.ndarray]:
    """A sheet in the middle of a photo of 128 x 96 pixels, uint8, and where it is, bool."""
    box = cv2.boxPoints(((64, 48), (70, 50), turn)).astype(np.int32)
    where = cv2.fillConvexPoly(np.zeros((96, 128), np.uint8), box, 1)
    picture = np.where(where, np.uint8(paper), np.uint8(table))
    if written:
        lines = [(np.array(stroke) * 0.3 + (50, 32)).astype(np.int32) for stroke in DIGITS[3]]
        cv2.polylines(picture, lines, False, 90, 3)
    return picture, where > 0


@pytest.mark.parametrize("turn", [0, 7, 30, 90])
def test_a_sheet_with_writing_is_found_without_its_edge(turn):
    picture, where = photo(turn)
    found = paper_region(picture)
    assert found is not None
    assert not (found & ~where).any()
    assert found.sum() > 0.7 * where.sum()


def test_an_empty_sheet_is_none_to_be_read():
    assert paper_region(photo(written=False)[0]) is None


def test_a_picture_that_is_all_sheet_has_no_lone_one():
    picture, _ = photo(table=220)
    assert paper_region(picture) is None
    assert paper_region(np.full((96, 128), 220, np.uint8)) is None


@pytest.mark.parametrize("width", [3, 8, 14])
@pytest.mark.parametrize("digit", DIGITS)
def test_light_strokes_on_a_dark_ground_are_no_sheet(digit, width):
    picture = np.full((128, 128), 20, np.uint8)
    lines = [(np.array(stroke) * 0.9 + 19).astype(np.int32) for stroke in DIGITS[digit]]
    cv2.polylines(picture, lines, False, 235, width)
    assert paper_region(picture) is None


def test_small_pictures_are_of_single_digits():
    assert paper_region(cv2.resize(photo()[0], (32, 24), interpolation=cv2.INTER_AREA)) is None

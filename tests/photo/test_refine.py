"""A find of a part of a digit's ink grows to all of it, but not along lines, nor over others."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo import refine
from digitdraw.photo.detection import Detections
from tests.support.drawings import DIGITS

SIX = np.array([130.0, 90, 60, 90])
BOWL = np.array([130.0, 132, 60, 48])


def written(*places, digit=6, pen=7):
    """Paper, (260, 420) float32 in [0, 1], with a digit in each of these boxes."""
    paper = np.full((260, 420), 215, np.uint8)
    points = [np.asarray(each, float) for each in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    for box in places:
        inner = np.array([*(box[:2] + pen / 2), *(box[2:] - pen)])
        lines = [np.rint((each - low) / size * inner[2:] + inner[:2]) for each in points]
        cv2.polylines(paper, [each.astype(np.int32) for each in lines], False, 40, pen, cv2.LINE_AA)
    return paper.astype(np.float32) / 255


def finds(*boxes, score=0.8):
    count = len(boxes)
    return Detections(np.array(boxes), np.full(count, score), np.zeros((count, 10)))


def grown(grey, *boxes, **more):
    return refine.expand_to_ink(finds(*boxes, **more), grey).boxes


@pytest.mark.parametrize("seen", [lambda grey: grey, lambda grey: 1 - grey])
@pytest.mark.parametrize("scale", [0.4, 1, 3])
def test_the_bowl_of_a_six_grows_to_the_six_in_any_light_and_size(seen, scale):
    grey = cv2.resize(seen(written(SIX)), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (box,) = grown(grey, BOWL * scale)
    assert box == pytest.approx(SIX * scale, abs=5 * scale)


def test_it_does_in_a_shadow_and_on_ruled_paper():
    grey = written(SIX)
    grey[:, :120] *= 0.5
    grey[::40] -= 0.08
    (box,) = grown(grey, BOWL)
    assert box == pytest.approx(SIX, abs=5)


def test_it_does_beside_digits_that_are_as_tall():
    others = [SIX + np.array([away, 0, 0, 0]) for away in (-80, 80)]
    boxes = grown(written(SIX, *others), BOWL, *others)
    assert boxes[0] == pytest.approx(SIX, abs=5)
    assert (boxes[1:] == np.array(others)).all()


def test_a_find_that_has_its_ink_stays_as_it_is():
    assert (grown(written(SIX), SIX) == SIX).all()
    assert (grown(written(), SIX) == SIX).all()  # where no ink is


def test_what_is_other_finds_ink_is_left_to_them():
    stem = np.array([130.0, 88, 40, 44])
    assert (grown(written(SIX), BOWL, stem) == np.array([BOWL, stem])).all()


def test_where_digits_beside_it_are_as_low_it_stays_as_it_is():
    low = [BOWL + np.array([away, 0, 0, 0]) for away in (-70, 70)]
    grey = np.minimum(written(SIX), written(*low, digit=0))
    assert (grown(grey, BOWL, *low)[0] == BOWL).all()


def test_what_hangs_on_a_line_or_a_word_stays_as_it_is():
    zero = np.array([180.0, 100, 50, 60])
    grey = written(zero, digit=0)
    cv2.line(grey, (0, 130), (419, 130), 0.15, 6)
    assert (grown(grey, zero) == zero).all()


def test_a_doubted_find_grows_too():
    (box,) = grown(written(SIX), BOWL, score=0.45)
    assert box == pytest.approx(SIX, abs=5)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.floats(-30, 430), st.floats(-30, 270), st.floats(0.5, 120), st.floats(0.5, 120)
        ),
        max_size=4,
    )
)
def test_no_find_shrinks_or_gets_lost_wherever_it_is(places):
    found = finds(*(np.array(each) for each in places)) if places else finds(SIX).only([])
    after = refine.expand_to_ink(found, written(SIX, digit=8))
    low, high = found.boxes[:, :2], found.boxes[:, :2] + found.boxes[:, 2:]
    assert (after.boxes[:, :2] <= low + 1e-6).all()
    assert (after.boxes[:, :2] + after.boxes[:, 2:] >= high - 1e-6).all()
    assert np.isfinite(after.boxes).all()
    assert (after.scores == found.scores).all()

"""Strips: numbers lie level, at one height and with light ink, however they were written."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import LineTransform

SIDES = st.floats(4, 60)
PLACES = st.floats(0, 300)
BOXES = st.lists(st.tuples(PLACES, PLACES, SIDES, SIDES), min_size=1, max_size=6)
ROW = np.array([[100 + 20 * i, 80, 14, 24] for i in range(5)], float)


def tilted(boxes, angle):
    """The same boxes, their middles turned about the first."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    cos, sin = math.cos(angle), math.sin(angle)
    turned = (middles - middles[0]) @ np.array([[cos, sin], [-sin, cos]]) + middles[0]
    return np.column_stack([turned - boxes[:, 2:] / 2, boxes[:, 2:]])


@given(BOXES)
def test_all_middles_lie_in_the_strip(boxes):
    boxes = np.array(boxes)
    frame = LineTransform.around(boxes)
    x, y = frame.see(boxes[:, :2] + boxes[:, 2:] / 2).T
    assert line_crop.MIN_WIDTH <= frame.width <= line_crop.MAX_WIDTH
    assert ((x > -1) & (x < frame.width + 1)).all()
    assert ((y > -1) & (y < line_crop.HEIGHT + 1)).all()


@given(BOXES, st.tuples(PLACES, PLACES))
def test_points_come_back_from_the_strip(boxes, point):
    frame = LineTransform.around(np.array(boxes))
    assert frame.unsee(frame.see(np.array([point]))) == pytest.approx(np.array([point]), abs=1e-6)


@pytest.mark.parametrize("angle", [-0.25, 0.1, 0.25])
def test_a_tilted_number_lies_level(angle):
    boxes = tilted(ROW, angle)
    frame = LineTransform.around(boxes)
    y = frame.see(boxes[:, :2] + boxes[:, 2:] / 2)[:, 1]
    assert np.ptp(y) < 0.5
    assert frame.width == pytest.approx(LineTransform.around(ROW).width, abs=2)


def test_a_part_of_a_digit_that_was_found_besides_it_tilts_nothing():
    eight, loop = [409, 140, 193, 222], [506, 297, 77, 77]
    turn = LineTransform.around(np.array([eight, loop])).to_strip[:, :2]
    assert turn[0, 1] == turn[1, 0] == 0


@pytest.mark.parametrize("angle", [0, 0.25])
def test_boxes_lie_level_in_the_strip_and_keep_their_shapes(angle):
    boxes = tilted(ROW, angle)
    frame = LineTransform.around(boxes)
    seen = frame.see_boxes(boxes)
    middles = frame.see(boxes[:, :2] + boxes[:, 2:] / 2)
    assert seen[:, :2] + seen[:, 2:] / 2 == pytest.approx(middles)
    assert seen[:, 2:] == pytest.approx(boxes[:, 2:] * frame.scale)
    assert np.ptp(seen[:, 1]) < 0.5


def test_a_very_long_number_is_pressed_together():
    boxes = np.array([[20 * i, 0, 14, 20] for i in range(80)], float)
    frame = LineTransform.around(boxes)
    assert frame.width == line_crop.MAX_WIDTH
    assert frame.see(np.array([[1600.0, 10.0]]))[0, 0] < line_crop.MAX_WIDTH + 8


@pytest.mark.parametrize("size", [0.4, 1, 5])
@pytest.mark.parametrize("chalk", [False, True])
def test_ink_is_light_whatever_the_paper_and_the_size(size, chalk):
    grey = np.full((200, 300), 0.8, np.float32)
    for x, y, width, height in ROW.astype(int):
        cv2.rectangle(grey, (x + 4, y + 2), (x + width - 4, y + height - 2), 0.2, -1)
    grey = cv2.resize(1 - grey if chalk else grey, None, fx=size, fy=size)
    strip = line_crop.crop_line(grey, LineTransform.around(ROW * size))
    assert strip.dtype == np.float32
    assert strip.shape[0] == line_crop.HEIGHT
    assert strip.min() >= -1.5 and strip.max() <= 4
    assert np.median(strip) == pytest.approx(0, abs=0.2)
    middles = LineTransform.around(ROW * size).see((ROW[:, :2] + ROW[:, 2:] / 2) * size)
    assert all(strip[int(y), int(x)] > 1 for x, y in middles)


@pytest.mark.parametrize("chalk", [False, True])
def test_an_edge_of_light_or_of_the_paper_is_no_ink(chalk):
    grey = np.full((200, 300), 0.5, np.float32)
    grey[:, 195:] = 0.95  # another sheet, or the end of a shadow
    for x, y, width, height in ROW.astype(int):
        cv2.rectangle(grey, (x + 4, y + 2), (x + width - 4, y + height - 2), 0.35, 2)
    strip = line_crop.crop_line(1 - grey if chalk else grey, LineTransform.around(ROW))
    lefts = LineTransform.around(ROW).see(ROW[:, :2] + [4, 12])
    assert all(strip[int(y), int(x)] > 0 for x, y in lefts)


def test_a_strip_may_lie_beside_the_picture():
    for box in ((-50, -50, 10, 20), (500, 500, 10, 20), (95, 95, 10, 20)):
        strip = line_crop.crop_line(
            np.full((100, 100), 0.5, np.float32), LineTransform.around(np.array([box]))
        )
        assert np.isfinite(strip).all()


def test_empty_paper_has_no_ink():
    grain = np.random.default_rng(0).normal(0.8, 0.002, (60, 60)).astype(np.float32)
    strip = line_crop.crop_line(grain, LineTransform.around(np.array([[20, 20, 10, 20]])))
    assert np.abs(strip).max() < 1


def test_strips_are_kept_in_bytes():
    strip = np.random.default_rng(0).uniform(-1.5, 4, (32, 50)).astype(np.float32)
    assert line_crop.from_uint8(line_crop.to_uint8(strip)) == pytest.approx(strip, abs=0.02)

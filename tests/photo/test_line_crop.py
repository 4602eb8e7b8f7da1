"""Tests of line crops: level, of one height, with light ink."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo import line_crop
from digitdraw.photo.boxes import box_centers
from digitdraw.photo.line_crop import LineTransform, crop_line

SIDES = st.floats(4, 60)
PLACES = st.floats(0, 300)
BOXES = st.lists(st.tuples(PLACES, PLACES, SIDES, SIDES), min_size=1, max_size=6)
ROW = np.array([[100 + 20 * i, 80, 14, 24] for i in range(5)], float)


def tilt(boxes, angle):
    """The same boxes, their centers rotated about the first."""
    centers = box_centers(boxes)
    cos, sin = math.cos(angle), math.sin(angle)
    rotated = (centers - centers[0]) @ np.array([[cos, sin], [-sin, cos]]) + centers[0]
    return np.column_stack([rotated - boxes[:, 2:] / 2, boxes[:, 2:]])


@given(BOXES)
def test_all_centers_lie_between_the_ends_of_the_crop(boxes):
    boxes = np.array(boxes)
    transform = LineTransform.around_row(boxes)
    x, y = transform.to_crop(box_centers(boxes)).T
    # Writing that is much higher than a digit reaches above and below the crop alike.
    assert line_crop.MIN_WIDTH <= transform.width <= line_crop.MAX_WIDTH
    assert ((x > -1) & (x < transform.width + 1)).all()
    assert y.min() < line_crop.HEIGHT / 2 + 1 and y.max() > line_crop.HEIGHT / 2 - 1


@given(BOXES, st.tuples(PLACES, PLACES))
def test_points_map_to_the_crop_and_back(boxes, point):
    transform = LineTransform.around_row(np.array(boxes))
    points = np.array([point])
    assert transform.to_image(transform.to_crop(points)) == pytest.approx(points, abs=1e-6)


@pytest.mark.parametrize("angle", [-0.25, 0.1, 0.25])
def test_a_tilted_number_is_level_in_the_crop(angle):
    boxes = tilt(ROW, angle)
    transform = LineTransform.around_row(boxes)
    assert np.ptp(transform.to_crop(box_centers(boxes))[:, 1]) < 0.5
    assert transform.width == pytest.approx(LineTransform.around_row(ROW).width, abs=2)


def test_a_part_of_a_digit_detected_besides_it_does_not_tilt_the_crop():
    eight, loop = [409, 140, 193, 222], [506, 297, 77, 77]
    matrix = LineTransform.around_row(np.array([eight, loop])).matrix
    assert matrix[0, 1] == matrix[1, 0] == 0


@pytest.mark.parametrize("angle", [0, 0.25])
def test_boxes_are_level_in_the_crop_and_keep_their_shapes(angle):
    boxes = tilt(ROW, angle)
    transform = LineTransform.around_row(boxes)
    mapped = transform.boxes_to_crop(boxes)
    assert box_centers(mapped) == pytest.approx(transform.to_crop(box_centers(boxes)))
    assert mapped[:, 2:] == pytest.approx(boxes[:, 2:] * transform.scale)
    assert np.ptp(mapped[:, 1]) < 0.5


def test_a_very_long_number_is_compressed():
    boxes = np.array([[20 * i, 0, 14, 20] for i in range(80)], float)
    transform = LineTransform.around_row(boxes)
    assert transform.width == line_crop.MAX_WIDTH
    assert transform.to_crop(np.array([[1600.0, 10.0]]))[0, 0] < line_crop.MAX_WIDTH + 8


@pytest.mark.parametrize("size", [0.4, 1, 5])
@pytest.mark.parametrize("chalk", [False, True])
def test_ink_is_light_on_any_paper_and_at_any_size(size, chalk):
    grey = np.full((200, 300), 0.8, np.float32)
    for x, y, width, height in ROW.astype(int):
        cv2.rectangle(grey, (x + 4, y + 2), (x + width - 4, y + height - 2), 0.2, -1)
    grey = cv2.resize(1 - grey if chalk else grey, None, fx=size, fy=size)
    transform = LineTransform.around_row(ROW * size)
    crop = crop_line(grey, transform)
    assert crop.dtype == np.float32
    assert crop.shape[0] == line_crop.HEIGHT
    assert crop.min() >= -1.5 and crop.max() <= 4
    assert np.median(crop) == pytest.approx(0, abs=0.2)
    centers = transform.to_crop(box_centers(ROW) * size)
    assert all(crop[int(y), int(x)] > 1 for x, y in centers)


@pytest.mark.parametrize("chalk", [False, True])
def test_the_edge_of_a_shadow_or_of_the_paper_is_not_taken_for_ink(chalk):
    grey = np.full((200, 300), 0.5, np.float32)
    grey[:, 195:] = 0.95  # another sheet, or the end of a shadow
    for x, y, width, height in ROW.astype(int):
        cv2.rectangle(grey, (x + 4, y + 2), (x + width - 4, y + height - 2), 0.35, 2)
    crop = crop_line(1 - grey if chalk else grey, LineTransform.around_row(ROW))
    left_edges = LineTransform.around_row(ROW).to_crop(ROW[:, :2] + [4, 12])
    assert all(crop[int(y), int(x)] > 0 for x, y in left_edges)


def test_a_line_crop_may_lie_beside_the_image():
    for box in ((-50, -50, 10, 20), (500, 500, 10, 20), (95, 95, 10, 20)):
        grey = np.full((100, 100), 0.5, np.float32)
        assert np.isfinite(crop_line(grey, LineTransform.around_row(np.array([box])))).all()


def test_empty_paper_has_no_ink():
    grain = np.random.default_rng(0).normal(0.8, 0.002, (60, 60)).astype(np.float32)
    crop = crop_line(grain, LineTransform.around_row(np.array([[20, 20, 10, 20]])))
    assert np.abs(crop).max() < 1


def test_a_line_crop_survives_storage_as_uint8():
    crop = np.random.default_rng(0).uniform(-1.5, 4, (line_crop.HEIGHT, 50)).astype(np.float32)
    assert line_crop.from_uint8(line_crop.to_uint8(crop)) == pytest.approx(crop, abs=0.02)


def test_a_row_has_room_for_marks_below_above_and_beside_it():
    transform = LineTransform.around_row(ROW)
    marks = np.array([[100, 80 - 0.2 * 24], [180, 80 + 1.25 * 24], [100 - 20, 90]])
    (_, top), (_, bottom), (left, _) = transform.to_crop(marks)
    assert 0 < top < bottom < line_crop.HEIGHT
    assert left > 0
    assert transform.scale * 24 == pytest.approx(line_crop.HEIGHT / 1.6)


def test_a_digit_that_hangs_low_does_not_shrink_the_others_in_a_row():
    low = np.concatenate([ROW, ROW + np.array([100, 0, 0, 0])])
    low[4, 1] += 12
    assert LineTransform.around_row(low).scale == LineTransform.around_row(ROW).scale


def test_a_crop_contains_the_row_and_a_margin_beside_it():
    transform = LineTransform.around_row(np.array([[100.0, 50, 20, 30], [130, 50, 20, 30]]))
    points = np.array([[110, 65], [80, 65], [165, 50], [60, 65], [110, 100], [110, 30]])
    assert transform.contains(points).tolist() == [True, True, True, False, False, False]

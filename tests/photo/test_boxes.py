"""Tests of the geometry of boxes."""

import numpy as np

from digitdraw.photo.boxes import (
    box_areas,
    box_centers,
    intersection_areas,
    neighbour_mask,
    union_box,
)

BOXES = np.array([[0, 0, 10, 20], [12, 2, 10, 20], [5, 10, 10, 20], [100, 0, 10, 20]], float)


def test_areas_centers_and_the_box_around_boxes():
    assert box_areas(BOXES).tolist() == [200] * 4
    assert box_centers(BOXES[:2]).tolist() == [[5, 10], [17, 12]]
    assert union_box(BOXES[:3]).tolist() == [0, 0, 22, 30]


def test_intersections_are_0_where_boxes_are_apart():
    assert intersection_areas(BOXES[:1], BOXES).tolist() == [[200, 0, 50, 0]]


def test_neighbours_are_level_and_near():
    assert neighbour_mask(BOXES)[0].tolist() == [False, True, False, False]

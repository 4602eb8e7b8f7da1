"""Tests of the separation of strokes from paper and shadows."""

import numpy as np
import pytest

from digitdraw.photo.ink_mask import box_slices, ink_threshold, stroke_contrast


def test_a_stroke_keeps_its_contrast_to_the_paper():
    ink = np.zeros((32, 60), np.float32)
    ink[:, 28:32] = 3
    strokes = stroke_contrast(ink)
    assert strokes.shape == ink.shape
    assert strokes[16, 29:31] == pytest.approx(3, abs=0.1)
    assert strokes[:, :26].max() == strokes[:, 35:].max() == 0


def test_a_shadow_has_no_contrast_and_a_stroke_in_it_has():
    ink = np.zeros((32, 60), np.float32)
    ink[:, 20:] = 2
    ink[:, 40:43] += 3
    strokes = stroke_contrast(ink)
    assert strokes[:, :38].max() < 0.2
    assert strokes[16, 41] > 2.5


def test_the_threshold_lies_between_ink_and_paper():
    strokes = np.zeros((20, 20))
    strokes[:, :5] = 0.3
    strokes[:, 8:10] = 4.0
    assert 0.29 < ink_threshold(strokes) < 4.0  # of 256 levels
    assert ink_threshold(strokes * 7) == pytest.approx(7 * ink_threshold(strokes))


def test_slices_of_a_box_with_its_margin_stay_within_the_view():
    view = np.zeros((20, 30))
    assert box_slices(np.array([4.5, 6, 3, 2]), view.shape) == (slice(6, 8), slice(4, 8))
    assert box_slices(np.array([-2, 18, 4, 9]), view.shape, 1) == (slice(17, 20), slice(0, 3))
    assert view[box_slices(np.array([40, 40, 5, 5]), view.shape)].size == 0

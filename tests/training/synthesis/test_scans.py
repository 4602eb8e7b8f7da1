"""Digits of scans become glyphs where they stand clear, and are left out where they do not."""

import cv2
import numpy as np
import pytest

from digitdraw.training import datasets
from digitdraw.training.datasets import Scan
from digitdraw.training.synthesis.scans import cut_glyphs

PAPER, INK = 210, 60
BOXES = np.array([[20, 20, 24, 36], [70, 20, 24, 36], [130, 18, 6, 40]], np.float32)


def scan(*, bridge=False, labels=(0, 4, 1)):
    """A ring, a cross and an upright stroke, on paper with a slope of light."""
    picture = np.full((80, 170), PAPER, np.float32)
    cv2.ellipse(picture, (32, 38), (10, 16), 0, 0, 360, INK, 3)
    cv2.line(picture, (72, 38), (92, 38), INK, 3)
    cv2.line(picture, (82, 22), (82, 54), INK, 3)
    cv2.line(picture, (133, 20), (133, 56), INK, 4)
    if bridge:
        cv2.line(picture, (32, 54), (82, 54), INK, 3)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.7) + np.linspace(-20, 20, 170)
    return Scan("made", picture.clip(0, 255).astype(np.uint8), BOXES, np.array(labels))


def test_each_digit_fills_a_glyph_of_its_own():
    glyphs = cut_glyphs([scan()])
    assert glyphs.labels.tolist() == [0, 4, 1]
    assert glyphs.pixels.shape == (3, 28, 28) and glyphs.pixels.dtype == np.uint8
    for glyph in glyphs.pixels:
        rows, columns = np.nonzero(glyph > 100)
        assert max(np.ptp(rows), np.ptp(columns)) >= 24
        assert glyph.max() > 200
    ring, cross, stroke = glyphs.pixels
    assert ring[14, 14] < 60 < cross[14, 14]
    assert np.ptp(np.nonzero(stroke > 100)[1]) < 7


def test_digits_that_touch_are_left_out():
    glyphs = cut_glyphs([scan(bridge=True)])
    assert glyphs.labels.tolist() == [1]


def test_a_box_beside_its_digit_is_left_out():
    one = scan()
    moved = Scan(one.name, one.picture, one.boxes + np.array([0, 26, 0, 0]), one.labels)
    assert len(cut_glyphs([moved]).labels) == 0


@pytest.mark.parametrize("scans", [[], [Scan("empty", np.full((30, 60), PAPER, np.uint8),
                                            BOXES[:1], np.array([3]))]])  # fmt: skip
def test_where_there_is_no_ink_there_is_no_glyph(scans):
    glyphs = cut_glyphs(scans)
    assert glyphs.pixels.shape == (0, 28, 28)
    assert glyphs.labels.shape == (0,)


def test_most_digits_of_real_scans_are_cut_out(data_folder):
    scans = datasets.scans(data_folder, "train")[:60]
    if not scans:
        pytest.skip("there is no orand-car-a in the data folder")
    glyphs = cut_glyphs(scans)
    assert 0.4 * sum(len(each.labels) for each in scans) < len(glyphs.labels)
    assert set(glyphs.labels) == set(range(10))

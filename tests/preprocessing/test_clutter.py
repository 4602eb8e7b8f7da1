"""Clutter around a digit is removed, and all parts of the digit stay."""

import numpy as np
import pytest

from digitdraw.preprocessing import binarize
from tests.support.drawings import DIGITS
from tests.support.pictures import digit_picture, overlap


def test_specks_and_page_edges_are_removed():
    dirty = digit_picture().copy()
    rng = np.random.default_rng(1)
    for x, y in rng.integers(10, 265, (40, 2)):
        dirty[y : y + 2, x : x + 2] = 60
    dirty[:, :9] = 30  # dark page edges, at the left and at the bottom
    dirty[-7:, :] = 30
    assert overlap(binarize.to_glyph(dirty), binarize.to_glyph(digit_picture())) > 0.9


@pytest.mark.parametrize("digit", DIGITS)
def test_a_line_under_a_digit_is_removed(digit):
    plain = digit_picture(digit, size=0.4)
    underlined = plain.copy()
    underlined[215:225, 60:220] = 0
    assert overlap(binarize.to_glyph(underlined), binarize.to_glyph(plain)) > 0.95


def test_the_foot_of_a_digit_stays():
    two = digit_picture(2).copy()
    rows_below = np.argmax((two < 128).any(axis=1)[::-1])
    row = 280 - rows_below - 22
    two[row : row + 3] = 255  # a gap just above the foot
    assert overlap(binarize.to_glyph(two), binarize.to_glyph(digit_picture(2))) > 0.7


def test_the_hat_of_a_five_stays():
    five = digit_picture(5).copy()
    five[93:99, 100:200] = 255  # a gap under the hat
    glyph = binarize.to_glyph(five)
    assert glyph[4:8].sum() > 3


def test_the_hat_of_a_tightly_cropped_five_stays():
    five = digit_picture(5, pen=0.04).copy()
    five[93:99, 110:200] = 255  # a gap under the hat
    rows, columns = np.nonzero(five < 128)
    tight = five[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert overlap(binarize.to_glyph(tight), binarize.to_glyph(five)) > 0.9

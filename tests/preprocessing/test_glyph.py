"""Pictures that are no handwriting are resized, and stay in [0, 1]."""

import numpy as np
import pytest

from digitdraw.preprocessing import glyph


@pytest.mark.parametrize("shape", [(28, 28), (300, 40), (7, 90), (3, 5), (1, 1)])
def test_any_picture_becomes_a_square_in_the_unit_range(shape):
    rng = np.random.default_rng(0)
    grey = np.rint(rng.random(shape)).astype(np.float32)
    small = glyph.shrink(grey, 28)
    assert small.shape == (28, 28) and small.dtype == np.float32
    assert small.min() >= 0 and small.max() <= 1


def test_a_picture_of_the_right_size_stays_as_it_is():
    grey = np.random.default_rng(0).random((16, 16), np.float32)
    assert np.array_equal(glyph.shrink(grey, 16), grey)

"""Hostile pictures are what they claim to be, and valid."""

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.attacks.hostile_pictures import RGBA, empty_png, many_scans, small_picture


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_jpeg_has_as_many_scans_as_it_should_and_can_be_read():
    data = many_scans(20, side=512)
    assert data.count(b"\xff\xda") == 21
    picture = opened(data)
    assert picture.info["progressive"]
    assert picture.size == (512, 512)
    assert np.unique(np.asarray(picture)).tolist() == [128]


def test_a_jpeg_of_30_000_scans_is_a_small_file():
    assert len(many_scans(30_000)) < 2 << 20


@pytest.mark.parametrize(
    ("width", "height", "color", "depth", "mode"),
    [(9_999, 1, 0, 8, "L"), (70, 130, RGBA, 16, "RGBA")],
)
def test_an_empty_png_has_its_size_and_can_be_read(width, height, color, depth, mode):
    data = empty_png(width, height, color, depth)
    assert data[24] == depth
    picture = opened(data)
    picture.load()
    assert (picture.size, picture.mode) == ((width, height), mode)
    assert picture.getextrema() in ((0, 0), ((0, 0),) * 4)


def test_the_largest_grey_png_is_a_small_file():
    assert len(empty_png(39_999_999, 1)) < 100_000


def test_the_small_picture_has_ink():
    assert opened(small_picture()).getextrema() == (0, 255)

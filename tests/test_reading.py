"""Photos are read: boxes in pixels of the photo as it was taken, numbers in order, doubts kept."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import digitdraw
from digitdraw.reading import Reader
from digitdraw.weights import Calibration, Weights


class Painted(nn.Module):
    """Finds what is painted: wherever a block of ink is darkest, a digit 12 by 20 pixels in the
    scale that it sees, the digit by its place from left to right."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        height, width = x.shape[2] // 4, x.shape[3] // 4
        maps = torch.full((1, 15, height, width), -9.0)
        # Blurred, so that a block has one middle at any scale.
        ink = nn.functional.avg_pool2d(-x, 9, 4, 4, count_include_pad=False)[0, 0, :height, :width]
        ink = ink + 1e-3 * torch.rand(height, width, generator=torch.Generator().manual_seed(0))
        rows, columns = torch.nonzero(ink > 1, as_tuple=True)
        for y, x_ in zip(rows.tolist(), columns.tolist(), strict=True):
            maps[0, 0, y, x_] = float(ink[y, x_])
            maps[0, 1:5, y, x_] = torch.tensor([0, 0, np.log(1.5), np.log(2.5)])
            maps[0, 5 + x_ % 10, y, x_] = 6
        return maps


@pytest.fixture
def reader():
    calibration = Calibration(min_digitness=0.6, min_confidence=0.5)
    return Reader(Weights("reader", Painted(), 0.0, 1.0, calibration, ""), torch.device("cpu"))


def photo(places, size=(240, 160)):
    picture = np.full((size[1], size[0]), 230, np.uint8)
    for x, y in places:
        picture[y - 3 : y + 3, x - 3 : x + 3] = 20
    return picture


def test_a_photo_without_digits_is_an_empty_reading(reader):
    for picture in (np.full((90, 120), 200, np.uint8), np.zeros((16, 16), np.uint8)):
        reading = reader.read(picture)
        assert reading.numbers == () == reading.digits == reading.confidences


def test_digits_are_numbered_and_boxed_in_pixels_of_the_photo(reader):
    reading = reader.read(photo([(40, 40), (54, 40), (40, 110), (54, 110), (68, 110)]))
    assert [len(number) for number in reading.numbers] == [2, 3]
    assert [each.number for each in reading.digits] == [0, 0, 1, 1, 1]
    x, y, width, height = reading.digits[0].box
    assert (x + width / 2, y + height / 2) == pytest.approx((40, 40), abs=8)
    for each in reading.digits:
        assert sum(each.prediction.probabilities) == pytest.approx(1)
        assert each.prediction.glyph.shape == (28, 28)
        assert each.prediction.glyph.min() >= 0 and each.prediction.glyph.max() <= 1
    assert all(0 < confidence <= 1 for confidence in reading.confidences)
    json.dumps(reading.as_dict())


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_boxes_of_a_large_jpeg_are_those_of_the_upright_photo(reader, orientation):
    upright = Image.fromarray(photo([(40, 40), (60, 40)])).resize((2400, 1600))
    turned = {1: 0, 3: 180, 6: 90, 8: 270}[orientation]
    stored = upright.rotate(turned, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "JPEG", quality=90, exif=exif)
    middles = np.array([
        [x + width / 2, y + height / 2]
        for x, y, width, height in (each.box for each in reader.read(file.getvalue()).digits)
    ])  # fmt: skip
    for place in ([400, 400], [600, 400]):
        assert np.abs(middles - place).max(axis=1).min() < 60


def test_what_is_no_picture_gets_one_clear_error(reader):
    for bad in (b"", b"no picture", "missing.jpg", 5, np.zeros((0, 3))):
        with pytest.raises(digitdraw.BadImageError):
            reader.read(bad)

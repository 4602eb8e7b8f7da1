"""Tests of the benchmark of turned pages."""

from types import SimpleNamespace

import numpy as np

from benchmarks.accuracy.turned_pages import count_turned
from benchmarks.photo_dataset.dataset import Photo


def photo(numbers):
    picture = np.zeros((20, 30, 3), np.uint8)
    picture[0, 0] = 255  # the corner says how the picture lies
    return Photo(picture, numbers, [], [], [], "page", True)


class Reader:
    """Turns each picture back by its bright corner, but for those that lie upside down."""

    def read(self, picture):
        corners = [picture[0, 0], picture[-1, 0], picture[-1, -1], picture[0, -1]]
        turned = 90 * int(np.argmax([corner.sum() for corner in corners]))
        return SimpleNamespace(turned=0 if turned == 180 else turned)


def test_pages_that_are_turned_back_are_counted():
    right, count = count_turned(Reader(), [photo(["1", "2", "3"])] * 2)
    assert count == {("page", "upright"): 2, ("page", "turned"): 6}
    assert right == {("page", "upright"): 2, ("page", "turned"): 4}


def test_pictures_without_numbers_should_stay_as_they_are():
    right, count = count_turned(Reader(), [photo([]), photo(["7"])])
    assert count["no numbers", "turned"] == 3 and right["no numbers", "turned"] == 1
    assert right["one or two numbers", "turned"] == 2

"""Finding digits: light, scales, and one find for one digit."""

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from digitdraw.models.detector import DigitDetector
from digitdraw.photo import detection
from digitdraw.photo.detection import Detections


def finds(*boxes_and_scores):
    boxes = np.array([each[0] for each in boxes_and_scores], np.float32).reshape(-1, 4)
    scores = np.array([each[1] for each in boxes_and_scores], np.float32)
    return Detections(boxes, scores, np.zeros((len(scores), 10), np.float32))


def test_ink_looks_the_same_in_light_and_shadow_faint_and_strong():
    stroke = np.zeros((200, 300), np.float32)
    stroke[80:120, 148:152] = 1
    seen = [
        detection.normalize_contrast(0.9 - 0.7 * stroke),
        detection.normalize_contrast(0.4 - 0.2 * stroke),
    ]
    assert seen[0][100, 150] < -3 and seen[1][100, 150] < -3
    shadow = np.linspace(1, 0.4, 300, dtype=np.float32)[None]
    assert detection.normalize_contrast((0.9 - 0.6 * stroke) * shadow)[100, 150] < -3


def test_empty_paper_has_no_contrast():
    assert (detection.normalize_contrast(np.full((64, 64), 0.7, np.float32)) == 0).all()


def test_of_overlapping_finds_the_surest_stays():
    kept = detection.suppress(
        finds(([10, 10, 20, 30], 0.6), ([11, 12, 20, 30], 0.9), ([60, 10, 20, 30], 0.4))
    )
    assert kept.scores == pytest.approx([0.9, 0.4])


def test_a_part_of_a_digit_that_was_found_is_no_other_digit():
    assert len(detection.suppress(finds(([0, 0, 40, 60], 0.9), ([5, 2, 20, 20], 0.8))).scores) == 1


def test_neighbours_that_touch_both_stay():
    assert len(detection.suppress(finds(([0, 0, 20, 30], 0.9), ([16, 0, 20, 30], 0.8))).scores) == 2


@pytest.mark.parametrize(("score", "kept"), [(0.6, [0.9, 0.8]), (0.85, [0.9, 0.85, 0.8])])
def test_two_digits_that_are_also_seen_as_one_are_two_if_both_are_surer(score, kept):
    lines = ([0, 0, 20, 30], 0.9), ([2, 34, 20, 30], 0.8)
    together = detection.drop_merged(finds(*lines, ([0, 6, 22, 52], score)))
    assert sorted(together.scores, reverse=True) == pytest.approx(kept)


def test_a_digit_whose_neighbours_reach_into_it_stays():
    row = finds(([0, 0, 24, 30], 0.9), ([16, 0, 24, 30], 0.5), ([32, 0, 24, 30], 0.9))
    assert len(detection.drop_merged(row).scores) == 3


def test_nothing_found_stays_nothing():
    assert len(detection.drop_merged(detection.suppress(finds())).scores) == 0


class OneDigit(nn.Module):
    """Says that there is a five, 24 by 40 pixels, in the darkest cell, whatever the scale."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        height, width = x.shape[2] // 4, x.shape[3] // 4
        maps = torch.full((1, 15, height, width), -9.0)
        dark = nn.functional.avg_pool2d(-x, 4)[0, 0].flatten().argmax()
        cell = maps.view(1, 15, -1)[0, :, dark]
        cell[0], cell[1:5] = 9, torch.tensor([0, 0, np.log(3), np.log(5)])
        cell[5 + 5] = 9
        return maps


@pytest.mark.parametrize("shape", [(300, 400), (97, 113), (1200, 1600), (30, 25), (5, 900)])
def test_finds_are_in_pixels_of_the_picture_of_any_shape(shape):
    grey = np.full(shape, 0.9, np.float32)
    y, x = shape[0] // 2, shape[1] // 2
    reach = max(2, max(shape) // 60)
    grey[max(0, y - reach) : y + reach, x - reach : x + reach] = 0.1
    found = detection.detect_one(grey, OneDigit(), 0.5)
    assert len(found.scores) >= 1
    middles = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    step = 4 * max(1, max(shape) / 100)
    assert (np.abs(middles - [x, y]) <= step + reach).all()
    assert (found.logits.argmax(axis=1) == 5).all()


class SmallMarks(nn.Module):
    """Finds a digit in each dark mark, as tall as the mark is; notes what it looks at."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))
        self.sizes = []

    def forward(self, x):
        self.sizes.append(tuple(x.shape[2:]))
        maps = torch.full((len(x), 15, x.shape[2] // 4, x.shape[3] // 4), -9.0)
        for picture, answer in zip(x[:, 0].numpy(), maps, strict=True):
            _, _, stats, middles = cv2.connectedComponentsWithStats((picture < -1).astype(np.uint8))
            for (_, _, width, height, _), (x0, y0) in zip(stats[1:], middles[1:], strict=True):
                cell = answer[:, int(y0 / 4), int(x0 / 4)]
                cell[0] = 1 + height / 8  # what is larger is surer
                cell[1:3] = (torch.tensor([x0, y0]) / 4 % 1 - 0.5) * 4 / DigitDetector.UNIT
                cell[3:5] = torch.log(torch.tensor([width, height]) / DigitDetector.UNIT)
        return maps


def marks(shape, *places, tall=12):
    grey = np.full(shape, 0.9, np.float32)
    for x, y in places:
        grey[y : y + tall, x : x + tall * 3 // 4] = 0.1
    return grey


def test_small_finds_are_looked_at_closer_in_their_part_of_the_picture():
    places = [(700, 500), (730, 500), (760, 540)]
    network = SmallMarks()
    found = detection.detect_one(marks((700, 800), *places), network, 0.5)
    whole, part = max(network.sizes[:3]), network.sizes[-1]
    assert whole == (704, 800) and part < (300, 400)
    boxes = found.boxes[np.argsort(found.boxes[:, 0])]
    assert boxes == pytest.approx(np.array([[x, y, 9, 12] for x, y in places]), abs=1.5)


def test_hints_are_looked_at_closer_where_hardly_anything_is_sure_and_there_is_more_to_see():
    places, sure = [(1200, 500), (1240, 500), (1290, 540)], 0.96
    network = SmallMarks()
    found = detection.detect_one(marks((900, 1600), *places, tall=24), network, sure)
    boxes = found.boxes[np.argsort(found.boxes[:, 0])]
    assert boxes == pytest.approx(np.array([[x, y, 18, 24] for x, y in places]), abs=2.5)
    assert (found.scores >= sure).all()
    no_larger = marks((700, 800), *[(x // 2, y // 2) for x, y in places])
    assert not len(detection.detect_one(no_larger, network, sure).scores)


def test_large_digits_and_small_print_beside_them_are_not_looked_at_closer():
    grey = marks((700, 800), (300, 200), (400, 200), tall=60)
    grey[600:612, 100:109] = 0.1
    network = SmallMarks()
    assert len(detection.detect_one(grey, network, 0.5).scores) == 3
    assert len(network.sizes) == len(detection._scales(grey))


class ShyMarks(SmallMarks):
    """The same, but finds nothing that is near the left border."""

    def forward(self, x):
        maps = super().forward(x)
        maps[:, 0, :, :9] = -9
        return maps


def test_a_picture_that_digits_fill_is_looked_at_with_paper_around_it_too():
    light = np.linspace(0.6, 1, 200, dtype=np.float32)  # so that it is not flat paper
    places = [(0, 20), (60, 20), (120, 20)]
    found = detection.detect_one(marks((70, 200), *places, tall=30) * light, ShyMarks(), 0.5)
    boxes = found.boxes[np.argsort(found.boxes[:, 0])]
    assert len(boxes) == 3
    assert boxes[:, 0] + boxes[:, 2] / 2 == pytest.approx([11, 71, 131], abs=4)
    network = ShyMarks()
    page = marks((400, 600), (0, 20), (160, 20), (220, 20), tall=30)
    assert len(detection.detect_one(page, network, 0.5).scores) == 2
    assert len(network.sizes) == len(detection._scales(page))


def test_pictures_that_digits_fill_are_found_in_as_alone_among_others():
    light = np.linspace(0.6, 1, 200, dtype=np.float32)
    filled = marks((70, 200), (0, 20), (60, 20), tall=30) * light
    page = marks((400, 600), (160, 20), (220, 20), tall=30)
    for grey, found in zip(
        (page, filled, page), detection.detect([page, filled, page], ShyMarks(), 0.5), strict=True
    ):
        alone = detection.detect_one(grey, ShyMarks(), 0.5)
        assert (found.boxes == alone.boxes).all() and (found.scores == alone.scores).all()


def test_a_photo_of_a_whole_page_is_looked_at_larger():
    for width, seen in ((1200, detection.LARGEST_SIDE), (4000, detection.LARGE_SIDE)):
        network = SmallMarks()
        detection.detect_one(np.full((width * 3 // 4, width), 0.9, np.float32), network, 0.5)
        assert max(network.sizes)[1] == seen

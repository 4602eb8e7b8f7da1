"""Tests of detection: contrast, scales, and one detection for each digit."""

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from digitdraw.models.detector import DigitDetector
from digitdraw.photo import detection
from digitdraw.photo.boxes import box_centers
from digitdraw.photo.detection import Detections, drop_merged, non_maximum_suppression


def detections_of(*boxes_and_scores):
    boxes = np.array([box for box, _ in boxes_and_scores], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in boxes_and_scores], np.float32)
    return Detections(boxes, scores, np.zeros((len(scores), 10), np.float32))


def detect_one(grey, network, threshold):
    (detections,) = detection.detect([grey], network, threshold)
    return detections


def test_ink_has_the_same_contrast_in_light_and_shadow_faint_and_strong():
    stroke = np.zeros((200, 300), np.float32)
    stroke[80:120, 148:152] = 1
    strong = detection.normalize_contrast(0.9 - 0.7 * stroke)
    faint = detection.normalize_contrast(0.4 - 0.2 * stroke)
    assert strong[100, 150] < -3 and faint[100, 150] < -3
    shadow = np.linspace(1, 0.4, 300, dtype=np.float32)[None]
    assert detection.normalize_contrast((0.9 - 0.6 * stroke) * shadow)[100, 150] < -3


def test_empty_paper_has_no_contrast():
    assert (detection.normalize_contrast(np.full((64, 64), 0.7, np.float32)) == 0).all()


def test_of_overlapping_detections_the_best_stays():
    result = non_maximum_suppression(
        detections_of(([10, 10, 20, 30], 0.6), ([11, 12, 20, 30], 0.9), ([60, 10, 20, 30], 0.4))
    )
    assert result.scores == pytest.approx([0.9, 0.4])


def test_a_part_of_a_detected_digit_is_suppressed():
    result = non_maximum_suppression(detections_of(([0, 0, 40, 60], 0.9), ([5, 2, 20, 20], 0.8)))
    assert len(result.scores) == 1


def test_neighbours_that_touch_both_stay():
    result = non_maximum_suppression(detections_of(([0, 0, 20, 30], 0.9), ([16, 0, 20, 30], 0.8)))
    assert len(result.scores) == 2


@pytest.mark.parametrize(("score", "expected"), [(0.6, [0.9, 0.8]), (0.85, [0.9, 0.85, 0.8])])
def test_a_detection_of_two_digits_at_once_is_dropped_if_both_have_better_scores(score, expected):
    digits = ([0, 0, 20, 30], 0.9), ([2, 34, 20, 30], 0.8)
    result = drop_merged(detections_of(*digits, ([0, 6, 22, 52], score)))
    assert sorted(result.scores, reverse=True) == pytest.approx(expected)


def test_a_digit_that_overlaps_its_neighbours_is_not_dropped():
    row = detections_of(([0, 0, 24, 30], 0.9), ([16, 0, 24, 30], 0.5), ([32, 0, 24, 30], 0.9))
    assert len(drop_merged(row).scores) == 3


def test_no_detections_stay_none():
    assert len(drop_merged(non_maximum_suppression(detections_of())).scores) == 0


class OneDigit(nn.Module):
    """Detects a five, 24 by 40 pixels, in the darkest cell, at any scale."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        height, width = x.shape[2] // 4, x.shape[3] // 4
        maps = torch.full((1, 15, height, width), -9.0)
        darkest = nn.functional.avg_pool2d(-x, 4)[0, 0].flatten().argmax()
        cell = maps.view(1, 15, -1)[0, :, darkest]
        cell[0], cell[1:5] = 9, torch.tensor([0, 0, np.log(3), np.log(5)])
        cell[5 + 5] = 9
        return maps


@pytest.mark.parametrize("shape", [(300, 400), (97, 113), (1200, 1600), (30, 25), (5, 900)])
def test_boxes_are_in_pixels_of_an_image_of_any_shape(shape):
    grey = np.full(shape, 0.9, np.float32)
    y, x = shape[0] // 2, shape[1] // 2
    reach = max(2, max(shape) // 60)
    grey[max(0, y - reach) : y + reach, x - reach : x + reach] = 0.1
    detections = detect_one(grey, OneDigit(), 0.5)
    assert len(detections.scores) >= 1
    step = 4 * max(1, max(shape) / 100)
    assert (np.abs(box_centers(detections.boxes) - [x, y]) <= step + reach).all()
    assert (detections.logits.argmax(axis=1) == 5).all()


class SmallMarks(nn.Module):
    """Detects a digit in each dark mark, as tall as the mark; notes the size of each input."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))
        self.sizes = []

    def forward(self, x):
        self.sizes.append(tuple(x.shape[2:]))
        maps = torch.full((len(x), 15, x.shape[2] // 4, x.shape[3] // 4), -9.0)
        for image, image_maps in zip(x[:, 0].numpy(), maps, strict=True):
            is_dark = (image < -1).astype(np.uint8)
            _, _, stats, centers = cv2.connectedComponentsWithStats(is_dark)
            for (_, _, width, height, _), (x0, y0) in zip(stats[1:], centers[1:], strict=True):
                cell = image_maps[:, int(y0 / 4), int(x0 / 4)]
                cell[0] = 1 + height / 8  # larger marks have better scores
                cell[1:3] = (torch.tensor([x0, y0]) / 4 % 1 - 0.5) * 4 / DigitDetector.UNIT
                cell[3:5] = torch.log(torch.tensor([width, height]) / DigitDetector.UNIT)
        return maps


def draw_marks(shape, *places, height=12):
    grey = np.full(shape, 0.9, np.float32)
    for x, y in places:
        grey[y : y + height, x : x + height * 3 // 4] = 0.1
    return grey


def boxes_by_x(detections):
    return detections.boxes[np.argsort(detections.boxes[:, 0])]


def test_small_detections_get_a_closer_view_of_their_part_of_the_image():
    places = [(700, 500), (730, 500), (760, 540)]
    network = SmallMarks()
    detections = detect_one(draw_marks((700, 800), *places), network, 0.5)
    whole, part = max(network.sizes[:3]), network.sizes[-1]
    assert whole == (704, 800) and part < (300, 400)
    expected = np.array([[x, y, 9, 12] for x, y in places])
    assert boxes_by_x(detections) == pytest.approx(expected, abs=1.5)


def test_low_scores_get_a_closer_view_if_few_are_above_the_threshold_of_a_reduced_image():
    places, threshold = [(1200, 500), (1240, 500), (1290, 540)], 0.96
    network = SmallMarks()
    grey = draw_marks((900, 1600), *places, height=24)
    detections = detect_one(grey, network, threshold)
    expected = np.array([[x, y, 18, 24] for x, y in places])
    assert boxes_by_x(detections) == pytest.approx(expected, abs=2.5)
    assert (detections.scores >= threshold).all()
    not_reduced = draw_marks((700, 800), *[(x // 2, y // 2) for x, y in places])
    assert not len(detect_one(not_reduced, network, threshold).scores)


def test_large_digits_with_small_print_beside_them_get_no_closer_view():
    grey = draw_marks((700, 800), (300, 200), (400, 200), height=60)
    grey[600:612, 100:109] = 0.1
    network = SmallMarks()
    assert len(detect_one(grey, network, 0.5).scores) == 3
    assert len(network.sizes) == len(detection._scales(grey))


class ShyMarks(SmallMarks):
    """The same, but detects nothing near the left border."""

    def forward(self, x):
        maps = super().forward(x)
        maps[:, 0, :, :9] = -9
        return maps


def test_an_image_that_digits_fill_is_also_seen_with_paper_around_it():
    light = np.linspace(0.6, 1, 200, dtype=np.float32)  # so that it is not flat paper
    grey = draw_marks((70, 200), (0, 20), (60, 20), (120, 20), height=30) * light
    boxes = boxes_by_x(detect_one(grey, ShyMarks(), 0.5))
    assert len(boxes) == 3
    assert box_centers(boxes)[:, 0] == pytest.approx([11, 71, 131], abs=4)
    network = ShyMarks()
    page = draw_marks((400, 600), (0, 20), (160, 20), (220, 20), height=30)
    assert len(detect_one(page, network, 0.5).scores) == 2
    assert len(network.sizes) == len(detection._scales(page))


def test_images_that_digits_fill_give_the_same_detections_in_a_batch_as_alone():
    light = np.linspace(0.6, 1, 200, dtype=np.float32)
    filled = draw_marks((70, 200), (0, 20), (60, 20), height=30) * light
    page = draw_marks((400, 600), (160, 20), (220, 20), height=30)
    images = page, filled, page
    for grey, in_batch in zip(images, detection.detect(images, ShyMarks(), 0.5), strict=True):
        alone = detect_one(grey, ShyMarks(), 0.5)
        assert (in_batch.boxes == alone.boxes).all() and (in_batch.scores == alone.scores).all()


def test_a_photo_of_a_whole_page_is_seen_at_a_larger_size():
    for width, side in ((1200, detection.LARGEST_SIDE), (4000, detection.LARGE_SIDE)):
        network = SmallMarks()
        detect_one(np.full((width * 3 // 4, width), 0.9, np.float32), network, 0.5)
        assert max(network.sizes)[1] == side

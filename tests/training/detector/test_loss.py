"""Targets and loss of the detector: peaks on digits, their boxes, and nothing where ignored."""

import numpy as np
import pytest
import torch

from digitdraw.photo import detection
from digitdraw.training.detector import loss
from digitdraw.training.synthesis.canvas import IGNORED, Page

BOXES = np.array([[16, 20, 20, 30], [40, 20, 6, 30], [80, 70, 34, 44]], np.float32)
PAGE = Page(np.zeros((128, 128), np.uint8), BOXES, np.array([3, 1, 8]))
EMPTY = Page(np.zeros((128, 128), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))


def perfect_maps(targets):
    """Maps that predict the targets exactly."""
    heat = targets.heat.clamp(1e-4, 1 - 1e-4)
    classes = torch.nn.functional.one_hot(targets.labels.clamp(min=0), 10).permute(0, 3, 1, 2)
    return torch.cat([torch.logit(heat)[:, None], targets.boxes, 12.0 * classes.float()], 1)


def test_targets_decode_to_the_boxes_of_the_page():
    targets = loss.targets_for([PAGE])
    decoded = detection.decode(perfect_maps(targets)[0], 0.5)
    order = np.argsort(decoded.boxes[:, 0])
    assert decoded.boxes[order] == pytest.approx(BOXES, abs=0.01)
    assert decoded.logits[order].argmax(axis=1).tolist() == [3, 1, 8]


def test_each_digit_has_a_weight_of_one():
    targets = loss.targets_for([PAGE, EMPTY])
    assert targets.weights.sum((1, 2)).tolist() == pytest.approx([3, 0])
    assert (targets.heat > 0.999).sum((1, 2)).tolist() == [3, 0]


def test_better_maps_have_a_lower_loss():
    targets = loss.targets_for([PAGE])
    perfect = perfect_maps(targets)
    lowest = loss.detection_loss(perfect, targets)
    shifted, unsure, blind = perfect.clone(), perfect.clone(), perfect.clone()
    shifted[:, 1:3] += 0.5
    unsure[:, 5:] = 0
    blind[:, 0] = -9
    for worse in (shifted, unsure, blind):
        assert loss.detection_loss(worse, targets) > lowest + 0.1


def test_a_detection_of_an_ignored_digit_does_not_change_the_loss():
    ignored = Page(PAGE.picture, BOXES, np.array([3, 1, IGNORED]))
    targets = loss.targets_for([ignored])
    maps = perfect_maps(targets)
    detected = maps.clone()
    detected[0, 0, 70 // 4 + 4, 80 // 4 + 4] = 9
    assert loss.detection_loss(detected, targets) == loss.detection_loss(maps, targets)


def test_on_a_page_without_digits_only_false_detections_cost():
    targets = loss.targets_for([EMPTY])
    maps = torch.zeros(1, 15, 32, 32)
    maps[:, 0] = -9
    without = loss.detection_loss(maps, targets)
    maps[0, 0, 5, 5] = 9
    assert without < 1e-3 < loss.detection_loss(maps, targets)

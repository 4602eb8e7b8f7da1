"""What the finder is asked for: bumps on digits, their boxes, and nothing where it is ignored."""

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
    """Maps that answer exactly what is asked for."""
    heat = targets.heat.clamp(1e-4, 1 - 1e-4)
    classes = torch.nn.functional.one_hot(targets.labels.clamp(min=0), 10).permute(0, 3, 1, 2)
    return torch.cat([torch.logit(heat)[:, None], targets.boxes, 12.0 * classes.float()], 1)


def test_what_is_asked_for_decodes_to_the_boxes_it_was_made_of():
    targets = loss.targets_for([PAGE])
    found = detection.decode(perfect_maps(targets)[0], 0.5)
    order = np.argsort(found.boxes[:, 0])
    assert found.boxes[order] == pytest.approx(BOXES, abs=0.01)
    assert found.logits[order].argmax(axis=1).tolist() == [3, 1, 8]


def test_each_digit_counts_once():
    targets = loss.targets_for([PAGE, EMPTY])
    assert targets.weights.sum((1, 2)).tolist() == pytest.approx([3, 0])
    assert (targets.heat > 0.999).sum((1, 2)).tolist() == [3, 0]


def test_a_better_answer_costs_less():
    targets = loss.targets_for([PAGE])
    right = perfect_maps(targets)
    best = loss.detection_loss(right, targets)
    shifted, unsure, blind = right.clone(), right.clone(), right.clone()
    shifted[:, 1:3] += 0.5
    unsure[:, 5:] = 0
    blind[:, 0] = -9
    for worse in (shifted, unsure, blind):
        assert loss.detection_loss(worse, targets) > best + 0.1


def test_what_is_ignored_may_be_found_or_not():
    ignored = Page(PAGE.picture, BOXES, np.array([3, 1, IGNORED]))
    targets = loss.targets_for([ignored])
    maps = perfect_maps(targets)
    found = maps.clone()
    found[0, 0, 70 // 4 + 4, 80 // 4 + 4] = 9
    assert loss.detection_loss(found, targets) == loss.detection_loss(maps, targets)


def test_a_page_without_digits_costs_only_what_is_invented():
    targets = loss.targets_for([EMPTY])
    maps = torch.zeros(1, 15, 32, 32)
    maps[:, 0] = -9
    quiet = loss.detection_loss(maps, targets)
    maps[0, 0, 5, 5] = 9
    assert quiet < 1e-3 < loss.detection_loss(maps, targets)

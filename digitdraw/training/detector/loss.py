"""Targets and loss of the digit detector: pure functions of tensors.

Maps are those that `DigitDetector` returns, with (h, w) cells of STRIDE pixels a side."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from digitdraw.models.detector import DigitDetector
from digitdraw.training.synthesis.canvas import IGNORED, Page

_SPREAD = 0.11
"""Standard deviation of the peak at a digit's centre, in widths and heights of the digit."""
_NEAR = 0.55
"""Cells where the peak is above this predict the box and the class of the digit."""
_SIZE_WEIGHT, _CLASS_WEIGHT = 0.5, 0.5


class Targets(NamedTuple):
    """Targets for N pages of h x w cells."""

    heat: Tensor
    """(N, h, w) float32, 1 at the centre of a digit, falling off around it."""
    counts: Tensor
    """(N, h, w) float32, 0 where detections are neither correct nor wrong, else 1."""
    boxes: Tensor
    """(N, 4, h, w) float32, in the units of the network."""
    labels: Tensor
    """(N, h, w) int64, the digit that a cell predicts, or IGNORED."""
    weights: Tensor
    """(N, h, w) float32, the weight of that prediction; they add up to 1 for each digit."""

    def to(self, device: torch.device) -> "Targets":
        """Copy the targets to another device."""
        return Targets(*(field.to(device) for field in self))


def targets_for(pages: list[Page]) -> Targets:
    """Make the targets of pages of one size."""
    single = [_targets(page) for page in pages]
    return Targets(*(torch.from_numpy(np.stack(parts)) for parts in zip(*single, strict=True)))


def detection_loss(maps: Tensor, targets: Targets) -> Tensor:
    """Return the mean loss of a digit, from maps (N, 15, h, w).

    It sums the loss of centres (focal: Lin et al. 2017, in the form of Zhou et al. 2019), boxes
    (smooth L1) and classes (cross-entropy)."""
    digits = targets.weights.sum().clamp(min=1.0)
    logit, heat = maps[:, 0], targets.heat
    p = logit.sigmoid()
    at_centre = (1 - p) ** 2 * F.logsigmoid(logit)
    elsewhere = (1 - heat) ** 4 * p**2 * F.logsigmoid(-logit)
    centres = -(torch.where(heat > 0.999, at_centre, elsewhere) * targets.counts).sum() / digits
    distance = F.smooth_l1_loss(maps[:, 1:5], targets.boxes, reduction="none", beta=0.1).sum(1)
    boxes = (distance * targets.weights).sum() / digits
    label = targets.labels.clamp(min=0)
    entropy = F.cross_entropy(maps[:, 5:], label, reduction="none", label_smoothing=0.02)
    classes = (entropy * targets.weights).sum() / digits
    return centres + _SIZE_WEIGHT * boxes + _CLASS_WEIGHT * classes


def _targets(page: Page) -> tuple[np.ndarray, ...]:
    """Return the five fields of Targets for one page."""
    stride, unit = DigitDetector.STRIDE, DigitDetector.UNIT
    rows, columns = (side // stride for side in page.picture.shape)
    heat = np.zeros((rows, columns), np.float32)
    counts = np.ones_like(heat)
    boxes = np.zeros((4, rows, columns), np.float32)
    labels = np.full((rows, columns), IGNORED, np.int64)
    weights = np.zeros_like(heat)
    cell_y, cell_x = np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5
    for (x, y, width, height), label in zip(page.boxes, page.labels, strict=True):
        if label == IGNORED:
            top, left = max(0, int(y // stride)), max(0, int(x // stride))
            bottom, right = int((y + height) // stride) + 1, int((x + width) // stride) + 1
            counts[top:bottom, left:right] = 0
            continue
        centre_x, centre_y = (x + width / 2) / stride, (y + height / 2) / stride
        # A peak has the size of a cell at least; otherwise thin digits would have none.
        spread_x = max(_SPREAD * width / stride, 0.5)
        spread_y = max(_SPREAD * height / stride, 0.5)
        peak_x = min(max(int(centre_x), 0), columns - 1) + 0.5
        peak_y = min(max(int(centre_y), 0), rows - 1) + 0.5
        distance = ((cell_x - peak_x) / spread_x) ** 2 + ((cell_y - peak_y) / spread_y) ** 2
        peak = np.exp(-distance / 2)
        near = (peak > _NEAR) & (peak > heat)
        heat = np.maximum(heat, peak)
        labels[near] = label
        weights[near] = 1 / near.sum() if near.any() else 0
        boxes[0][near] = (centre_x - cell_x[near]) * stride / unit
        boxes[1][near] = (centre_y - cell_y[near]) * stride / unit
        boxes[2][near] = np.log(max(width, 1.0) / unit)
        boxes[3][near] = np.log(max(height, 1.0) / unit)
    counts[heat > 0.999] = 1
    return heat, counts, boxes, labels, weights

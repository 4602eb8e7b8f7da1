"""What the digit finder is to answer to a page, and what an answer costs.

Pure functions of tensors. Maps are as `models.DigitFinder` returns them, cells (h, w) of STRIDE
pixels a side.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from digitdraw.models.detector import DigitDetector
from digitdraw.training.synthesis.canvas import IGNORED, Page

__all__ = ["Targets", "detection_loss", "targets_for"]

_SPREAD = 0.11
"""Standard deviation of a digit's bump in the map of middles, in widths and heights of it."""

_NEAR = 0.55
"""Cells whose bump is above this answer for a digit's box and class."""

_SIZE_WEIGHT, _CLASS_WEIGHT = 0.5, 0.5


@dataclass(frozen=True)
class Targets:
    """For N pages of h x w cells: `heat` (N, h, w), 1 at the middle of a digit, falling off;
    `counts` (N, h, w), 0 where what is found does not matter; `boxes` (N, 4, h, w) as the
    network gives them; `labels` (N, h, w), the digit whose box and class a cell answers for,
    else IGNORED; `weights` (N, h, w), what it counts there, 1 in all for each digit."""

    heat: Tensor
    counts: Tensor
    boxes: Tensor
    labels: Tensor
    weights: Tensor

    def to(self, device: torch.device) -> "Targets":
        """The same on another device."""
        fields = (self.heat, self.counts, self.boxes, self.labels, self.weights)
        return Targets(*(each.to(device) for each in fields))


def targets_for(pages: list[Page]) -> Targets:
    """Targets of pages, all of one size."""
    single = [_targets(page) for page in pages]
    return Targets(*(torch.from_numpy(np.stack(parts)) for parts in zip(*single, strict=True)))


def detection_loss(maps: Tensor, targets: Targets) -> Tensor:
    """Mean loss of a digit: of middles (focal, Lin et al. 2017, as Zhou et al. 2019 have it),
    boxes (smooth L1) and classes (cross-entropy)."""
    digits = targets.weights.sum().clamp(min=1.0)
    logit, heat = maps[:, 0], targets.heat
    p = logit.sigmoid()
    hit = heat > 0.999
    missed = (1 - p) ** 2 * F.logsigmoid(logit)
    invented = (1 - heat) ** 4 * p**2 * F.logsigmoid(-logit)
    middles = -(torch.where(hit, missed, invented) * targets.counts).sum() / digits
    away = F.smooth_l1_loss(maps[:, 1:5], targets.boxes, reduction="none", beta=0.1).sum(1)
    boxes = (away * targets.weights).sum() / digits
    label = targets.labels.clamp(min=0)
    wrong = F.cross_entropy(maps[:, 5:], label, reduction="none", label_smoothing=0.02)
    classes = (wrong * targets.weights).sum() / digits
    return middles + _SIZE_WEIGHT * boxes + _CLASS_WEIGHT * classes


def _targets(page: Page) -> tuple[np.ndarray, ...]:
    stride, unit = DigitDetector.STRIDE, DigitDetector.UNIT
    height, width = (side // stride for side in page.picture.shape)
    heat = np.zeros((height, width), np.float32)
    counts = np.ones_like(heat)
    boxes = np.zeros((4, height, width), np.float32)
    labels = np.full((height, width), IGNORED, np.int64)
    weights = np.zeros_like(heat)
    cell_y, cell_x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    for (x, y, wide, tall), label in zip(page.boxes, page.labels, strict=True):
        if label == IGNORED:
            top, left = max(0, int(y // stride)), max(0, int(x // stride))
            counts[top : int((y + tall) // stride) + 1, left : int((x + wide) // stride) + 1] = 0
            continue
        middle_x, middle_y = (x + wide / 2) / stride, (y + tall / 2) / stride
        # A bump at least of a cell's size, or thin ones would have none.
        spread_x = max(_SPREAD * wide / stride, 0.5)
        spread_y = max(_SPREAD * tall / stride, 0.5)
        at_x = min(max(int(middle_x), 0), width - 1) + 0.5
        at_y = min(max(int(middle_y), 0), height - 1) + 0.5
        bump = np.exp(-(((cell_x - at_x) / spread_x) ** 2 + ((cell_y - at_y) / spread_y) ** 2) / 2)
        near = (bump > _NEAR) & (bump > heat)
        heat = np.maximum(heat, bump)
        labels[near] = label
        weights[near] = 1 / near.sum() if near.any() else 0
        boxes[0][near] = (middle_x - cell_x[near]) * stride / unit
        boxes[1][near] = (middle_y - cell_y[near]) * stride / unit
        boxes[2][near] = np.log(max(wide, 1.0) / unit)
        boxes[3][near] = np.log(max(tall, 1.0) / unit)
    counts[heat > 0.999] = 1
    return heat, counts, boxes, labels, weights

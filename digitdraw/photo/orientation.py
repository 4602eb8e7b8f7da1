"""Finds how a photo is turned, from patches of it, and whether its numbers read better after.

A patch shows a few characters. Turned back by hand in all four ways, it gives four answers, whose
mean is steadier than one."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw.models.orientation import SIDE
from digitdraw.photo.boxes import box_centers
from digitdraw.photo.fusion import FoundNumber

CLEAR = 0.8
"""Mean confidence of the digits of a page from which on it surely is upright."""
GAIN = 0.7
"""Likely digits that a turn must gain. Of shapes and noise, one may look like a digit that way."""
PATCHES = 16
"""Most patches of a page."""
_SPAN = 4.5
"""Side of a patch, in sides of the usual digit of its page."""
_MIN_CONTRAST = 0.04
"""Least difference to the paper, of 1, that becomes full ink."""


def turned(image: np.ndarray, turn: int) -> np.ndarray:
    """Return an image, (H, W), turned clockwise by `turn` quarters."""
    return np.ascontiguousarray(np.rot90(image, -turn)) if turn else image


def patches(grey: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Cut patches of a page, (H, W) float32 in [0, 1], around some of the `boxes` (m, 4) of its
    digits. Returns (n, SIDE, SIDE) float32 in [0, 1], 1 = ink."""
    chosen = boxes[np.linspace(0, len(boxes) - 1, min(PATCHES, len(boxes))).astype(int)]
    size = float(np.median(boxes[:, 2:].max(axis=1))) if len(boxes) else 1.0
    cut = [cut_patch(grey, center, size) for center in box_centers(chosen)]
    return np.stack(cut) if cut else np.zeros((0, SIDE, SIDE), np.float32)


def cut_patch(grey: np.ndarray, center: np.ndarray, size: float) -> np.ndarray:
    """Cut the patch around `center` (x, y) of a page, whose digits have sides of about `size`."""
    scale = size * _SPAN / SIDE
    corner = np.asarray(center) - scale * (SIDE - 1) / 2
    source = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
    smooth = cv2.blur(grey, (round(scale),) * 2) if scale > 1.5 else grey
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(smooth, source, (SIDE, SIDE), None, flags, cv2.BORDER_REPLICATE)
    contrast = np.abs(patch - np.median(patch))
    full = max(float(np.quantile(contrast, 0.95)), _MIN_CONTRAST)
    return np.clip(contrast / full, 0, 1).astype(np.float32)


@torch.inference_mode()
def turn_of(patches: np.ndarray, network: nn.Module) -> int:
    """Return by how many quarters clockwise a page was turned, given its patches (n, SIDE, SIDE)
    and an `OrientationNet`; 0 if there are none."""
    if not len(patches):
        return 0
    x = torch.from_numpy(patches)[:, None].to(next(network.parameters()).device)
    log_p = torch.zeros(4)
    for turn in range(4):
        answers = network(x.rot90(-turn, (2, 3)).contiguous()).log_softmax(1).sum(0)
        log_p += answers.float().cpu().roll(-turn)
    return int(log_p.argmax())


def is_clear(numbers: Sequence[FoundNumber]) -> bool:
    """Return whether a page with these numbers surely is upright."""
    count = sum(len(number.digits) for number in numbers)
    return count > 0 and likely_digits(numbers) >= CLEAR * count


def likely_digits(numbers: Sequence[FoundNumber]) -> float:
    """Return how many digits of numbers are correct, as far as the confidences tell."""
    return sum(number.confidence * len(number.digits) for number in numbers)

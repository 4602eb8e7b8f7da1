"""Geometry of boxes. A box is (x, y, width, height) in pixels, y down; arrays of boxes are (n, 4).

Plain numpy: `torchvision.ops` works on corners and tensors, and the conversions would be longer."""

import numpy as np

Box = tuple[float, float, float, float]
NEIGHBOUR_DISTANCE = 3.0
"""Largest horizontal distance between the centers of neighbours, in heights of the box."""


def box_areas(boxes: np.ndarray) -> np.ndarray:
    """Return the areas of boxes (n, 4) as (n,) float64."""
    return np.asarray(boxes, float)[:, 2:].prod(axis=-1)


def box_centers(boxes: np.ndarray) -> np.ndarray:
    """Return the centers (x, y) of boxes (n, 4) as (n, 2)."""
    return boxes[:, :2] + boxes[:, 2:] / 2


def union_box(boxes: np.ndarray) -> np.ndarray:
    """Return the smallest box (4,) that contains all of `boxes` (n, 4), n at least 1."""
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])


def intersection_areas(boxes: np.ndarray, other_boxes: np.ndarray) -> np.ndarray:
    """Return (n, m): the area that `boxes` (n, 4) share with `other_boxes` (m, 4)."""
    a, b = np.asarray(boxes, float)[:, None], np.asarray(other_boxes, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    return (high - low).clip(0).prod(axis=-1)


def neighbour_mask(boxes: np.ndarray) -> np.ndarray:
    """Return which boxes stand beside which, (n, n) bool, for `boxes` (n, 4). [i, j] is True where
    the center of box j is level with box i, and near it."""
    centers = box_centers(boxes)
    distances = np.abs(centers[None] - centers[:, None])
    heights = boxes[:, 3, None]
    mask = (distances[..., 0] < NEIGHBOUR_DISTANCE * heights) & (distances[..., 1] < heights / 2)
    np.fill_diagonal(mask, False)
    return mask

"""photo.boxes."""

import numpy as np

__all__ = ["box_areas", "intersection_areas", "neighbour_mask"]


def union_box(boxes: np.ndarray) -> np.ndarray:
    """The box (4,) around all of `boxes` (n, 4)."""
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])


_NEAR = 3.0
"""How far away what stands beside a box may be, in heights of it, from middle to middle."""


def neighbour_mask(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4), in columns, have their middle between top and bottom of each other
    one, in rows, and near it; (n, n) bool."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    away = np.abs(middles[None] - middles[:, None])
    tall = boxes[:, 3, None]
    near = (away[..., 0] < _NEAR * tall) & (away[..., 1] < tall / 2)
    np.fill_diagonal(near, False)
    return near


def box_areas(boxes: np.ndarray) -> np.ndarray:
    """Of boxes (n, 4): x, y, width, height; (n,)."""
    return np.asarray(boxes, float)[:, 2:].prod(axis=-1)


def intersection_areas(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The area that each of some boxes, (n, 4), shares with each of others, (m, 4): (n, m)."""
    one, other = np.asarray(some, float)[:, None], np.asarray(others, float)[None]
    low = np.maximum(one[..., :2], other[..., :2])
    high = np.minimum(one[..., :2] + one[..., 2:], other[..., :2] + other[..., 2:])
    return (high - low).clip(0).prod(axis=-1)

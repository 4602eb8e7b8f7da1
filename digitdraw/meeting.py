"""Where a digit's ink meets that of the ones before it, as in hands that write closely.

Knows points of ink alone, (n, 2) float64, (x, y), y down, in any unit.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["along", "left_to_meet"]


def along(strokes: Sequence[np.ndarray], step: float) -> np.ndarray:
    """Points no more than `step` apart along strokes of (n, 2) each, as a pen passes them."""
    parts = []
    for stroke in strokes:
        lengths = np.hypot(*np.diff(stroke, axis=0).T)
        at = np.concatenate([[0.0], np.cumsum(np.maximum(1, np.ceil(lengths / step)))])
        every = np.arange(at[-1] + 1)
        parts.append(np.column_stack([np.interp(every, at, stroke[:, axis]) for axis in (0, 1)]))
    return np.concatenate(parts)


def left_to_meet(before: np.ndarray, after: np.ndarray, row: float) -> float:
    """How far to the left `after` may go until some of it is as far right as some of `before` in
    the same row, of rows so tall; as far as its box would, where they share no row."""
    top = min(before[:, 1].min(), after[:, 1].min())
    rows = [((points[:, 1] - top) // row).astype(int) for points in (before, after)]
    count = max(each.max() for each in rows) + 1
    right, left = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(right, rows[0], before[:, 0])
    np.minimum.at(left, rows[1], after[:, 0])
    room = (left - right).min()
    return float(room if np.isfinite(room) else after[:, 0].min() - before[:, 0].max())

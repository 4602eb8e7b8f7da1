"""Metrics of predictions and detections: pure functions of arrays."""

from collections.abc import Sequence

import numpy as np

from digitdraw.photo.boxes import box_areas, intersection_areas


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Fraction of rows of `probabilities` (N, C), or logits, whose largest is in `labels` (N,)."""
    return float((probabilities.argmax(1) == labels).mean())


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve of scores (N,) and (M,), N and M at least 1.

    It is the probability that a positive scores above a negative; a tie counts half. Computed from
    ranks (Mann and Whitney 1947)."""
    scores = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(wins / (len(positive) * len(negative)))


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, bins: int = 15
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group predictions (N, C) by confidence, in equal bins of [0, 1].

    Returns (count, mean confidence, accuracy), (bins,) each. Empty bins have zeros."""
    confidence = probabilities.max(1)
    correct = probabilities.argmax(1) == labels
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(index, minlength=bins)
    filled = np.maximum(count, 1)
    mean, fraction = (np.bincount(index, v, bins) / filled for v in (confidence, correct))
    return count, mean, fraction


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): mean |confidence - accuracy| of the bins."""
    count, confidence, correct = reliability(probabilities, labels, bins)
    return float((count * np.abs(confidence - correct)).sum() / max(count.sum(), 1))


def match_boxes(
    truth: np.ndarray, detected: np.ndarray, min_iou: float = 0.5
) -> list[tuple[int, int]]:
    """Match true boxes (n, 4) with detected ones (m, 4), each x, y, width, height.

    Returns index pairs (true, detected) with an intersection over union of at least `min_iou`. The
    best overlaps are matched first, and each box at most once."""
    if not len(truth) or not len(detected):
        return []
    intersection = intersection_areas(truth, detected)
    union = box_areas(truth)[:, None] + box_areas(detected)[None] - intersection
    iou = intersection / union
    pairs: list[tuple[int, int]] = []
    for flat in np.argsort(-iou, axis=None, kind="stable"):
        i, j = (int(n) for n in np.unravel_index(flat, iou.shape))
        if iou[i, j] < min_iou:
            break
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def align(
    first: Sequence | np.ndarray, second: Sequence | np.ndarray
) -> list[tuple[int | None, int | None]]:
    """Align two sequences with the fewest edits (Levenshtein 1966).

    Returns index pairs, in order. An element without a partner has None in its place. Of several
    best alignments this takes the one that, from the end, prefers a pair, then a deletion.
    rapidfuzz chooses others, which would change the calibration of the line recognizer."""
    cost = np.zeros((len(first) + 1, len(second) + 1), int)
    cost[:, 0], cost[0] = np.arange(len(first) + 1), np.arange(len(second) + 1)
    for i, a in enumerate(first, 1):
        for j, b in enumerate(second, 1):
            unpaired = min(cost[i - 1, j], cost[i, j - 1]) + 1
            cost[i, j] = min(cost[i - 1, j - 1] + (a != b), unpaired)
    i, j = len(first), len(second)
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + (first[i - 1] != second[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]

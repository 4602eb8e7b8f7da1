"""How good answers are: pure functions of arrays. Knows no model, file or device."""

from collections.abc import Sequence

import numpy as np

from digitdraw.photo.boxes import box_areas, intersection_areas

__all__ = ["accuracy", "align", "auroc", "calibration_error", "match_boxes", "reliability"]


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Share of (N,) labels that are the largest of their (N, 10) probabilities (or logits)."""
    return float((probabilities.argmax(1) == labels).mean())


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Chance that a positive scores above a negative, ties counting half: area under the ROC.

    By ranks (Mann and Whitney 1947); scores are (N,) and (M,), N and M at least 1.
    """
    scores = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(wins / (len(positive) * len(negative)))


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, bins: int = 15
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers by confidence in equal bins of [0, 1]: (count, mean confidence, accuracy) of
    each bin, (bins,) each, 0 where a bin is empty. `probabilities` is (N, 10)."""
    confidence = probabilities.max(1)
    correct = probabilities.argmax(1) == labels
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(index, minlength=bins)
    filled = np.maximum(count, 1)
    return (
        count,
        np.bincount(index, confidence, bins) / filled,
        np.bincount(index, correct, bins) / filled,
    )


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy."""
    count, confidence, correct = reliability(probabilities, labels, bins)
    return float((count * np.abs(confidence - correct)).sum() / max(count.sum(), 1))


def match_boxes(truth: np.ndarray, found: np.ndarray, least: float = 0.5) -> list[tuple[int, int]]:
    """Pairs of (index of a true box, index of a found one) whose intersection is at least
    `least` of their union, each box in one pair at most, the best overlaps first. Boxes are
    (n, 4): x, y, width, height."""
    if not len(truth) or not len(found):
        return []
    shared = intersection_areas(truth, found)
    overlap = shared / (box_areas(truth)[:, None] + box_areas(found)[None] - shared)
    pairs: list[tuple[int, int]] = []
    for flat in np.argsort(-overlap, axis=None, kind="stable"):
        i, j = (int(n) for n in np.unravel_index(flat, overlap.shape))
        if overlap[i, j] < least:
            break
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def align(some: Sequence, others: Sequence) -> list[tuple[int | None, int | None]]:
    """Pairs of indices that turn one sequence into the other with the fewest edits (Levenshtein
    1966): both for what is kept or replaced, None for what is left out or put in."""
    cost = np.zeros((len(some) + 1, len(others) + 1), int)
    cost[:, 0], cost[0] = np.arange(len(some) + 1), np.arange(len(others) + 1)
    for i, one in enumerate(some, 1):
        for j, other in enumerate(others, 1):
            put_in_or_left_out = min(cost[i - 1, j], cost[i, j - 1]) + 1
            cost[i, j] = min(cost[i - 1, j - 1] + (one != other), put_in_or_left_out)
    i, j = len(some), len(others)
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + (some[i - 1] != others[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]

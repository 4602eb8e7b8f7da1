"""How good answers are: pure functions of arrays. Knows no model, file or device."""

import numpy as np

__all__ = ["accuracy", "auroc", "calibration_error", "reliability"]


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

"""Random labels for tests of calibration."""

import numpy as np


def labels_from(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels (N,) drawn with the probabilities of `logits` (N, 10)."""
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return np.array([rng.choice(10, p=row) for row in probabilities])

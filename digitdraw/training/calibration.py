"""Fits the temperatures and thresholds of a classifier or detector on validation data.

These are pure functions of arrays."""

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.models.calibration import Calibration

REJECTED_AS_NO_DIGIT = 0.008
"""Share of validation digits that may get the verdict "not a digit"; each kind counts the same."""
REJECTED_AS_UNSURE = 0.003
"""Share of the other validation digits that may get the verdict "unsure"."""
THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)
"""Candidates for a threshold."""
_TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5), 400))


def fit_classifier(
    digits: np.ndarray,
    labels: np.ndarray,
    negatives: np.ndarray | None,
    weights: np.ndarray | None = None,
) -> Calibration:
    """Calibrate a classifier on validation logits.

    digits     logits of digits (N, 11), or of any classes (N, classes) without digitness
    labels     the digits (N,), or the classes from 0
    negatives  logits of what is no digit (M, 11); None without digitness
    weights    weight of each digit (N,); None for equal weights"""
    weights = np.ones(len(labels)) if weights is None else weights
    if negatives is None or digits.shape[1] == 10:
        temperature = fit_temperature(digits, labels, weights)
        return Calibration(temperature=temperature, min_digitness=0.0, min_confidence=0.5)
    temperature = fit_temperature(digits[:, :10], labels, weights)
    digitness_temperature = fit_digitness_temperature(digits[:, 10], negatives[:, 10], weights)
    digitness = torch.from_numpy(digits[:, 10] / digitness_temperature).sigmoid().numpy()
    # Writers differ more than validation data shows. So a threshold never exceeds 0.5: it never
    # rejects what is more likely a digit than not.
    min_digitness = min(0.5, _quantile(REJECTED_AS_NO_DIGIT, digitness, weights))
    logits = torch.from_numpy(digits[:, :10] / temperature)
    confidence = logits.softmax(dim=1).numpy().max(axis=1)
    is_digit = digitness >= min_digitness
    unsure = _quantile(REJECTED_AS_UNSURE, confidence[is_digit], weights[is_digit])
    return Calibration(
        temperature=temperature,
        digitness_temperature=digitness_temperature,
        min_digitness=min_digitness,
        min_confidence=min(0.5, unsure),
    )


def fit_detector(digits: np.ndarray, labels: np.ndarray, negatives: np.ndarray) -> Calibration:
    """Calibrate on logits of digits in photos, (N, 11), with labels (N,), and negatives (M, 11).
    The digitness threshold is the one with the highest F1."""
    temperature = fit_digitness_temperature(digits[:, 10], negatives[:, 10])
    correct, invented = (
        np.sum(torch.from_numpy(logits / temperature).sigmoid().numpy() >= THRESHOLDS[:, None], 1)
        for logits in (digits[:, 10], negatives[:, 10])
    )
    f1 = 2 * correct / (len(digits) + correct + invented)
    return Calibration(
        temperature=fit_temperature(digits[:, :10], labels),
        digitness_temperature=temperature,
        min_digitness=float(THRESHOLDS[np.argmax(f1)]),
        min_confidence=0.5,
    )


def fit_temperature(
    logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Return the temperature with the least cross-entropy (Guo et al. 2017, arXiv:1706.04599).
    Takes logits (N, 10), labels (N,), and weights (N,) or None for equal weights."""
    x, y = torch.from_numpy(logits).double(), torch.from_numpy(labels)
    shares = _normalized(labels, weights)

    def loss(t: float) -> float:
        return float(F.cross_entropy(x / t, y, reduction="none") @ shares)

    return float(min(_TEMPERATURES, key=loss))


def fit_digitness_temperature(
    digits: np.ndarray, negatives: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Return the temperature of the digitness logit with the least binary cross-entropy. Logits of
    digits (N,) with weights (N,) count the same in total as those of negatives (M,)."""
    positive, negative = torch.from_numpy(digits).double(), torch.from_numpy(negatives).double()
    shares = _normalized(digits, weights)

    def loss(t: float) -> float:
        return float(F.softplus(-positive / t) @ shares + F.softplus(negative / t).mean())

    return float(min(_TEMPERATURES, key=loss))


def _normalized(values: np.ndarray, weights: np.ndarray | None) -> torch.Tensor:
    """Return the weights (N,) of values (N,) so that they sum to 1, float64; None means equal."""
    weights = np.ones(len(values)) if weights is None else weights
    return torch.from_numpy(weights / weights.sum()).double()


def _quantile(share: float, values: np.ndarray, weights: np.ndarray) -> float:
    """Return the value below which a `share` of values (N,) with weights (N,) lies."""
    return float(np.quantile(values, share, method="inverted_cdf", weights=weights))

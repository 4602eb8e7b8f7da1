"""Fit on validation data what turns logits into honest answers. Pure functions of arrays."""

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.models.calibration import Calibration

__all__ = ["fit_classifier", "fit_detector", "fit_digitness_temperature", "fit_temperature"]

REFUSED_AS_NO_DIGIT = 0.008
"""Share of validation digits, each kind counting the same, that may be taken for no digit."""

REFUSED_AS_UNSURE = 0.003
"""Share of validation digits that may be taken for unsure, besides."""

THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)

_TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5), 400))


def fit_classifier(
    digits: np.ndarray,
    labels: np.ndarray,
    others: np.ndarray | None,
    counts: np.ndarray | None = None,
) -> Calibration:
    """Calibrate on validation logits of digits (N, 11), with labels (N,), and of what is no
    digit (M, 11); a model without digitness has 10 columns, and `others` is not looked at. Each
    digit `counts` so much, (N,), all the same without it."""
    counts = np.ones(len(labels)) if counts is None else counts
    temperature = fit_temperature(digits[:, :10], labels, counts)
    if digits.shape[1] == 10:
        return Calibration(temperature=temperature, min_digitness=0.0, min_confidence=0.5)
    spread = fit_digitness_temperature(digits[:, 10], others[:, 10], counts)
    digitness = _sigmoid(digits[:, 10] / spread)
    # Writers differ more than validation shows: never refuse what is more likely a digit than
    # not, or a reading that is likelier than all others together.
    floor = min(0.5, _below(REFUSED_AS_NO_DIGIT, digitness, counts))
    confidence = _softmax(digits[:, :10] / temperature).max(1)
    some = digitness >= floor
    return Calibration(
        temperature=temperature,
        digitness_temperature=spread,
        min_digitness=floor,
        min_confidence=min(0.5, _below(REFUSED_AS_UNSURE, confidence[some], counts[some])),
    )


def fit_detector(digits: np.ndarray, labels: np.ndarray, others: np.ndarray) -> Calibration:
    """The same for what is found in photos, (N, 11) and (M, 11): the threshold is the one with
    the highest F1, of digits that are kept and of what is kept that is one."""
    spread = fit_digitness_temperature(digits[:, 10], others[:, 10])
    right, wrong = (_sigmoid(each[:, 10] / spread) for each in (digits, others))
    return Calibration(
        temperature=fit_temperature(digits[:, :10], labels),
        digitness_temperature=spread,
        min_digitness=_best_threshold(right, wrong),
        min_confidence=0.5,
    )


def fit_temperature(
    logits: np.ndarray, labels: np.ndarray, counts: np.ndarray | None = None
) -> float:
    """The temperature at which logits (N, 10) give labels (N,), each of which `counts` so much,
    (N,), the least cross-entropy (Guo et al. 2017, arXiv:1706.04599)."""
    x, y = torch.from_numpy(logits).double(), torch.from_numpy(labels)
    weights = _shares(labels, counts)

    def loss(t: float) -> float:
        return float(F.cross_entropy(x / t, y, reduction="none") @ weights)

    return float(min(_TEMPERATURES, key=loss))


def fit_digitness_temperature(
    digits: np.ndarray, others: np.ndarray, counts: np.ndarray | None = None
) -> float:
    """The same for the logit of digitness, (N,) of digits and (M,) of others, as if there were
    as many of each; each digit `counts` so much, (N,)."""
    positive, negative = torch.from_numpy(digits).double(), torch.from_numpy(others).double()
    weights = _shares(digits, counts)

    def loss(t: float) -> float:
        return float(F.softplus(-positive / t) @ weights + F.softplus(negative / t).mean())

    return float(min(_TEMPERATURES, key=loss))


def _best_threshold(right: np.ndarray, wrong: np.ndarray) -> float:
    """The least digitness to keep: where F1 is highest, of (N,) digits and (M,) others."""
    kept = np.array([(right >= t).sum() for t in THRESHOLDS])
    invented = np.array([(wrong >= t).sum() for t in THRESHOLDS])
    return float(THRESHOLDS[np.argmax(2 * kept / (len(right) + kept + invented))])


def _shares(values: np.ndarray, counts: np.ndarray | None) -> torch.Tensor:
    """What each of (N,) values counts of all, float64, the same where nothing is said."""
    counts = np.ones(len(values)) if counts is None else counts
    return torch.from_numpy(counts / counts.sum()).double()


def _below(share: float, values: np.ndarray, counts: np.ndarray) -> float:
    """The value of (N,) below which a share of them lies, each of which counts so much, (N,)."""
    return float(np.quantile(values, share, method="inverted_cdf", weights=counts))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

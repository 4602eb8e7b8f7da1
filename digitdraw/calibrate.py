"""Fit on validation data what turns logits into honest answers. Pure functions of arrays."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.weights import Calibration

__all__ = ["fit", "fit_digitness_temperature", "fit_finds", "fit_reading", "fit_temperature"]

REFUSED_AS_NO_DIGIT = 0.004
"""Share of validation digits that may be taken for no digit."""
REFUSED_AS_UNSURE = 0.003
"""Share of validation digits that may be taken for unsure, besides."""
_THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)
_TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5), 400))


def fit(digits: np.ndarray, labels: np.ndarray, others: np.ndarray | None) -> Calibration:
    """Calibrate on validation logits of digits (N, 11), with labels (N,), and of what is no
    digit (M, 11); a model without digitness has 10 columns, and `others` is not looked at."""
    temperature = fit_temperature(digits[:, :10], labels)
    if digits.shape[1] == 10:
        return Calibration(temperature=temperature, min_digitness=0.0, min_confidence=0.5)
    spread = fit_digitness_temperature(digits[:, 10], others[:, 10])
    digitness = _sigmoid(digits[:, 10] / spread)
    # Writers differ more than validation shows: never refuse what is more likely a digit than
    # not, or a reading that is likelier than all others together.
    floor = min(0.5, float(np.quantile(digitness, REFUSED_AS_NO_DIGIT)))
    confidence = _softmax(digits[:, :10] / temperature).max(1)[digitness >= floor]
    return Calibration(
        temperature=temperature,
        digitness_temperature=spread,
        min_digitness=floor,
        min_confidence=min(0.5, float(np.quantile(confidence, REFUSED_AS_UNSURE))),
    )


def fit_finds(digits: np.ndarray, labels: np.ndarray, others: np.ndarray) -> Calibration:
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


def fit_reading(
    logits: np.ndarray, classes: np.ndarray, evidence: np.ndarray, labels: np.ndarray
) -> Calibration:
    """The same for what both networks say of photos: `logits` (N, 11) of the one, `classes`
    (N, 10) and `evidence` (N, 2) as `Candidate` has them, and labels (N,), negative for what is
    no digit. Regression weighs the two: their logits of which digit it is (a logarithmic opinion
    pool, Heskes 1998), and of whether it is one."""
    is_digit = labels >= 0
    which = np.stack([logits[:, :10], classes], axis=2)[is_digit]
    read, found = _most_likely(
        which, lambda x: F.cross_entropy(x, torch.from_numpy(labels[is_digit]))
    )
    said = np.column_stack([logits[:, 10], evidence, np.ones(len(logits))])
    truth = torch.from_numpy(is_digit).double()
    weights = _most_likely(said, lambda x: F.binary_cross_entropy_with_logits(x, truth))
    digitness = _sigmoid(said @ weights)
    return Calibration(
        temperature=float(1 / read),
        digitness_temperature=float(1 / weights[0]),
        min_digitness=_best_threshold(digitness[is_digit], digitness[~is_digit]),
        min_confidence=0.5,
        class_weight=float(found),
        finder_weight=float(weights[1]),
        agreement_weight=float(weights[2]),
        digitness_bias=float(weights[3]),
    )


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature at which logits (N, 10) give labels (N,) the least cross-entropy
    (Guo et al. 2017, arXiv:1706.04599)."""
    x, y = torch.from_numpy(logits).double(), torch.from_numpy(labels)
    return float(min(_TEMPERATURES, key=lambda t: F.cross_entropy(x / t, y).item()))


def fit_digitness_temperature(digits: np.ndarray, others: np.ndarray) -> float:
    """The same for the logit of digitness, (N,) of digits and (M,) of others, as if there were
    as many of each."""
    positive, negative = torch.from_numpy(digits).double(), torch.from_numpy(others).double()

    def loss(t: float) -> float:
        return float(F.softplus(-positive / t).mean() + F.softplus(negative / t).mean())

    return float(min(_TEMPERATURES, key=loss))


def _best_threshold(right: np.ndarray, wrong: np.ndarray) -> float:
    """The least digitness to keep: where F1 is highest, of (N,) digits and (M,) others."""
    kept = np.array([(right >= t).sum() for t in _THRESHOLDS])
    invented = np.array([(wrong >= t).sum() for t in _THRESHOLDS])
    return float(_THRESHOLDS[np.argmax(2 * kept / (len(right) + kept + invented))])


def _most_likely(x: np.ndarray, loss_of: Callable[[torch.Tensor], torch.Tensor]) -> np.ndarray:
    """Weights (k,) of the last axis of x (..., k) with the least loss of the weighted sum."""
    inputs = torch.from_numpy(x).double()
    weights = torch.zeros(x.shape[-1], dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss_of(inputs @ weights)
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach().numpy()


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

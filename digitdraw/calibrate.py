"""Fit on validation data what turns logits into honest answers. Pure functions of arrays."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.candidates import page_evidence
from digitdraw.weights import Calibration

__all__ = ["fit", "fit_digitness_temperature", "fit_finds", "fit_reading", "fit_temperature"]

REFUSED_AS_NO_DIGIT = 0.008
"""Share of validation digits, each kind counting the same, that may be taken for no digit."""
REFUSED_AS_UNSURE = 0.003
"""Share of validation digits that may be taken for unsure, besides."""
GLYPH_WEIGHT = 1.25
"""What is said of a digit by itself, whole, counts so much in photos. Chosen on validation photos
(between 1 and 1.5 all are read alike): on composed pages half of the glyphs are cut off from other
ink, for a tenth on photos, so that they are not what to weigh it by."""
ONE_WEIGHT, BELOW_WEIGHT = 1.5, -12.0
"""What it counts for there being a digit that it is read as a one, and for each height of the
others that it reaches below these. Chosen on validation photos, too: on composed pages ones are up
to half as tall again as other digits, and reach as far below these as slashes do."""
LEAST_OF_NUMBER = 0.6
"""The surest digit of a number that is believed has at least this chance of being one. Chosen on
validation photos, too: on composed pages F1 differs by less than 0.01 between 0.2 and 0.8."""
INVENTED = 0.01
"""Share of validation pages without digits that some may be found on: half of what is allowed, for
unseen letters may be more like digits."""
_THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)
_TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5), 400))


def fit(
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
    logits: np.ndarray,
    classes: np.ndarray,
    told: np.ndarray,
    evidence: np.ndarray,
    labels: np.ndarray,
    numbers: np.ndarray,
    pages: np.ndarray,
    without: int,
) -> Calibration:
    """The same for what all networks say of photos: `logits` (N, 11), `classes` (N, 10), `told`
    (N, 10) and `evidence` (N, 4) as `Candidate` has them, labels (N,), negative for what is no
    digit, and which of the numbers and of the pages it is on, (N,) from 0; so many pages in all
    are `without` digits. Regression weighs them: their logits of which digit it is (a
    logarithmic opinion pool, Heskes 1998), and of whether it is one; and what speaks for and
    against a page's having any. The thresholds are those with the highest F1 of digits, where
    the page's lets INVENTED through."""
    is_digit = labels >= 0
    which = np.stack([logits[:, :10], classes], axis=2)[is_digit]
    digits, glyphs = (torch.from_numpy(each[is_digit]) for each in (labels, GLYPH_WEIGHT * told))
    read, found = _most_likely(which, lambda x: F.cross_entropy(x + glyphs, digits))
    said = np.column_stack([logits[:, 10], evidence[:, :2], np.ones(len(logits))])
    of_ones = evidence[:, 2:] @ (ONE_WEIGHT, BELOW_WEIGHT)
    truth, given = torch.from_numpy(is_digit).double(), torch.from_numpy(of_ones)
    weights = _most_likely(said, lambda x: F.binary_cross_entropy_with_logits(x + given, truth))
    digitness = _sigmoid(said @ weights + of_ones)
    _, pages = np.unique(pages, return_inverse=True)  # on some nothing was found
    doubt, of_page, has_any = _fit_pages(digitness, pages, is_digit)
    min_page = _page_threshold(of_page[~has_any], without)
    some = of_page[pages] >= min_page
    least, of_number = _best_thresholds(digitness, _largest_of(digitness, numbers), is_digit, some)
    return Calibration(
        temperature=float(1 / read),
        digitness_temperature=float(1 / weights[0]),
        min_digitness=least,
        min_confidence=0.5,
        class_weight=float(found),
        finder_weight=float(weights[1]),
        agreement_weight=float(weights[2]),
        glyph_weight=GLYPH_WEIGHT,
        one_weight=ONE_WEIGHT,
        below_weight=BELOW_WEIGHT,
        digitness_bias=float(weights[3]),
        min_number=of_number,
        min_page=min_page,
        doubt_weight=doubt,
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
    kept = np.array([(right >= t).sum() for t in _THRESHOLDS])
    invented = np.array([(wrong >= t).sum() for t in _THRESHOLDS])
    return float(_THRESHOLDS[np.argmax(2 * kept / (len(right) + kept + invented))])


def _fit_pages(
    digitness: np.ndarray, pages: np.ndarray, is_digit: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """How much doubt counts against the surest digit of a page; how likely that makes each page
    to have any, and whether it has, (P,). Given is, of what may be digits, the chance, the page
    from 0 to P - 1, and whether it is one, (N,)."""
    order = np.argsort(pages, kind="stable")
    ends = np.cumsum(np.bincount(pages))[:-1]
    evidence = np.stack([page_evidence(each) for each in np.split(digitness[order], ends)])
    has_any = np.bincount(pages, weights=is_digit) > 0
    truth = torch.from_numpy(has_any).double()
    surest, doubt, _ = _most_likely(
        np.column_stack([evidence, np.ones(len(evidence))]),
        lambda x: F.binary_cross_entropy_with_logits(x, truth),
    )
    weight = float(max(0.0, -doubt / surest))
    return weight, _sigmoid(evidence @ (1, -weight)), has_any


def _page_threshold(of_page: np.ndarray, without: int) -> float:
    """The least chance of having digits at which a page is believed to: where but INVENTED of all
    pages `without` any are; of those something was found on, the chance is `of_page`, (n,)."""
    strict = [t for t in _THRESHOLDS if (of_page >= t).sum() <= INVENTED * without]
    return float(min(strict, default=_THRESHOLDS[-1]))


def _best_thresholds(
    digitness: np.ndarray, of_number: np.ndarray, is_digit: np.ndarray, some: np.ndarray
) -> tuple[float, float]:
    """The least digitness to keep, and the least that the surest digit of its number must have,
    all (N,): where F1 is highest, if but `some` are kept at all; of equals the strictest. The
    second is LEAST_OF_NUMBER at least."""
    best, chosen = -1.0, (0.0, 0.0)
    for number in _THRESHOLDS[_THRESHOLDS >= LEAST_OF_NUMBER]:
        for least in _THRESHOLDS[number >= _THRESHOLDS]:
            kept = some & (of_number >= number) & (digitness >= least)
            f1 = 2 * (kept & is_digit).sum() / (is_digit.sum() + kept.sum())
            if f1 >= best:
                best, chosen = f1, (float(least), float(number))
    return chosen


def _shares(values: np.ndarray, counts: np.ndarray | None) -> torch.Tensor:
    """What each of (N,) values counts of all, float64, the same where nothing is said."""
    counts = np.ones(len(values)) if counts is None else counts
    return torch.from_numpy(counts / counts.sum()).double()


def _below(share: float, values: np.ndarray, counts: np.ndarray) -> float:
    """The value of (N,) below which a share of them lies, each of which counts so much, (N,)."""
    return float(np.quantile(values, share, method="inverted_cdf", weights=counts))


def _largest_of(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each value the largest of its group, (N,) both."""
    largest = np.full(group.max(initial=-1) + 1, -np.inf)
    np.maximum.at(largest, group, values)
    return largest[group]


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

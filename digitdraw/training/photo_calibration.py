"""Fits the weights and thresholds with which the photo reader fuses its three networks.

The command `digitdraw calibrate` runs this on validation pages and scans, which none of the
networks was trained on."""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo import pipeline
from digitdraw.photo.fusion import page_features, sigmoid
from digitdraw.photo.reader import PhotoReader, prepare_networks
from digitdraw.training import metrics
from digitdraw.training.calibration import THRESHOLDS
from digitdraw.training.detector.validation import SIDE, DetectorValidation
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.pages import Content, clear_page, written_page
from digitdraw.training.synthesis.sources import load_sources

CLASSIFIER_WEIGHT = 1.25
"""Weight of the classifier's logits for a whole glyph. Chosen on validation photos, where 1 to 1.5
give the same. It is not fitted on composed pages: there half of the glyphs are cut off from other
ink, on photos a tenth."""
ONE_WEIGHT, BELOW_WEIGHT = 1.5, -12.0
"""Weights of features 2 and 3 of a `NumberHypothesis`. Chosen on validation photos, too: on
composed pages ones are up to half as tall again as other digits, and reach as far below them as
slashes do."""
MIN_NUMBER = 0.6
"""Least digitness of the best digit of a number. Chosen on validation photos, too: on composed
pages F1 differs by less than 0.01 between 0.2 and 0.8."""
MAX_FALSE_PAGES = 0.01
"""Share of validation pages without digits that may be read as having some. This is half of what
is allowed on photos, because letters of other writers may look more like digits."""
PAGE_COUNTS: dict[Content, int] = {"one number": 80, "no digits": 400, "one digit": 80}
"""Pages of each kind besides full ones. More "no digits": fewer false and more missed digits."""
CLEAR_PAGES, CLEAR_SIDE = 120, 512
"""Pages that look like most photos, and their sides in pixels."""
_SEED = 79
_EITHER = -2
"""Label of a box that may or may not count as a digit."""


@dataclass(frozen=True)
class ScoredDigits:
    """What the networks say about n hypothetical digits, and the truth.

    The first four fields are as in a `NumberHypothesis`.

    labels       (n,), the digit, or -1 for what is no digit
    numbers      (n,), index of its number
    pages        (n,), index of its page
    empty_pages  count of pages without digits, including those without hypotheses"""

    ctc_logits: np.ndarray
    detector_logits: np.ndarray
    classifier_logits: np.ndarray
    features: np.ndarray
    labels: np.ndarray
    numbers: np.ndarray
    pages: np.ndarray
    empty_pages: int


def fit_photo_reader(scored: ScoredDigits) -> PhotoCalibration:
    """Fit the calibration of the photo reader. Logistic regression gives the weights: of the
    networks' digit logits, of the features of digitness, and of the features of a page. Thresholds
    are those with the highest F1 of digits, with the page threshold that allows MAX_FALSE_PAGES."""
    labels, is_digit = scored.labels, scored.labels >= 0
    read, detected = _fit_digit_weights(scored)
    fitted = scored.ctc_logits[:, 10], scored.features[:, :2]
    inputs = np.column_stack([*fitted, np.ones(len(labels))])
    offset = scored.features[:, 2:] @ (ONE_WEIGHT, BELOW_WEIGHT)
    truth, fixed = torch.from_numpy(is_digit).double(), torch.from_numpy(offset)
    weights = _minimize(inputs, lambda x: F.binary_cross_entropy_with_logits(x + fixed, truth))
    digitness = sigmoid(inputs @ weights + offset)
    _, pages = np.unique(scored.pages, return_inverse=True)  # some pages have no hypotheses
    doubt_weight, page_scores, has_any = _fit_pages(digitness, pages, is_digit)
    min_page = _page_threshold(page_scores[~has_any], scored.empty_pages)
    min_digitness, min_number = _best_thresholds(
        digitness,
        _group_maximum(digitness, scored.numbers),
        is_digit,
        page_scores[pages] >= min_page,
    )
    return PhotoCalibration(
        temperature=float(1 / read),
        digitness_temperature=float(1 / weights[0]),
        min_digitness=min_digitness,
        min_confidence=0.5,
        detector_class_weight=float(detected),
        detector_score_weight=float(weights[1]),
        agreement_weight=float(weights[2]),
        classifier_weight=CLASSIFIER_WEIGHT,
        one_weight=ONE_WEIGHT,
        below_weight=BELOW_WEIGHT,
        digitness_bias=float(weights[3]),
        min_number=min_number,
        min_page=min_page,
        doubt_weight=doubt_weight,
    )


def score_pages(
    pages: list[Page], detector: Weights, line_recognizer: Weights, classifier: Weights
) -> ScoredDigits:
    """Score all hypotheses on pages, except for boxes that may or may not count as digits."""
    networks = prepare_networks(*copy.deepcopy((detector, line_recognizer, classifier)))
    empty = (np.zeros((0, columns)) for columns in (11, 10, 10, 4))
    parts: list[tuple[np.ndarray, ...]] = [(*empty, *[np.zeros(0, np.int64)] * 3)]
    for index, page in enumerate(pages):
        (numbers,) = pipeline.number_hypotheses([page.grey], networks)
        for number in numbers:
            labels = _labels(page, number.boxes)
            is_known = labels != _EITHER
            known = number.select(is_known)
            logits = known.ctc_logits, known.detector_logits, known.classifier_logits
            places = (np.full(is_known.sum(), place) for place in (len(parts) - 1, index))
            parts.append((*logits, known.features, labels[is_known], *places))
    empty_pages = sum(not (page.labels != IGNORED).any() for page in pages)
    ctc, detected, classified, features, labels, in_number, on_page = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return ScoredDigits(
        ctc, detected, classified, features, labels, in_number, on_page, empty_pages
    )


def count_errors(pages: list[Page], reader: PhotoReader) -> Counter:
    """Count "correct", "misread", "missed", "extra" digits, and "exact" pages, without an error."""
    counts: Counter = Counter()
    for page in pages:
        reading = reader.read_batch([(page.grey, 1.0)])[0]
        boxes = np.array([digit.box for digit in reading.digits], np.float32).reshape(-1, 4)
        pairs = metrics.match_boxes(page.boxes, boxes)
        known = [(i, j) for i, j in pairs if page.labels[i] != IGNORED]
        correct = sum(int(reading.digits[j].label == page.labels[i]) for i, j in known)
        on_page = Counter(
            correct=correct,
            misread=len(known) - correct,
            missed=int((page.labels != IGNORED).sum()) - len(known),
            extra=len(boxes) - len(pairs),
        )
        on_page["exact"] = int(on_page["misread"] + on_page["missed"] + on_page["extra"] == 0)
        counts.update(on_page)
    return counts


def validation_pages(root: Path) -> dict[str, list[Page]]:
    """Make validation pages from the data in `root`, by kind: full pages and scans, as in the
    detector's validation, clear pages, and pages with one number, with one digit and with none."""
    full = DetectorValidation.load(root)
    sources = replace(load_sources(root, "validation"), scans=[])
    by_content: dict[str, list[Page]] = {
        content: [
            written_page(sources, np.random.default_rng([_SEED, kind, index]), SIDE, content)
            for index in range(count)
        ]
        for kind, (content, count) in enumerate(PAGE_COUNTS.items())
    }
    rngs = (np.random.default_rng([_SEED, len(PAGE_COUNTS), index]) for index in range(CLEAR_PAGES))
    clear_pages = [clear_page(sources, rng, CLEAR_SIDE) for rng in rngs]
    return {"pages": full.pages, "clear": clear_pages, "scans": full.scans, **by_content}


def _fit_digit_weights(scored: ScoredDigits) -> np.ndarray:
    """Return the weights (2,) of the digit logits of the line recognizer and of the detector."""
    is_digit = scored.labels >= 0
    logits = np.stack([scored.ctc_logits[:, :10], scored.detector_logits], axis=2)[is_digit]
    labels = torch.from_numpy(scored.labels[is_digit])
    fixed = torch.from_numpy(CLASSIFIER_WEIGHT * scored.classifier_logits[is_digit])
    return _minimize(logits, lambda x: F.cross_entropy(x + fixed, labels))


def _fit_pages(
    digitness: np.ndarray, pages: np.ndarray, is_digit: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Fit how much doubt counts against the best digit of a page. Takes for n hypotheses the
    digitness, the page from 0 to P - 1, and whether it is a digit, (n,) each. Returns the weight of
    doubt, and for each page the probability that it has any digit and whether it has, (P,) each."""
    order = np.argsort(pages, kind="stable")
    ends = np.cumsum(np.bincount(pages))[:-1]
    features = np.stack([page_features(page) for page in np.split(digitness[order], ends)])
    has_any = np.bincount(pages, weights=is_digit) > 0
    truth = torch.from_numpy(has_any).double()
    inputs = np.column_stack([features, np.ones(len(features))])
    best, doubt, _ = _minimize(inputs, lambda x: F.binary_cross_entropy_with_logits(x, truth))
    weight = float(max(0.0, -doubt / best))
    return weight, sigmoid(features @ (1, -weight)), has_any


def _page_threshold(scores: np.ndarray, empty_pages: int) -> float:
    """Return the least page threshold that lets MAX_FALSE_PAGES of all empty pages through.
    `scores` (n,) are the probabilities of the empty pages with hypotheses."""
    strict = [t for t in THRESHOLDS if (scores >= t).sum() <= MAX_FALSE_PAGES * empty_pages]
    return float(min(strict, default=THRESHOLDS[-1]))


def _best_thresholds(
    digitness: np.ndarray, number_digitness: np.ndarray, is_digit: np.ndarray, allowed: np.ndarray
) -> tuple[float, float]:
    """Return the thresholds of digitness and of the best digit of a number with the highest F1. All
    arrays are (n,); `number_digitness` is that of the best digit of the number, and only `allowed`
    digits are accepted. Of equal thresholds, the strictest win."""
    best_f1, chosen = -1.0, (0.0, 0.0)
    for number in THRESHOLDS[THRESHOLDS >= MIN_NUMBER]:
        for digit in THRESHOLDS[number >= THRESHOLDS]:
            accepted = allowed & (number_digitness >= number) & (digitness >= digit)
            f1 = 2 * (accepted & is_digit).sum() / (is_digit.sum() + accepted.sum())
            if f1 >= best_f1:
                best_f1, chosen = f1, (float(digit), float(number))
    return chosen


def _group_maximum(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return for each value the maximum of its group, (N,); all arrays are (N,)."""
    maximum = np.full(groups.max(initial=-1) + 1, -np.inf)
    np.maximum.at(maximum, groups, values)
    return maximum[groups]


def _minimize(x: np.ndarray, loss_of: Callable[[torch.Tensor], torch.Tensor]) -> np.ndarray:
    """Return the weights (k,) of the last axis of x (..., k) for which the sum has least loss."""
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


def _labels(page: Page, boxes: np.ndarray) -> np.ndarray:
    """Return the true labels (n,) of boxes (n, 4): a digit, -1 for none, or _EITHER."""
    labels = np.full(len(boxes), -1)
    for true, found in metrics.match_boxes(page.boxes, boxes.astype(np.float32)):
        label = page.labels[true]
        labels[found] = _EITHER if label == IGNORED else label
    return labels

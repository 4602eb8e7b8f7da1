"""How well photos are read on validation data, and what each network's word counts for there.

    python -m digitdraw.reading_validation --data DIR [--weights FOLDER] [--write]

Whether something is a digit, and which, three networks say. Their words are weighed
on pages and scans that none was trained on; `--write` puts that into the manifest.
"""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo import pipeline
from digitdraw.photo.fusion import fuse_scores, page_features
from digitdraw.photo.reader import PhotoReader, prepare_networks
from digitdraw.training import metrics
from digitdraw.training.calibration import THRESHOLDS, _sigmoid
from digitdraw.training.detector.validation import SIDE, DetectorValidation
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.pages import clear_page, written_page
from digitdraw.training.synthesis.sources import load_sources

__all__ = ["ScoredDigits", "count_errors", "fit_photo_reader", "score_pages"]

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


def fit_photo_reader(
    logits: np.ndarray,
    classes: np.ndarray,
    told: np.ndarray,
    evidence: np.ndarray,
    labels: np.ndarray,
    numbers: np.ndarray,
    pages: np.ndarray,
    without: int,
) -> PhotoCalibration:
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
    return PhotoCalibration(
        temperature=float(1 / read),
        digitness_temperature=float(1 / weights[0]),
        min_digitness=least,
        min_confidence=0.5,
        detector_class_weight=float(found),
        detector_score_weight=float(weights[1]),
        agreement_weight=float(weights[2]),
        classifier_weight=GLYPH_WEIGHT,
        one_weight=ONE_WEIGHT,
        below_weight=BELOW_WEIGHT,
        digitness_bias=float(weights[3]),
        min_number=of_number,
        min_page=min_page,
        doubt_weight=doubt,
    )


def _fit_pages(
    digitness: np.ndarray, pages: np.ndarray, is_digit: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """How much doubt counts against the surest digit of a page; how likely that makes each page
    to have any, and whether it has, (P,). Given is, of what may be digits, the chance, the page
    from 0 to P - 1, and whether it is one, (N,)."""
    order = np.argsort(pages, kind="stable")
    ends = np.cumsum(np.bincount(pages))[:-1]
    evidence = np.stack([page_features(each) for each in np.split(digitness[order], ends)])
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
    strict = [t for t in THRESHOLDS if (of_page >= t).sum() <= INVENTED * without]
    return float(min(strict, default=THRESHOLDS[-1]))


def _best_thresholds(
    digitness: np.ndarray, of_number: np.ndarray, is_digit: np.ndarray, some: np.ndarray
) -> tuple[float, float]:
    """The least digitness to keep, and the least that the surest digit of its number must have,
    all (N,): where F1 is highest, if but `some` are kept at all; of equals the strictest. The
    second is LEAST_OF_NUMBER at least."""
    best, chosen = -1.0, (0.0, 0.0)
    for number in THRESHOLDS[THRESHOLDS >= LEAST_OF_NUMBER]:
        for least in THRESHOLDS[number >= THRESHOLDS]:
            kept = some & (of_number >= number) & (digitness >= least)
            f1 = 2 * (kept & is_digit).sum() / (is_digit.sum() + kept.sum())
            if f1 >= best:
                best, chosen = f1, (float(least), float(number))
    return chosen


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


OTHERS = {"one number": 80, "no digits": 400, "one digit": 80}
"""How many pages there are besides the full ones, by what is on them. The more of those without
digits, the less is invented, and the more lone digits are left out."""

CLEAR, CLEAR_SIDE = 120, 512
"""How many pages there are as most photos are, and how large."""

_SEED = 79

_EITHER = -2
"""Label of what may be taken for a digit or not."""


@dataclass(frozen=True)
class ScoredDigits:
    """What may be digits, n in all: `logits` (n, 11), `classes` (n, 10), `told` (n, 10) and
    `evidence` (n, 4) as a `Candidate` has them, the `labels` (n,) of those that are, -1 for those
    that are not, and which of the `numbers` and of the `pages` each is on, (n,) from 0; and how
    many of all pages are `without` digits."""

    logits: np.ndarray
    classes: np.ndarray
    told: np.ndarray
    evidence: np.ndarray
    labels: np.ndarray
    numbers: np.ndarray
    pages: np.ndarray
    without: int


def score_pages(
    pages: list[Page], found_by: Weights, read_by: Weights, told_by: Weights
) -> ScoredDigits:
    """All that is found on pages, but for what may be a digit or not."""
    networks = prepare_networks(*copy.deepcopy((found_by, read_by, told_by)))
    none = np.zeros(0, np.int64)
    parts = [(*(np.zeros((0, columns)) for columns in (11, 10, 10, 4)), *[none] * 3)]
    for index, page in enumerate(pages):
        (numbers,) = pipeline.number_hypotheses([_grey(page)], networks)
        for number in numbers:
            taken = _labels(page, number.boxes)
            known = taken != _EITHER
            some = number.only(known)
            places = (np.full(known.sum(), i) for i in (len(parts) - 1, index))
            said = some.logits, some.classes, some.told, some.evidence
            parts.append((*said, taken[known], *places))
    without = sum(not (page.labels != IGNORED).any() for page in pages)
    return ScoredDigits(*(np.concatenate(each) for each in zip(*parts, strict=True)), without)


def count_errors(pages: list[Page], reader: PhotoReader) -> Counter:
    """Digits "right", "misread", "missed" and "extra", and pages that are read "exactly"."""
    counts: Counter = Counter()
    for page in pages:
        reading = reader.read_batch([(_grey(page), 1.0)])[0]
        boxes = np.array([each.box for each in reading.digits], np.float32).reshape(-1, 4)
        pairs = metrics.match_boxes(page.boxes, boxes)
        sure = [(i, j) for i, j in pairs if page.labels[i] != IGNORED]
        right = sum(int(reading.digits[j].label == page.labels[i]) for i, j in sure)
        here = Counter(
            right=right,
            misread=len(sure) - right,
            missed=int((page.labels != IGNORED).sum()) - len(sure),
            extra=len(boxes) - len(pairs),
        )
        here["exactly"] = int(here["misread"] + here["missed"] + here["extra"] == 0)
        counts.update(here)
    return counts


def _kinds(root: Path) -> dict[str, list[Page]]:
    """Validation pages by what is on them: full ones and scans, as the finder's validation has
    them, clear ones, ones with a single number, and ones with none, so that neither is a
    surprise."""
    full = DetectorValidation.load(root)
    kept = load_sources(root, "validation").without_scans
    others = {
        content: [
            written_page(kept, np.random.default_rng([_SEED, kind, index]), SIDE, content)
            for index in range(count)
        ]
        for kind, (content, count) in enumerate(OTHERS.items())
    }
    rngs = (np.random.default_rng([_SEED, len(OTHERS), index]) for index in range(CLEAR))
    readable = [clear_page(kept, rng, CLEAR_SIDE) for rng in rngs]
    return {"pages": full.pages, "clear": readable, "scans": full.scans, **others}


def _labels(page: Page, boxes: np.ndarray) -> np.ndarray:
    labels = np.full(len(boxes), -1)
    for true, found in metrics.match_boxes(page.boxes, boxes.astype(np.float32)):
        label = page.labels[true]
        labels[found] = _EITHER if label == IGNORED else label
    return labels


def _grey(page: Page) -> np.ndarray:
    return page.picture.astype(np.float32) / 255


def _report(calibration: PhotoCalibration, judged: ScoredDigits) -> None:
    is_digit = judged.labels >= 0
    said = judged.logits, judged.classes, judged.told, judged.evidence
    which_of_all, together = fuse_scores(*said, calibration)
    for name, score in (
        ("sequence reader", judged.logits[:, 10]),
        ("finder", judged.evidence[:, 0]),
        ("both", together),
    ):
        area = metrics.auroc(score[is_digit], score[~is_digit])
        print(f"AUROC of digits against others, {name}: {area:.1%}")
    for name, which in (
        ("sequence reader", judged.logits[:, :10]),
        ("finder", judged.classes),
        ("glyphs", judged.told),
        ("all", which_of_all),
    ):
        right = metrics.accuracy(which[is_digit], judged.labels[is_digit])
        print(f"digits that are read right, {name}: {right:.1%}")
    print(f"{is_digit.sum()} digits and {(~is_digit).sum()} others: {calibration}")

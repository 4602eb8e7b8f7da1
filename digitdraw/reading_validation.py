"""How well photos are read on validation data, and what each network's word counts for there.

    python -m digitdraw.reading_validation --data DIR [--weights FOLDER] [--write]

Whether something is a digit, and which, three networks say. Their words are weighed
on pages and scans that none was trained on; `--write` puts that into the manifest.
"""

import argparse
import copy
import itertools
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from digitdraw import calibrate, candidates, metrics, weights
from digitdraw.errors import DigitDrawError
from digitdraw.finder_validation import SIDE, FinderValidation, sources
from digitdraw.models import READER, SEQUENCE
from digitdraw.page_ink import IGNORED, Page
from digitdraw.pages import clear, written
from digitdraw.reading import TOLD_BY, Reader, networks_of, pooled
from digitdraw.weights import Calibration, Weights

__all__ = ["Judged", "count", "judge", "main"]

OTHERS = {"one number": 80, "no digits": 400, "one digit": 80}
"""How many pages there are besides the full ones, by what is on them. The more of those without
digits, the less is invented, and the more lone digits are left out."""
CLEAR, CLEAR_SIDE = 120, 512
"""How many pages there are as most photos are, and how large."""
_SEED = 79
_EITHER = -2
"""Label of what may be taken for a digit or not."""


@dataclass(frozen=True)
class Judged:
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


def judge(pages: list[Page], found_by: Weights, read_by: Weights, told_by: Weights) -> Judged:
    """All that is found on pages, but for what may be a digit or not."""
    networks = networks_of(*copy.deepcopy((found_by, read_by, told_by)))
    none = np.zeros(0, np.int64)
    parts = [(*(np.zeros((0, columns)) for columns in (11, 10, 10, 4)), *[none] * 3)]
    for index, page in enumerate(pages):
        (numbers,) = candidates.all_in([_grey(page)], networks)
        for number in numbers:
            taken = _labels(page, number.boxes)
            known = taken != _EITHER
            some = number.only(known)
            places = (np.full(known.sum(), i) for i in (len(parts) - 1, index))
            said = some.logits, some.classes, some.told, some.evidence
            parts.append((*said, taken[known], *places))
    without = sum(not (page.labels != IGNORED).any() for page in pages)
    return Judged(*(np.concatenate(each) for each in zip(*parts, strict=True)), without)


def count(pages: list[Page], reader: Reader) -> Counter:
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
    full = FinderValidation.load(root)
    kept = sources(root, "validation").written
    others = {
        content: [
            written(kept, np.random.default_rng([_SEED, kind, index]), SIDE, content)
            for index in range(count)
        ]
        for kind, (content, count) in enumerate(OTHERS.items())
    }
    rngs = (np.random.default_rng([_SEED, len(OTHERS), index]) for index in range(CLEAR))
    readable = [clear(kept, rng, CLEAR_SIDE) for rng in rngs]
    return {"pages": full.pages, "clear": readable, "scans": full.scans, **others}


def _labels(page: Page, boxes: np.ndarray) -> np.ndarray:
    labels = np.full(len(boxes), -1)
    for true, found in metrics.match_boxes(page.boxes, boxes.astype(np.float32)):
        label = page.labels[true]
        labels[found] = _EITHER if label == IGNORED else label
    return labels


def _grey(page: Page) -> np.ndarray:
    return page.picture.astype(np.float32) / 255


def _report(calibration: Calibration, judged: Judged) -> None:
    is_digit = judged.labels >= 0
    said = judged.logits, judged.classes, judged.told, judged.evidence
    which_of_all, together = pooled(*said, calibration)
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


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser("python -m digitdraw.reading_validation", description=__doc__)
    parser.add_argument("--data", default="data", help="folder of MNIST/, unipen-digits/, ...")
    parser.add_argument("--weights", default=str(weights.FOLDER), help="reader and sequence")
    parser.add_argument("--write", action="store_true", help="put the weighing into the manifest")
    options = parser.parse_args(arguments)
    try:
        folder = Path(options.weights)
        kinds = _kinds(Path(options.data))
        found_by, read_by = weights.load(READER.name, folder), weights.load(SEQUENCE.name, folder)
        told_by = weights.load(TOLD_BY)
        judged = judge(list(itertools.chain(*kinds.values())), found_by, read_by, told_by)
        calibration = calibrate.fit_reading(**vars(judged))
        _report(calibration, judged)
        for name, used in (("as it was", read_by.calibration), ("weighed", calibration)):
            copies = copy.deepcopy((found_by, replace(read_by, calibration=used), told_by))
            reader = Reader(*copies, torch.device("cpu"))
            for kind, pages in kinds.items():
                print(f"{name}, {len(pages)} {kind}: {dict(count(pages, reader))}", flush=True)
        if options.write:
            weights.recalibrate(SEQUENCE.name, calibration, folder)
    except DigitDrawError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Scores the answers of readers of handwritten numbers, and shows scores and failures.

What is measured:

- exact: photos with all numbers in reading order, and nothing else
- found: numbers of the photos that are among the answers, whatever their order, per 100
- invented: answers that are not in the photo, per 100 numbers of the photos
- as written: the same three, of numbers with all their symbols. The first three compare digits
  alone: truth and answers are split at everything that is no digit, point or comma. Labels of some
  photos have digits only, so these count for the first three alone
- digits in order: the longest common subsequence of all digits, per 100 digits of the photos
- precision and recall of digits: a detected box is correct where its label is right and it
  overlaps a true box with an IoU of at least 0.5. Boxes are matched by IoU, the largest first.
  "located" is the recall without labels. Only readers that give boxes of digits have these
- photos without any answer, and photos without digits that got an answer
"""

import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from rapidfuzz.distance import LCSseq

from benchmarks.accuracy.readers import Answer, Reader
from benchmarks.photo_dataset.dataset import Photo
from digitdraw.training import metrics

__all__ = [
    "Result",
    "Score",
    "failure_sheet",
    "kinds_table",
    "measure",
    "percent",
    "score",
    "split_digits",
    "summary_table",
]

TILE = (360, 280)
"""Width and height of one failure on the contact sheet, in pixels, with its caption."""
CAPTION = 40
"""Height of the caption, in pixels."""
COLUMNS = 6
"""Failures in one row of the contact sheet."""


@dataclass(frozen=True)
class Result:
    """One answer to one photo, and the seconds that it took."""

    photo: Photo
    answer: Answer
    seconds: float

    @property
    def exact(self) -> bool:
        """True where all numbers are correct and in order, as far as the labels say."""
        if self.photo.as_written:
            return self.answer.numbers == self.photo.numbers
        return split_digits(self.answer.numbers) == split_digits(self.photo.numbers)


@dataclass
class Numbers:
    """Counts of numbers over photos, in one way of comparing them."""

    photos: int = 0
    exact: int = 0
    count: int = 0
    found: int = 0
    invented: int = 0

    def add(self, truth: Sequence[str], answered: Sequence[str]) -> None:
        """Count one photo."""
        correct = sum((Counter(truth) & Counter(answered)).values())
        self.photos += 1
        self.exact += list(truth) == list(answered)
        self.count += len(truth)
        self.found += correct
        self.invented += len(answered) - correct


@dataclass
class Score:
    """Counts over photos; the reported percentages follow from them.

    `numbers` compares digits alone, `written` the texts where the labels have them. Counts of
    located digits cover only photos and answers with boxes.
    """

    photos: int = 0
    numbers: Numbers = field(default_factory=Numbers)
    written: Numbers = field(default_factory=Numbers)
    all_digits: int = 0
    digits_in_order: int = 0
    digits: int = 0
    digits_detected: int = 0
    digits_located: int = 0
    digits_correct: int = 0
    photos_with_answer: int = 0
    seconds: list[float] = field(default_factory=list)


def split_digits(numbers: Iterable[str]) -> list[str]:
    """Return the digits of numbers, each split at all but digits, points and commas: "404-1000"
    gives "404" and "1000", and "1,250.00" gives "125000"."""
    parts = [part for number in numbers for part in re.split(r"[^0-9.,]", number)]
    digits = [re.sub("[.,]", "", part) for part in parts]
    return [part for part in digits if part]


def measure(reader: Reader, photos: Sequence[Photo]) -> list[Result]:
    """Time the answer of a reader to every photo; an extra first call warms the reader up."""
    results = []
    for photo in photos[:1]:
        reader(photo.picture)
    for photo in photos:
        start = time.perf_counter()
        answer = reader(photo.picture)
        results.append(Result(photo, answer, time.perf_counter() - start))
    return results


def score(results: Iterable[Result]) -> Score:
    """Count over results; the head of this module defines the measures."""
    total = Score()
    for result in results:
        photo, answered = result.photo, result.answer.numbers
        truth, digits = split_digits(photo.numbers), split_digits(answered)
        total.photos += 1
        total.numbers.add(truth, digits)
        if photo.as_written:
            total.written.add(photo.numbers, answered)
        total.all_digits += len("".join(truth))
        total.digits_in_order += LCSseq.similarity("".join(truth), "".join(digits))
        total.photos_with_answer += any(answered)
        total.seconds.append(result.seconds)
        _count_digits(total, result)
    return total


def _count_digits(total: Score, result: Result) -> None:
    boxes, labels = result.answer.boxes, result.answer.labels
    if boxes is None or (result.photo.numbers and not result.photo.boxes):
        return
    pairs = metrics.match_boxes(result.photo.boxes, boxes)
    total.digits += len(result.photo.boxes)
    total.digits_detected += len(boxes)
    total.digits_located += len(pairs)
    if labels is not None:
        total.digits_correct += sum(result.photo.labels[i] == labels[j] for i, j in pairs)


def summary_table(results: dict[str, dict[str, list[Result]]]) -> str:
    """Return one row per reader and set with digits; `results` are by reader, then by set."""
    rows = [
        "| reader | set | exact | found | invented | as written: exact | found | invented "
        "| digits in order | located | precision | recall | ms |",
        "|---" * 13 + "|",
    ]
    for reader, sets in results.items():
        for name, set_results in sets.items():
            s = score(set_results)
            if s.numbers.count:
                cells = [
                    *_cells(s.numbers),
                    *_cells(s.written),
                    percent(s.digits_in_order, s.all_digits),
                    percent(s.digits_located, s.digits),
                    percent(s.digits_correct, s.digits_detected),
                    percent(s.digits_correct, s.digits),
                    f"{statistics.median(s.seconds) * 1000:.0f}",
                ]
                rows.append(f"| {reader} | {name} ({s.photos}) | {' | '.join(cells)} |")
    return "\n".join(rows)


def _cells(numbers: Numbers) -> list[str]:
    shares = (numbers.exact, numbers.photos), (numbers.found, numbers.count)
    return [percent(*share) for share in (*shares, (numbers.invented, numbers.count))]


def kinds_table(results: dict[str, list[Result]], title: str, cell: Callable[[Score], str]) -> str:
    """Return one row per kind of photo and one column per reader; `cell` formats a score."""
    rows = [f"| {title} | {' | '.join(results)} |", "|---|" + "---|" * len(results)]
    by_kind: dict[str, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for reader, reader_results in results.items():
        for result in reader_results:
            by_kind[result.photo.kind][reader].append(result)
    for kind, readers in [*by_kind.items(), ("all", results)]:
        cells = [cell(score(readers[reader])) for reader in results]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(rows)


def percent(part: int, whole: int) -> str:
    """Format a share with one decimal; "-" where the whole is 0."""
    return f"{100 * part / whole:.1f}%" if whole else "-"


def failure_sheet(results: dict[str, dict[str, list[Result]]]) -> np.ndarray:
    """Return all answers that are not exact as tiles of one picture, (H, W, 3) uint8."""
    tiles = [
        failure_tile(reader, result)
        for reader, sets in results.items()
        for set_results in sets.values()
        for result in set_results
        if not result.exact
    ]
    blank = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    tiles += [blank] * (-len(tiles) % COLUMNS or (COLUMNS if not tiles else 0))
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    return np.vstack(rows)


def failure_tile(reader: str, result: Result) -> np.ndarray:
    """Return one failure: the photo with the detected boxes, below the truth and the answer."""
    tile = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    picture = result.photo.picture.copy()
    thickness = max(1, max(picture.shape) // 400)
    for x, y, width, height in result.answer.boxes or []:
        ends = (round(x), round(y)), (round(x + width), round(y + height))
        cv2.rectangle(picture, *ends, (220, 30, 30), thickness)
    height, width = picture.shape[:2]
    scale = min((TILE[0] - 4) / width, (TILE[1] - CAPTION - 4) / height)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=interpolation)
    tile[CAPTION : CAPTION + small.shape[0], : small.shape[1]] = small
    truth = f"{reader}, {result.photo.kind}: {' '.join(result.photo.numbers) or 'nothing'}"
    answer = f"read: {' '.join(result.answer.numbers) or 'nothing'}"
    for y, text, colour in ((15, truth, (0, 0, 0)), (33, answer, (180, 0, 0))):
        cv2.putText(tile, text[:56], (3, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
    return tile

"""The photo reader: from a photo to the numbers in it, with a box for each digit.

It holds the networks with their device and calibration, finds the numbers in the text of each row,
and decides which of them to list. `photo.pipeline` runs the networks."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import torch

from digitdraw.device import CpuFallback
from digitdraw.languages import Message
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.layers import Normalized, fold_batch_norm
from digitdraw.models.weights import Weights
from digitdraw.photo import layout, numbers, orientation, pipeline
from digitdraw.photo.boxes import Box, union_box
from digitdraw.photo.fusion import FoundNumber, find_numbers
from digitdraw.photo.pipeline import Networks, Row
from digitdraw.photo.single_digit import Classify, read_single_digit
from digitdraw.prediction import Prediction, Verdict
from digitdraw.preprocessing.image_io import Source, load_photo

GLYPH_CLASSIFIER = "default"
"""The model that classifies each digit by itself."""
SMALLEST_SIDE = 12
"""A photo with a side of fewer pixels is too small to read."""
BLUR_SIDE = 448
"""Longer side in pixels of the copy on which blur is measured."""
MIN_CONTRAST = 0.02
"""Standard deviation of grey in [0, 1] below which there is nothing that could be blurred."""
BLURRED = 0.04
"""A photo is blurred if the deviation of its Laplacian is below this share of its contrast."""
Status = Literal["listed", "doubtful"]


@dataclass(frozen=True, eq=False)
class ReadDigit:
    """One digit of a photo or of a drawing.

    box         (x, y, width, height) in pixels of the upright photo, or in the drawing's unit
    prediction  what it was read as
    number      index of its number in the reading; -1 for a digit of a doubtful number
    parts       its parts of the strokes that have points, as (stroke, start, end): the points
                `start` to `end` - 1. Empty for a photo"""

    box: Box
    prediction: Prediction
    number: int
    parts: tuple[tuple[int, int, int], ...] = ()

    @property
    def label(self) -> int:
        """The likeliest digit, even if the verdict is "unsure"."""
        return self.prediction.ranking[0]


@dataclass(frozen=True, eq=False)
class NumberItem:
    """A number of a photo.

    text        as written: "12.50", "24.03.2026", "-5"
    confidence  probability in [0, 1] that the text is correct
    status      "listed", or "doubtful" where its weakest digit is improbable
    box         (x, y, width, height) around its digits, in pixels of the upright photo
    line        line of the page, from 0 at the top
    column      column of the table, or place in the line, from 0 at the left
    digits      its digits, from left to right"""

    text: str
    confidence: float
    status: Status
    box: Box
    line: int
    column: int
    digits: tuple[ReadDigit, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a photo says.

    items   all numbers, line by line, from left to right
    text    one line of text for each line of the page, without words
    reason  why no number is listed, in a sentence; empty if one is
    turned  degrees, clockwise, by which the photo was turned to be upright: 0, 90, 180 or 270. All
            boxes are in pixels of the turned photo"""

    items: tuple[NumberItem, ...]
    text: str = ""
    reason: str = ""
    turned: int = 0

    @property
    def listed(self) -> tuple[NumberItem, ...]:
        """The items that are not doubtful."""
        return tuple(item for item in self.items if item.status == "listed")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The texts of the listed items."""
        return tuple(item.text for item in self.listed)

    @property
    def confidences(self) -> tuple[float, ...]:
        """The confidences of the listed items."""
        return tuple(item.confidence for item in self.listed)

    @property
    def digits(self) -> tuple[ReadDigit, ...]:
        """All digits of the listed items, number by number."""
        return tuple(digit for item in self.listed for digit in item.digits)

    def as_dict(self) -> dict[str, Any]:
        """Return all but the glyphs, ready for JSON."""
        return {
            "reason": str(self.reason),  # programs get English
            "text": self.text,
            "turned": self.turned,
            "numbers": [
                {"number": item.text, "confidence": item.confidence, "box": list(item.box)}
                for item in self.listed
            ],
            "items": [
                {name: value for name, value in vars(item).items() if name != "digits"}
                for item in self.items
            ],
            "digits": [
                {"box": list(digit.box), "number": digit.number, **digit.prediction.as_dict()}
                for digit in self.digits
            ],
        }


@dataclass(frozen=True)
class _Page:
    """An image, (H, W) float32, turned clockwise by `turn` quarters, and what was read in it."""

    grey: np.ndarray
    rows: list[Row]
    numbers: list[FoundNumber]
    turn: int


class PhotoReader:
    """The detector, line recognizer and classifier on a device. Many threads may use it at once."""

    def __init__(
        self,
        detector: Weights,
        orientation_network: Weights,
        line_recognizer: Weights,
        classifier: Weights,
        device: torch.device,
        classify: Classify | None = None,
    ) -> None:
        """Take over the networks of the weights. `classify` is the `predict` of a glyph classifier
        that rejects non-digits. On a page without numbers, it gets a say about clean images of a
        single digit. Without it, such a page reads as empty."""
        self.calibration = PhotoCalibration(**vars(line_recognizer.calibration))
        self._classify = classify
        networks = prepare_networks(detector, line_recognizer, classifier)
        orienting = fold_batch_norm(orientation_network.network).requires_grad_(False)
        self._fallback = CpuFallback((*networks, orienting), device, "")

    def read(self, image: Source, is_upright: bool = False) -> Reading:
        """Read the numbers of a photo, maybe none. One that `is_upright` is never turned. Raises
        BadImageError as `load_photo` does."""
        return self.read_batch([load_photo(image)], is_upright)[0]

    def read_batch(
        self, photos: Sequence[tuple[np.ndarray, float]], is_upright: bool = False
    ) -> list[Reading]:
        """Read photos as `load_photo` returns them. A GPU reads them faster in one batch. Raises
        BadImageError if one of them shows more than `detection.MAX_DIGITS` digits."""
        pages = self._read_pages([grey for grey, _ in photos])
        if not is_upright:
            pages = [self._upright(page) for page in pages]
        return [self._reading(page, pixel) for page, (_, pixel) in zip(pages, photos, strict=True)]

    def _read_pages(self, images: Sequence[np.ndarray], turn: int = 0) -> list[_Page]:
        """Turn images, (H, W) float32, by `turn` quarters, and find their numbers."""
        images = [orientation.turned(grey, turn) for grey in images]
        pages = self._fallback.run(
            lambda *networks: pipeline.read_rows(images, Networks(*networks[:-1]))
        )
        found = [[find_numbers(row, self.calibration) for row in rows] for rows in pages]
        return [
            _Page(grey, rows, list(itertools.chain.from_iterable(numbers)), turn)
            for grey, rows, numbers in zip(images, pages, found, strict=True)
        ]

    def _upright(self, page: _Page) -> _Page:
        """Return a page, turned if the orientation network says so and it reads better then."""
        if not page.rows or orientation.is_clear(page.numbers):
            return page
        boxes = np.concatenate([row.detected for row in page.rows])
        patches = orientation.patches(page.grey, boxes)
        turn = self._fallback.run(lambda *networks: orientation.turn_of(patches, networks[-1]))
        if not turn:
            return page
        (better,) = self._read_pages([page.grey], 4 - turn)
        before, after = map(orientation.likely_digits, (page.numbers, better.numbers))
        return better if after - before > orientation.GAIN else page

    def _reading(self, page: _Page, pixel: float) -> Reading:
        """Decide about the numbers of a photo; `pixel` is the size of a pixel in photo pixels."""
        found = page.numbers
        boxes = [union_box(number.row.boxes[number.digits]) for number in found]
        on_lines = [number.row.line for number in found]
        columns = layout.columns_of(np.array(boxes).reshape(-1, 4), on_lines)
        items: list[NumberItem] = []
        count = 0
        for number, box, column in zip(found, boxes, columns, strict=True):
            is_listed = number.is_listed(self.calibration)
            items.append(self._item(number, _scaled(box, pixel), column, count, is_listed, pixel))
            count += is_listed
        single = self._read_single_digit(page.grey) if not count else None
        if single:
            items, count = [_single(_scaled(single[0], pixel), single[1])], 1
        reason = "" if count else _reason(page.grey, pixel)
        return Reading(tuple(items), _page_text(page.rows), reason, 90 * page.turn)

    def _read_single_digit(self, grey: np.ndarray) -> tuple[Box, Prediction] | None:
        return read_single_digit(grey, self._classify) if self._classify else None

    def _item(
        self, found: FoundNumber, box: Box, column: int, number: int, is_listed: bool, pixel: float
    ) -> NumberItem:
        digits = tuple(
            ReadDigit(
                _scaled(found.row.boxes[index], pixel),
                self._prediction(found.form, bars, found.row.glyphs[index]),
                number if is_listed else -1,
            )
            for index, bars in zip(found.digits, found.probabilities, strict=True)
        )
        status: Status = "listed" if is_listed else "doubtful"
        return NumberItem(found.text, found.confidence, status, box, found.row.line, column, digits)

    def _prediction(
        self, digitness: float, probabilities: np.ndarray, glyph: np.ndarray
    ) -> Prediction:
        confidence = float(probabilities.max())
        is_sure = confidence >= self.calibration.min_confidence
        verdict: Verdict = "digit" if is_sure else "unsure"
        digit = int(probabilities.argmax()) if is_sure else None
        return Prediction(
            digit, tuple(probabilities.tolist()), confidence, float(digitness), verdict, glyph
        )


def prepare_networks(detector: Weights, line_recognizer: Weights, classifier: Weights) -> Networks:
    """Return the networks with batch norm folded in. This changes the given networks."""
    detect, recognize, classify = (
        fold_batch_norm(weights.network).requires_grad_(False)
        for weights in (detector, line_recognizer, classifier)
    )
    return Networks(detect, recognize, Normalized(classify, classifier.mean, classifier.std))


def _scaled(box: Sequence[float] | np.ndarray, scale: float) -> Box:
    x, y, width, height = (float(side) * scale for side in box)
    return x, y, width, height


def _single(box: Box, prediction: Prediction) -> NumberItem:
    """Return the item of an image of a single digit."""
    confidence = prediction.confidence * prediction.digitness
    digits = (ReadDigit(box, prediction, 0),)
    return NumberItem(str(prediction.ranking[0]), confidence, "listed", box, 0, 0, digits)


def _page_text(rows: Sequence[Row]) -> str:
    """Return the text of a page, one line for each of its lines with anything but words."""
    lines: dict[int, list[str]] = {}
    for row in rows:
        lines.setdefault(row.line, []).append(numbers.clean(row.transcript.text))
    return "\n".join(line for texts in lines.values() if (line := " ".join(filter(None, texts))))


def _reason(grey: np.ndarray, pixel: float) -> Message:
    """Return a sentence that says why no digits were found in a photo."""
    height, width = (round(side * pixel) for side in grey.shape)
    if min(width, height) < SMALLEST_SIDE:
        return Message("photo.too_small", width=width, height=height)
    scale = min(1.0, BLUR_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    contrast = float(small.std())
    # A sharp edge changes from one pixel to the next, a blurred one over many.
    sharpness = float(cv2.Laplacian(small, cv2.CV_32F).std())
    if contrast > MIN_CONTRAST and sharpness < BLURRED * contrast:
        return Message("photo.blurred")
    return Message("photo.no_digits")

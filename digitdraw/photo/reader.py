"""The photo reader: from a photo to the numbers in it, with a box for each digit.

It holds the networks with their device and calibration, fuses their scores, and decides which
digits to accept. `photo.pipeline` runs the networks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch

from digitdraw.device import CpuFallback
from digitdraw.languages import Message
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.layers import Normalized, fold_batch_norm
from digitdraw.models.weights import Weights
from digitdraw.photo import pipeline
from digitdraw.photo.boxes import Box, union_box
from digitdraw.photo.fusion import NumberHypothesis, fuse_scores, page_probability, sigmoid
from digitdraw.photo.pipeline import Networks
from digitdraw.photo.single_digit import Classify, classifier_agrees, read_single_digit
from digitdraw.prediction import Prediction, Verdict
from digitdraw.preprocessing.image_io import Source, load_photo

log = logging.getLogger(__name__)

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
_CONFIRMED_DIGITNESS, _CONFIRMED_NEIGHBOUR = 0.3, 0.1
"""On a page without accepted digits, a digit that the classifier confirms is accepted with the
first digitness, and then confirmed digits of its number with the second."""
_Scores = tuple[np.ndarray, np.ndarray]
"""Digitness (n,) and probabilities (n, 10) of the digits of a number."""


@dataclass(frozen=True, eq=False)
class ReadDigit:
    """One digit of a photo.

    box         (x, y, width, height) in pixels of the upright photo
    prediction  what it was read as
    number      index of its number in the reading"""

    box: Box
    prediction: Prediction
    number: int

    @property
    def label(self) -> int:
        """The likeliest digit, even if the verdict is "unsure"."""
        return self.prediction.ranking[0]


@dataclass(frozen=True, eq=False)
class Reading:
    """The numbers of a photo.

    numbers      from top to bottom, then from left to right
    confidences  for each number, the probability in [0, 1] that all its digits are correct
    digits       all digits, number by number
    reason       why there are no numbers, in a sentence; empty if there are some"""

    numbers: tuple[str, ...]
    confidences: tuple[float, ...]
    digits: tuple[ReadDigit, ...]
    reason: str = ""

    def box_of(self, number: int) -> Box:
        """Return the box around all digits of the number with that index."""
        boxes = np.array([digit.box for digit in self.digits if digit.number == number])
        return _scaled(union_box(boxes), 1)

    def as_dict(self) -> dict[str, Any]:
        """Return all but the glyphs, ready for JSON."""
        numbers = zip(self.numbers, self.confidences, strict=True)
        return {
            "reason": str(self.reason),  # programs get English
            "numbers": [
                {"number": number, "confidence": confidence, "box": list(self.box_of(index))}
                for index, (number, confidence) in enumerate(numbers)
            ],
            "digits": [
                {"box": list(digit.box), "number": digit.number, **digit.prediction.as_dict()}
                for digit in self.digits
            ],
        }


class PhotoReader:
    """The detector, line recognizer and classifier on a device. Many threads may use it at once."""

    def __init__(
        self,
        detector: Weights,
        line_recognizer: Weights,
        classifier: Weights,
        device: torch.device,
        classify: Classify | None = None,
    ) -> None:
        """Take over the networks of the weights. `classify` is the `predict` of a glyph classifier
        that rejects non-digits. On a page without accepted digits, it gets a say about doubtful
        digits and about clean images of a single digit. Without it, such a page reads as empty."""
        self.calibration = PhotoCalibration(**vars(line_recognizer.calibration))
        self._classify = classify
        networks = prepare_networks(detector, line_recognizer, classifier)
        self._fallback = CpuFallback(networks, device, "")

    def read(self, image: Source) -> Reading:
        """Read the numbers of a photo, maybe none. Raises BadImageError as `load_photo` does."""
        return self.read_batch([load_photo(image)])[0]

    def read_batch(self, photos: Sequence[tuple[np.ndarray, float]]) -> list[Reading]:
        """Read photos as `load_photo` returns them. A GPU reads them faster in one batch. Raises
        BadImageError if one of them shows more than `detection.MAX_DIGITS` digits."""
        images = [grey for grey, _ in photos]
        pages = self._fallback.run(
            lambda *networks: pipeline.number_hypotheses(images, Networks(*networks))
        )
        return [self._reading(*photo, page) for photo, page in zip(photos, pages, strict=True)]

    def _reading(self, grey: np.ndarray, pixel: float, numbers: list[NumberHypothesis]) -> Reading:
        """Decide about the numbers of a photo; `pixel` is the size of a pixel in photo pixels."""
        scored = [self._scores(number) for number in numbers]
        accepted = self._accepted([digitness for digitness, _ in scored])
        if self._classify and not any(index.size for index in accepted):
            accepted = self._confirmed_on_page(numbers, scored, self._classify)
        digits: list[ReadDigit] = []
        count = 0
        for number, scores, index in zip(numbers, scored, accepted, strict=True):
            for i in index:
                prediction = self._prediction(scores[0][i], scores[1][i], number.glyphs[i])
                digits.append(ReadDigit(_scaled(number.boxes[i], pixel), prediction, count))
            count += bool(index.size)
        if not digits and self._classify and (single := read_single_digit(grey, self._classify)):
            digits, count = [ReadDigit(_scaled(single[0], pixel), single[1], 0)], 1
        return _assemble(tuple(digits), count, "" if digits else _reason(grey, pixel))

    def _scores(self, number: NumberHypothesis) -> _Scores:
        """Return the digitness of each digit, (n,), and its probabilities, (n, 10)."""
        logits = number.ctc_logits, number.detector_logits, number.classifier_logits
        digit_logits, digitness = fuse_scores(*logits, number.features, self.calibration)
        return sigmoid(digitness), torch.from_numpy(digit_logits).double().softmax(1).numpy()

    def _accepted(self, digitness: list[np.ndarray]) -> list[np.ndarray]:
        """Return the indices of the accepted digits of each number, given their digitness, (n,). A
        doubtful digit is accepted beside a confident one, but not alone (hysteresis, as Canny 1986
        uses for edges). None is accepted on a page that more likely has none."""
        c = self.calibration
        best = [scores.max(initial=0) for scores in digitness]
        on_page = np.concatenate([np.zeros(0), *digitness])
        if on_page.size and page_probability(on_page, c) < c.min_page:
            best = [0] * len(digitness)
        return [
            np.flatnonzero((scores >= c.min_digitness) & (top >= c.min_number) & (top > 0))
            for scores, top in zip(digitness, best, strict=True)
        ]

    def _confirmed_on_page(
        self, numbers: list[NumberHypothesis], scored: list[_Scores], classify: Classify
    ) -> list[np.ndarray]:
        """Return the indices of the confirmed digits of each number on a page with none accepted;
        none if less than half of all are confirmed: in a word, some letters look like ones."""
        pairs = zip(numbers, scored, strict=True)
        confirmed = [_confirmed(number, *scores, classify) for number, scores in pairs]
        are_most = 2 * sum(map(len, confirmed)) >= sum(len(digitness) for digitness, _ in scored)
        return confirmed if are_most else [index[:0] for index in confirmed]

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


def _confirmed(
    number: NumberHypothesis, digitness: np.ndarray, probabilities: np.ndarray, classify: Classify
) -> np.ndarray:
    """Return the indices of the digits of a number that the classifier confirms. Their glyphs are
    whole, they are not too unlikely, and the classifier confidently gives the same digit."""
    index = np.flatnonzero(number.is_whole & (digitness >= _CONFIRMED_NEIGHBOUR))
    labels = probabilities[index].argmax(axis=1)
    index = index[classifier_agrees(number.glyphs[index], labels, classify)]
    return index if (digitness[index] >= _CONFIRMED_DIGITNESS).any() else index[:0]


def _scaled(box: Sequence[float] | np.ndarray, scale: float) -> Box:
    x, y, width, height = (float(side) * scale for side in box)
    return x, y, width, height


def _assemble(digits: tuple[ReadDigit, ...], count: int, reason: str) -> Reading:
    """Return the reading with `count` numbers, spelled by their digits."""
    numbers, confidences = [""] * count, [1.0] * count
    for digit in digits:
        numbers[digit.number] += str(digit.label)
        confidences[digit.number] *= digit.prediction.confidence * digit.prediction.digitness
    return Reading(tuple(numbers), tuple(confidences), digits, reason)


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

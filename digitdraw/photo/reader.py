"""A photo -> the numbers in it, each digit with its box: finds, lines, strips, then sequences.

Knows the networks, their device and calibration, and what a reading is. What is found is
`finder`'s, which finds are one number `lines`', how it is cut out `strips`', what it says
`sequences`', and what each of its digits is by itself `strip_glyphs`'.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch

from digitdraw.device import CpuFallback
from digitdraw.models import weights
from digitdraw.models.layers import Normalized, fold_batch_norm
from digitdraw.photo import pipeline
from digitdraw.photo.fusion import NumberHypothesis, fuse_scores, page_probability, sigmoid
from digitdraw.photo.pipeline import Networks
from digitdraw.photo.single_digit import Classifier, classifier_agrees, read_single_digit
from digitdraw.prediction import Prediction, Verdict
from digitdraw.preprocessing.image_io import Source, load_photo

__all__ = ["GLYPH_CLASSIFIER", "PhotoReader", "ReadDigit", "Reading", "prepare_networks"]

log = logging.getLogger(__name__)

GLYPH_CLASSIFIER = "default"
"""The model that tells what each digit is by itself."""

_DOUBTED, _MUCH_DOUBTED = 0.3, 0.1
"""Where none is believed, one that the judge is sure of is, if it has at least the first chance of
being a digit; and then others of its number, if they have the second."""

SMALLEST_SIDE = 12
"""A picture with a side of fewer pixels is too small to read."""

BLUR_SIDE = 448
"""Longer side, in pixels, at which a picture is judged to be blurred."""

FAINT = 0.02
"""Standard deviation of grey below which there is nothing that could be blurred."""

BLURRED = 0.04
"""Deviation of the Laplacian, in deviations of grey, below which a picture is blurred."""


@dataclass(frozen=True, eq=False)
class ReadDigit:
    """One digit of a photo: `box` (x, y, width, height) in pixels of the upright photo, what it
    was taken for, and the index of its `number` in the reading."""

    box: tuple[float, float, float, float]
    prediction: Prediction
    number: int

    @property
    def label(self) -> int:
        """The likeliest digit, sure or not."""
        return self.prediction.ranking[0]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a photo says: `numbers` from top to bottom, then left to right; of each the chance
    in [0, 1] that all of it is right, in `confidences`; and the `digits`, number by number.
    Where there is none, `reason` says in a sentence what may be why; else it is empty."""

    numbers: tuple[str, ...]
    confidences: tuple[float, ...]
    digits: tuple[ReadDigit, ...]
    reason: str = ""

    def box_of(self, number: int) -> tuple[float, float, float, float]:
        """The box around all digits of the number of that index."""
        boxes = np.array([each.box for each in self.digits if each.number == number])
        low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
        return (*low.tolist(), *(high - low).tolist())

    def as_dict(self) -> dict[str, Any]:
        """All but the glyphs, ready for JSON."""
        return {
            "reason": self.reason,
            "numbers": [
                {"number": number, "confidence": confidence, "box": list(self.box_of(index))}
                for index, (number, confidence) in enumerate(
                    zip(self.numbers, self.confidences, strict=True)
                )
            ],
            "digits": [
                {"box": list(each.box), "number": each.number, **each.prediction.as_dict()}
                for each in self.digits
            ],
        }


class PhotoReader:
    """The loaded networks on a device: one finds digits, one reads the numbers that they make up,
    one tells what each digit is by itself. Safe to call from many threads at once."""

    def __init__(
        self,
        found_by: weights.Weights,
        read_by: weights.Weights,
        told_by: weights.Weights,
        device: torch.device,
        judge: Classifier | None = None,
    ) -> None:
        """Where `judge` is given, it is asked where they believe in no digit: about those that they
        doubt, and about clean pictures."""
        self.calibration = read_by.calibration
        self._judge = judge
        networks = prepare_networks(found_by, read_by, told_by)
        self._fallback = CpuFallback(networks, device, "")

    def read(self, image: Source) -> Reading:
        """The numbers of a photo; none where there is no digit in it.

        Raises BadImageError as `pictures.load_grey` does.
        """
        return self.read_batch([load_photo(image)])[0]

    def read_batch(self, photos: Sequence[tuple[np.ndarray, float]]) -> list[Reading]:
        """Readings of photos as `pictures.load_photo` returns them; a GPU reads them faster
        together."""
        greys = [grey for grey, _ in photos]
        numbers = self._fallback.run(
            lambda *networks: pipeline.number_hypotheses(greys, Networks(*networks))
        )
        return [self._reading(*each) for each in zip(photos, numbers, strict=True)]

    def _reading(self, photo: tuple[np.ndarray, float], numbers: list[NumberHypothesis]) -> Reading:
        grey, pixel = photo
        digits: list[ReadDigit] = []
        count = 0
        judged = [self._chances(number) for number in numbers]
        chosen = self._kept([scores for scores, _ in judged])
        if self._judge and not any(each.size for each in chosen):
            chosen = self._alone(numbers, judged)
        for number, (scores, bars), kept in zip(numbers, judged, chosen, strict=True):
            for i in kept:
                box = tuple(float(side) * pixel for side in number.boxes[i])
                read = self._predict(scores[i], bars[i], number.glyphs[i])
                digits.append(ReadDigit(box, read, count))
            count += bool(kept.size)
        if not digits and self._judge and (alone := read_single_digit(grey, self._judge)):
            box, prediction = alone
            digits = [ReadDigit(tuple(side * pixel for side in box), prediction, 0)]
            count = 1
        return _reading(tuple(digits), count, "" if digits else _why_nothing(grey, pixel))

    def _chances(self, number: NumberHypothesis) -> tuple[np.ndarray, np.ndarray]:
        """Of each digit of a number, how likely it is one, (n,), and which, (n, 10)."""
        said = number.logits, number.classes, number.told, number.evidence
        which, digitness = fuse_scores(*said, self.calibration)
        return sigmoid(digitness), torch.from_numpy(which).double().softmax(1).numpy()

    def _kept(self, scores: list[np.ndarray]) -> list[np.ndarray]:
        """Of each number, given how likely its digits are some, (n,), the indices of those that
        are believed: one that is doubtful where others beside it are sure, but not by itself
        (thresholds with hysteresis, as Canny 1986 has them for edges); none on a page that is
        likelier to have none."""
        used = self.calibration
        surest = [each.max(initial=0) for each in scores]
        every = np.concatenate([np.zeros(0), *scores])
        if every.size and page_probability(every, used) < used.min_page:
            surest = [0] * len(scores)
        return [
            np.flatnonzero((each >= used.min_digitness) & (top >= used.min_number) & (top > 0))
            for each, top in zip(scores, surest, strict=True)
        ]

    def _alone(
        self, numbers: list[NumberHypothesis], judged: list[tuple[np.ndarray, np.ndarray]]
    ) -> list[np.ndarray]:
        """Of each number on a page on which none is believed, the indices of the digits that the
        judge is sure of; none if they are the lesser part of all that may be digits there, for of
        the letters of a word some are like ones."""
        agreed_on = [self._agreed(*each) for each in zip(numbers, judged, strict=True)]
        most = 2 * sum(map(len, agreed_on)) >= sum(len(scores) for scores, _ in judged)
        return agreed_on if most else [each[:0] for each in agreed_on]

    def _agreed(self, number: NumberHypothesis, said: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """The indices of a number's digits that are whole, not too unlikely, and for the judge, who
        looks at each by itself, digits for sure: what stands alone on a page all else doubts."""
        scores, bars = said
        some = np.flatnonzero(number.whole & (scores >= _MUCH_DOUBTED))
        some = some[classifier_agrees(number.glyphs[some], bars[some].argmax(axis=1), self._judge)]
        return some if (scores[some] >= _DOUBTED).any() else some[:0]

    def _predict(self, score: float, bars: np.ndarray, glyph: np.ndarray) -> Prediction:
        confidence = float(bars.max())
        sure = confidence >= self.calibration.min_confidence
        verdict: Verdict = "digit" if sure else "unsure"
        digit = int(bars.argmax()) if sure else None
        return Prediction(digit, tuple(bars.tolist()), confidence, float(score), verdict, glyph)


def prepare_networks(
    found_by: weights.Weights, read_by: weights.Weights, told_by: weights.Weights
) -> Networks:
    """The networks as they answer fastest; those that are given are used up by it."""
    find, read, tell = (
        fold_batch_norm(each.network).requires_grad_(False) for each in (found_by, read_by, told_by)
    )
    return Networks(find, read, Normalized(tell, told_by.mean, told_by.std))


def _reading(digits: tuple[ReadDigit, ...], count: int, reason: str) -> Reading:
    numbers, confidences = [""] * count, [1.0] * count
    for each in digits:
        numbers[each.number] += str(each.label)
        confidences[each.number] *= each.prediction.confidence * each.prediction.digitness
    return Reading(tuple(numbers), tuple(confidences), digits, reason)


def _why_nothing(grey: np.ndarray, pixel: float) -> str:
    """What may be why a photo has no digits that could be found."""
    height, width = (round(side * pixel) for side in grey.shape)
    if min(width, height) < SMALLEST_SIDE:
        return f"The picture is too small to read: {width} x {height} pixels."
    scale = min(1.0, BLUR_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    contrast = float(small.std())
    # A sharp edge changes from one pixel to the next, a blurred one over many.
    if contrast > FAINT and float(cv2.Laplacian(small, cv2.CV_32F).std()) < BLURRED * contrast:
        return "The picture is too blurred to read."
    return "No digits were found in the picture."

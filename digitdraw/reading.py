"""A photo -> the numbers in it, each digit with its box: finds, then lines, then answers.

Knows the finder, its device and calibration, and what a reading is; the geometry of lines is
`lines`', that of the network's maps `finder`'s.
"""

import copy
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch

from digitdraw import finder, lines, weights
from digitdraw.finder import Finds
from digitdraw.models import fold_batch_norm
from digitdraw.pictures import Source, load_photo
from digitdraw.prediction import Prediction, Verdict

__all__ = ["ReadDigit", "Reader", "Reading"]

log = logging.getLogger(__name__)

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


class Reader:
    """The loaded finder on a device, and the judge that looks at its finds again; without one
    the finder's word is taken. Safe to call from many threads at once."""

    def __init__(
        self, found_by: weights.Weights, device: torch.device, judged_by: weights.Weights | None
    ) -> None:
        self.calibration = (judged_by or found_by).calibration
        self._lowest = finder.DOUBTFUL if judged_by else self.calibration.min_digitness
        network = fold_batch_norm(found_by.network).requires_grad_(False)
        # For the day the GPU fails or its memory is full: then it is too late to copy from it.
        self._spare = copy.deepcopy(network) if device.type != "cpu" else network
        self._network = network.to(device, memory_format=torch.channels_last)
        # Some dozens of glyphs a photo: not worth a way to the GPU and back.
        self._judge = judged_by and fold_batch_norm(judged_by.network).requires_grad_(False)
        self._moving = threading.Lock()

    def read(self, image: Source) -> Reading:
        """The numbers of a photo; none where there is no digit in it.

        Raises BadImageError as `pictures.load_grey` does.
        """
        return self.read_batch([load_photo(image)])[0]

    def read_batch(self, photos: Sequence[tuple[np.ndarray, float]]) -> list[Reading]:
        """Readings of photos as `pictures.load_photo` returns them; a GPU reads them faster
        together."""
        found = self._find([grey for grey, _ in photos])
        return [self._read(*photo, each) for photo, each in zip(photos, found, strict=True)]

    def _read(self, grey: np.ndarray, pixel: float, found: Finds) -> Reading:
        cuts = [finder.cut_out(grey, box) for box in found.boxes]
        scores, bars = self._chances(found, cuts)
        kept = np.flatnonzero(scores >= self.calibration.min_digitness)
        order = lines.group(found.boxes[kept])
        digits = []
        for number, members in enumerate(order):
            for i in kept[members]:
                box = tuple(float(side) * pixel for side in found.boxes[i])
                digits.append(ReadDigit(box, self._predict(scores[i], bars[i], cuts[i]), number))
        return _reading(tuple(digits), len(order), "" if digits else _why_nothing(grey, pixel))

    @torch.inference_mode()
    def _chances(self, found: Finds, cuts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Of each find how likely it is a digit, (n,), and which, (n, 10)."""
        if self._judge is None or not cuts:
            scores, logits = found.scores, found.logits
        else:
            second = self._judge(torch.from_numpy(np.stack(cuts))[:, None]).numpy()
            both = finder.together(found, second)
            spread = self.calibration.digitness_temperature
            scores, logits = 1 / (1 + np.exp(-both[:, 10] / spread)), both[:, :10]
        bars = torch.from_numpy(logits).double().div(self.calibration.temperature).softmax(1)
        return scores, bars.numpy()

    def _find(self, greys: Sequence[np.ndarray]) -> list[Finds]:
        network = self._network
        try:
            return finder.find_all(greys, network, self._lowest)
        except RuntimeError as error:  # of which kind depends on the library that met it
            if network is self._spare:
                raise
            with self._moving:
                self._network = self._spare
            log.warning("photos are read on the CPU, because of %s", type(error).__name__)
            return self._find(greys)

    def _predict(self, score: float, bars: np.ndarray, glyph: np.ndarray) -> Prediction:
        confidence = float(bars.max())
        sure = confidence >= self.calibration.min_confidence
        verdict: Verdict = "digit" if sure else "unsure"
        digit = int(bars.argmax()) if sure else None
        return Prediction(digit, tuple(bars.tolist()), confidence, float(score), verdict, glyph)


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

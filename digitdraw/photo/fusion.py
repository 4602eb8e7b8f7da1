"""Fuses what the line recognizer and the classifier say about the numbers of a row.

The sum of their weighted logits decides which digit is which (a logarithmic opinion pool, Heskes
1998). The line recognizer alone says where numbers are. `training.photo_calibration` fits the
weights."""

from dataclasses import dataclass

import numpy as np
import torch

from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo.pipeline import Row


@dataclass(frozen=True)
class FoundNumber:
    """A number in the text of a row, with n digits.

    row            the row
    text           as written
    confidence     probability in [0, 1] that the text is correct
    form           probability in [0, 1] that there is a number with as many digits
    digits         (n,), indices into the digits of the row
    probabilities  (n, 10), which digit each is"""

    row: Row
    text: str
    confidence: float
    form: float
    digits: np.ndarray
    probabilities: np.ndarray

    @property
    def weakest_digit(self) -> float:
        """Probability in [0, 1] of the least probable digit: its share in the form, times that it
        is this digit. All digits have the same share, the geometric mean. So a long number does not
        count as doubtful for its length alone, although its `confidence` is lower."""
        share = self.form ** (1 / len(self.digits))
        return share * float(self.probabilities.max(axis=1).min())

    def is_listed(self, calibration: PhotoCalibration) -> bool:
        """Return whether the number is probable enough to be listed; otherwise it is doubtful."""
        return self.weakest_digit >= calibration.min_digit


def find_numbers(row: Row, calibration: PhotoCalibration) -> list[FoundNumber]:
    """Return the numbers in a row, from left to right."""
    c = calibration
    logits = row.digit_logits / c.temperature + c.classifier_weight * row.classifier_logits
    probabilities, own = _softmax(logits), _softmax(row.digit_logits)
    found = []
    for (start, end), log_p in zip(row.numbers, row.number_log_p, strict=True):
        digits = np.flatnonzero((row.digits >= start) & (row.digits < end))
        # First that it is a number of this form, then that each digit is the one that is meant.
        log_form = log_p - np.log(own[digits].max(axis=1)).sum()
        form = min(1.0, float(np.exp(log_form / c.digitness_temperature)))
        confidence = form * float(probabilities[digits].max(axis=1).prod())
        text = list(row.transcript.text[start:end])
        for index, label in zip(digits, probabilities[digits].argmax(axis=1), strict=True):
            text[row.digits[index] - start] = alphabet.DIGITS[label]
        found.append(
            FoundNumber(row, "".join(text), confidence, form, digits, probabilities[digits])
        )
    return found


def _softmax(logits: np.ndarray) -> np.ndarray:
    return torch.from_numpy(np.asarray(logits, np.float64)).softmax(1).numpy()

"""Defines `Prediction`, the result for one glyph."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Verdict = Literal["digit", "label", "unsure", "not a digit", "blank"]
_TEN_DIGITS = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class Prediction:
    """The classifier's result for one glyph.

    digit          0..9 if the verdict is "digit", else None
    probabilities  one calibrated probability for each class; they sum to 1; index = digit
    confidence     the largest probability
    digitness      probability that the glyph is a digit at all, in [0, 1]
    verdict        "digit", "unsure" (low confidence), "not a digit" or "blank"; "label" in place
                   of "digit" if the model has other classes than the ten digits
    glyph          (side, side) float32 in [0, 1], the model's input; 28x28 for digits
    classes        names of the classes, one for each of `probabilities`"""

    digit: int | None
    probabilities: tuple[float, ...]
    confidence: float
    digitness: float
    verdict: Verdict
    glyph: np.ndarray
    classes: tuple[str, ...] = _TEN_DIGITS

    @property
    def label(self) -> str | None:
        """Name of the class if the verdict is "digit" or "label", else None."""
        return self.classes[self.ranking[0]] if self.verdict in ("digit", "label") else None

    @property
    def ranking(self) -> tuple[int, ...]:
        """The ten digits, most probable first, or the indices of other classes.

        Ties keep the order of the classes."""
        count = len(self.probabilities)
        return tuple(sorted(range(count), key=lambda index: -self.probabilities[index]))

    @property
    def runner_up(self) -> int | None:
        """The second of `ranking`; None for a blank."""
        return None if self.verdict == "blank" else self.ranking[1]

    def as_dict(self) -> dict[str, Any]:
        """Return all fields except the glyph, ready for JSON.

        Label and classes are left out for the ten digits, whose answer has all there is."""
        named = {"label": self.label, "classes": list(self.classes)}
        return {
            "digit": self.digit,
            "verdict": self.verdict,
            "confidence": self.confidence,
            "digitness": self.digitness,
            "probabilities": list(self.probabilities),
            **(named if self.classes != _TEN_DIGITS else {}),
        }

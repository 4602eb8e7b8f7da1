"""Defines `Prediction`, the result for one glyph."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Verdict = Literal["digit", "unsure", "not a digit", "blank"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """The classifier's result for one glyph.

    digit          0..9 if the verdict is "digit", else None
    probabilities  ten calibrated probabilities that sum to 1, index = digit
    confidence     the largest probability
    digitness      probability that the glyph is a digit at all, in [0, 1]
    verdict        "digit", "unsure" (low confidence), "not a digit" or "blank"
    glyph          (28, 28) float32 in [0, 1], the model's input"""

    digit: int | None
    probabilities: tuple[float, ...]
    confidence: float
    digitness: float
    verdict: Verdict
    glyph: np.ndarray

    @property
    def ranking(self) -> tuple[int, ...]:
        """The ten digits, most probable first. Ties keep the order of the digits."""
        return tuple(sorted(range(10), key=lambda digit: -self.probabilities[digit]))

    @property
    def runner_up(self) -> int | None:
        """The second most probable digit; None for a blank."""
        return None if self.verdict == "blank" else self.ranking[1]

    def as_dict(self) -> dict[str, Any]:
        """Return all fields except the glyph, ready for JSON."""
        return {
            "digit": self.digit,
            "verdict": self.verdict,
            "confidence": self.confidence,
            "digitness": self.digitness,
            "probabilities": list(self.probabilities),
        }

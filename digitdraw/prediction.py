"""What an answer is: the prediction for one glyph. Plain data; knows no network and no page."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = ["Prediction", "Verdict"]

Verdict = Literal["digit", "unsure", "not a digit", "blank"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one glyph was taken for.

    digit          0..9 where the verdict is "digit", else None
    probabilities  ten floats that sum to 1, index = digit; calibrated
    confidence     the largest of them
    digitness      0..1, how much this is a digit at all
    verdict        "digit", "unsure" (two digits are too close), "not a digit" or "blank"
    glyph          (28, 28) float32 in [0, 1], what the model saw
    """

    digit: int | None
    probabilities: tuple[float, ...]
    confidence: float
    digitness: float
    verdict: Verdict
    glyph: np.ndarray

    @property
    def ranking(self) -> tuple[int, ...]:
        """The ten digits, likeliest first; equal ones in their order."""
        return tuple(sorted(range(10), key=lambda digit: -self.probabilities[digit]))

    @property
    def runner_up(self) -> int | None:
        """The second likeliest digit; None for a blank."""
        return None if self.verdict == "blank" else self.ranking[1]

    def as_dict(self) -> dict[str, Any]:
        """All but the glyph, ready for JSON."""
        return {
            "digit": self.digit,
            "verdict": self.verdict,
            "confidence": self.confidence,
            "digitness": self.digitness,
            "probabilities": list(self.probabilities),
        }

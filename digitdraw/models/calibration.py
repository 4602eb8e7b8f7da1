"""Calibrations: the numbers that turn logits into probabilities and verdicts.

Training fits them on validation data. The manifest stores them with the weights."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Calibration:
    """Calibration of one network whose outputs are ten digit logits and a digitness logit."""

    temperature: float = 1.0
    """Divides the digit logits before the softmax (Guo et al. 2017, arXiv:1706.04599)."""
    digitness_temperature: float = 1.0
    """Divides the digitness logit before the sigmoid."""
    min_digitness: float = 0.5
    """Below this digitness, in [0, 1], the verdict is "not a digit"."""
    min_confidence: float = 0.5
    """Below this confidence, in [0, 1], the verdict is "unsure"."""


@dataclass(frozen=True)
class PhotoCalibration(Calibration):
    """Calibration of the photo reader, which fuses the line recognizer and the classifier.

    The fields of `Calibration` apply to the line recognizer. `photo.fusion` documents how the
    weight enters the sum."""

    classifier_weight: float = 0.0
    """Weight of the glyph classifier's digit logits, added to those of the line recognizer."""
    min_digit: float = 0.0
    """A number is doubtful if its weakest digit is less probable than this, in [0, 1]."""

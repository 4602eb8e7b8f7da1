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
    """Calibration of the photo reader, which fuses the scores of three networks.

    The fields of `Calibration` apply to the line recognizer. `photo.fusion` documents how the
    weights enter the sum."""

    detector_class_weight: float = 0.0
    """Weight of the detector's digit logits, added to those of the line recognizer."""
    classifier_weight: float = 0.0
    """Weight of the glyph classifier's digit logits, added to those of the line recognizer."""
    detector_score_weight: float = 0.0
    """Weight of the logit of the detector's score, added to the digitness logit."""
    agreement_weight: float = 0.0
    """Weight of the log probability that detector and line recognizer read the same digit."""
    one_weight: float = 0.0
    """Weight of the probability that the digit is a 1. Both networks underrate ones."""
    below_weight: float = 0.0
    """Weight of that probability times how far the ink reaches below the other digits."""
    digitness_bias: float = 0.0
    """Constant added to the digitness logit."""
    min_number: float = 0.0
    """Least digitness, in [0, 1], of the best digit of a number. Below, the number is dropped."""
    min_page: float = 0.0
    """Least probability, in [0, 1], that the page has any digit. Below, the reading is empty."""
    doubt_weight: float = 0.0
    """Weight of the ratio of unlikely to likely digits on the page, against the page."""

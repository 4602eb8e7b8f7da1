"""Fuses what three networks say about the digits of a number, and about the whole page.

The line recognizer and the detector say whether something is a digit, and all three say which. The
sum of their weighted logits decides (a logarithmic opinion pool, Heskes 1998).
`training.photo_calibration` fits the weights."""

from dataclasses import dataclass

import numpy as np
import torch

from digitdraw.models.calibration import PhotoCalibration

MIN_SCORE = 0.4
"""Least score of a detection in a number. The line recognizer rejects those that are no digits."""
_MAX_SCORE = 0.999
_EPSILON = 1e-6
"""Least probability that a feature distinguishes from 0."""
_MAX_BELOW = 0.3
"""Largest distance that counts below the other digits, in their heights."""


@dataclass(frozen=True)
class NumberHypothesis:
    """A number that a photo may show: n digits, each of them detected, read, or both.

    boxes              (n, 4), (x, y, width, height) in pixels of the photo
    ctc_logits         (n, 11), of the line recognizer, as in a `Transcript`
    is_detected        (n,) bool; a digit that was only read has a box of the usual size
    scores             (n,) in [0, 1], of the detections; MIN_SCORE if not detected
    detector_logits    (n, 10), which digit; all 0 if not detected
    glyphs             (n, 28, 28) float32 in [0, 1], each digit by itself
    is_whole           (n,) bool; False for a glyph that was cut off from other ink
    ink_rows           (n, 2), rows of the line crop with the digit's ink, both 0 if there is none
    classifier_logits  (n, 10), which digit; already scaled down for glyphs that are not whole"""

    boxes: np.ndarray
    ctc_logits: np.ndarray
    is_detected: np.ndarray
    scores: np.ndarray
    detector_logits: np.ndarray
    glyphs: np.ndarray
    is_whole: np.ndarray
    ink_rows: np.ndarray
    classifier_logits: np.ndarray

    @property
    def features(self) -> np.ndarray:
        """Features of there being a digit besides the line recognizer's logit, (n, 4), finite.

        0: logit of the detection's score
        1: log probability that detector and line recognizer mean the same digit
        2: probability that the digit is a one, which both networks doubt most
        3: feature 2 times how far the ink reaches below the other digits, in their heights:
           slashes and brackets look like ones and do so"""
        score = np.clip(self.scores, MIN_SCORE, _MAX_SCORE)
        log_p = _log_softmax(self.ctc_logits[:, :10])
        same = np.exp(log_p + _log_softmax(self.detector_logits)).sum(axis=1)
        p_one = np.exp(log_p[:, 1])
        logit = np.log(score) - np.log1p(-score)
        return np.column_stack([logit, np.log(same + _EPSILON), p_one, p_one * self._below])

    @property
    def _below(self) -> np.ndarray:
        """How far the ink of each digit reaches below that of the others, (n,), in their heights.
        It is 0 where the ink does not, or where that is unknown."""
        below = np.zeros(len(self.ink_rows))
        has_ink = self.ink_rows[:, 1] > 0
        for i in np.flatnonzero(has_ink):
            neighbours = has_ink & (self.ctc_logits[:, 10] > 0)
            neighbours[i] = False
            if neighbours.any():
                top, bottom = np.median(self.ink_rows[neighbours], axis=0)
                below[i] = (self.ink_rows[i, 1] - bottom) / (bottom - top)
        return below.clip(0, _MAX_BELOW)

    def select(self, index: np.ndarray) -> "NumberHypothesis":
        """Return the digits at `index`: indices, or a mask (n,) bool."""
        return NumberHypothesis(*(part[index] for part in vars(self).values()))


def fuse_scores(
    ctc_logits: np.ndarray,
    detector_logits: np.ndarray,
    classifier_logits: np.ndarray,
    features: np.ndarray,
    calibration: PhotoCalibration,
) -> tuple[np.ndarray, np.ndarray]:
    """Fuse what the networks say about n digits, each as in a `NumberHypothesis`. Returns logits of
    which digit each is, (n, 10), and of whether it is a digit, (n,)."""
    c = calibration
    digits = ctc_logits[:, :10] / c.temperature + c.detector_class_weight * detector_logits
    digits = digits + c.classifier_weight * classifier_logits
    weights = c.detector_score_weight, c.agreement_weight, c.one_weight, c.below_weight
    digitness = ctc_logits[:, 10] / c.digitness_temperature + features @ weights
    return digits, digitness + c.digitness_bias


def page_features(digitness: np.ndarray) -> np.ndarray:
    """Return two features of a page having any digit, (2,), given `digitness` (n,), n at least 1.
    The first is the logit of the best digit. The second is the log ratio of expected non-digits to
    expected digits, each plus one. A lone digit has few others beside it; a word that is mistaken
    for digits has many unlikely ones."""
    best = np.clip(digitness.max(), _EPSILON, 1 - _EPSILON)
    doubt = np.log1p((1 - digitness).sum()) - np.log1p(digitness.sum())
    return np.array([np.log(best) - np.log1p(-best), doubt])


def page_probability(digitness: np.ndarray, calibration: PhotoCalibration) -> float:
    """Return the probability that a page has any digit, given the digitness of each, (n,)."""
    best, doubt = page_features(digitness)
    return float(sigmoid(best - calibration.doubt_weight * doubt))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return the logistic sigmoid of `x` in float64."""
    return torch.from_numpy(np.asarray(x, np.float64)).sigmoid().numpy()


def _log_softmax(x: np.ndarray) -> np.ndarray:
    return torch.from_numpy(np.asarray(x, np.float64)).log_softmax(dim=1).numpy()

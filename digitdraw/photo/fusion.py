"""photo.fusion."""

from dataclasses import dataclass

import numpy as np

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import fusion

__all__ = ["MIN_SCORE", "NumberHypothesis", "fuse_scores", "page_features", "page_probability"]

MIN_SCORE = 0.4
"""Finds that score at least this make up numbers; what of it is no digit, the sequence reader
says."""

_SUREST = 0.999

_NEVER = 1e-6
"""The least chance that is told from another."""

_FARTHEST = 0.3
"""What reaches farther below the others than this, in their heights, is no worse than that."""


@dataclass(frozen=True)
class NumberHypothesis:
    """A number of n digits that may be there, each of which was found, read, or both: `boxes`
    (n, 4) in pixels, `logits` (n, 11) as the sequence reader has them, whether each was `found`
    (n,) or is where it was read; of the finds, the `scores` (n,) in [0, 1] and the finder's
    logits of which digit they are, `classes` (n, 10), else all alike; each by itself as a glyph,
    `glyphs` (n, 28, 28), whether that is `whole` (n,) or cut off from other ink, the `rows` (n, 2)
    of the strip that it is in, and the logits (n, 10) of which digit it was `told` to be, those of
    a part smaller by `OF_A_PART`."""

    boxes: np.ndarray
    logits: np.ndarray
    found: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    glyphs: np.ndarray
    whole: np.ndarray
    rows: np.ndarray
    told: np.ndarray

    @property
    def evidence(self) -> np.ndarray:
        """What speaks for a digit besides the last of the `logits`, (n, 4), none of it endless: the
        score's logit; the logarithm of the chance that finder and reader mean the same digit; the
        chance that it is read as a one, the digit that both doubt most; and that times how far
        its ink reaches below that of the others, in their heights, as slashes and brackets do."""
        sure = np.clip(self.scores, MIN_SCORE, _SUREST)
        read = _log_softmax(self.logits[:, :10])
        same = np.exp(read + _log_softmax(self.classes)).sum(axis=1)
        score = np.log(sure) - np.log1p(-sure)
        one = np.exp(read[:, 1])
        return np.column_stack([score, np.log(same + _NEVER), one, one * self._below])

    @property
    def _below(self) -> np.ndarray:
        """How far each digit's ink reaches below that of the others, (n,), in heights of those, 0
        where it does not."""
        below = np.zeros(len(self.rows))
        has_ink = self.rows[:, 1] > 0
        for i in np.flatnonzero(has_ink):
            others = has_ink & (self.logits[:, 10] > 0)
            others[i] = False
            if others.any():
                top, bottom = np.median(self.rows[others], axis=0)
                below[i] = (self.rows[i, 1] - bottom) / (bottom - top)
        return below.clip(0, _FARTHEST)

    def only(self, some: np.ndarray) -> "NumberHypothesis":
        """The digits that are chosen, by index or (n,) bool."""
        return NumberHypothesis(*(part[some] for part in vars(self).values()))


def page_features(digitness: np.ndarray) -> np.ndarray:
    """What speaks for there being digits on a page at all, and what against, (2,), given how
    likely each of its candidates is one, (n,) in [0, 1], n at least 1: the logit of the surest,
    and the logarithm of how many are likely none to how many are likely some, one more of each.
    A lone digit stands alone; what is taken for one on a page of words has others like it beside
    it."""
    top = np.clip(digitness.max(), _NEVER, 1 - _NEVER)
    doubt = np.log1p((1 - digitness).sum()) - np.log1p(digitness.sum())
    return np.array([np.log(top) - np.log1p(-top), doubt])


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def fuse_scores(
    logits: np.ndarray,
    classes: np.ndarray,
    told: np.ndarray,
    evidence: np.ndarray,
    used: PhotoCalibration,
) -> tuple[np.ndarray, np.ndarray]:
    """What all networks say together, given what a `Candidate` has of each, as logits: which
    digit it is, (n, 10), and whether it is one, (n,)."""
    read = logits[:, :10] / used.temperature
    which = read + used.detector_class_weight * classes + used.classifier_weight * told
    is_read = logits[:, 10] / used.digitness_temperature
    speaks = used.detector_score_weight, used.agreement_weight, used.one_weight, used.below_weight
    return which, is_read + evidence @ speaks + used.digitness_bias


def page_probability(digitness: np.ndarray, used: PhotoCalibration) -> float:
    """How likely a page has any digit, given how likely each candidate on it is one, (n,)."""
    surest, doubt = fusion.page_features(digitness)
    return float(sigmoid(surest - used.doubt_weight * doubt))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(np.asarray(x, np.float64) / 2))  # overflows nowhere

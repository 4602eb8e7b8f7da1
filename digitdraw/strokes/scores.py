"""Scores groups of pieces as characters: the classifier looks at their ink, the scorer at all."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from digitdraw.classifier import GlyphClassifier
from digitdraw.models.stroke_scorer import OTHER, SYMBOLS, StrokeScorer
from digitdraw.preprocessing import glyph, strokes
from digitdraw.strokes.groups import Group, is_digit_sized, shape_features
from digitdraw.strokes.pieces import Pieces

CHARACTERS = "0123456789" + SYMBOLS + OTHER
"""What a group may be. The digits come first, so character 7 is the digit 7."""
IMPOSSIBLE = -1e4
"""Score of a group too small to be a digit, as a digit."""
_LEAST = -12.0
"""Log probabilities below this one count as this one."""


Part = Sequence[np.ndarray]
"""Strokes that may be one character, each (m, 2) points."""


class Ink:
    """Glyphs and logits of parts of drawings. The classifier sees all that were added in one batch,
    and each part only once.

    Parts are known by the identity of their strokes, which must live as long as this."""

    def __init__(self, classifier: GlyphClassifier) -> None:
        self._classifier = classifier
        self._added: dict[frozenset[int], Part] = {}
        self._known: dict[frozenset[int], tuple[np.ndarray, np.ndarray]] = {}

    def add(self, parts: Iterable[Part]) -> None:
        """Add parts to the next batch, all but those that are known."""
        parts_by_key = {_key(part): part for part in parts}
        self._added.update(
            (key, part) for key, part in parts_by_key.items() if key not in self._known
        )

    def of(self, parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
        """Return glyphs (n, 28, 28) and logits (n, outputs) of parts."""
        if not parts:
            return np.empty((0, glyph.GLYPH, glyph.GLYPH), np.float32), np.zeros(
                (0, 11), np.float32
            )
        self.add(parts)
        self._classify()
        glyphs, logits = zip(*(self._known[_key(part)] for part in parts), strict=True)
        return np.stack(glyphs), np.stack(logits)

    def _classify(self) -> None:
        if self._added:
            glyphs = np.stack([glyph.place(strokes.draw(part)) for part in self._added.values()])
            answers = zip(glyphs, self._classifier.logits(glyphs), strict=True)
            self._known.update(zip(self._added, answers, strict=True))
            self._added.clear()


def _key(part: Part) -> frozenset[int]:
    return frozenset(map(id, part))


def features(
    pieces: Pieces, groups: Sequence[Group], logits: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scorer's features, (n, FEATURES) float32, and log probabilities of the digits.

    `logits` (m, 10 or 11) are the classifier's, for the m groups of a digit's size. The log
    probabilities, at the classifier's `temperature`, are (n, 10) float32, IMPOSSIBLE for the other
    groups."""
    is_sized = np.array([is_digit_sized(group, pieces) for group in groups])
    logs = np.full((len(groups), 10), IMPOSSIBLE, np.float32)
    scaled = logits[:, :10] / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    logs[is_sized] = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    digitness = np.zeros(len(groups), np.float32)
    if logits.shape[1] > 10:
        digitness[is_sized] = logits[:, 10]
    clipped = logs.clip(_LEAST, 0)
    best = np.sort(clipped, axis=1)[:, -2:]
    summary = np.stack([digitness.clip(-15, 15) / 5, is_sized, *best.T], axis=1)
    parts = shape_features(pieces, groups), clipped / 5, summary
    return np.concatenate(parts, axis=1).astype(np.float32), logs


@torch.inference_mode()
def character_scores(scorer: StrokeScorer, features: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return the score of each group as each of CHARACTERS, (n, 16) float64."""
    outputs = scorer(torch.from_numpy(features)).double().numpy()
    sharpness = float(scorer.sharpness)
    return np.concatenate([outputs[:, :1] + sharpness * logs, outputs[:, 1:]], axis=1)

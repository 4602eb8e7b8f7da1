"""Adds to answers what a browser needs to weigh the drawings that it remembers; only when asked.

The server remembers nothing: `digitdraw.memory` describes the rule, which the browser applies."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.recognizer import Recognizer


class Question(NamedTuple):
    """A drawing of a request, whether it asks for features, and whether it is one digit."""

    drawing: object
    wants_features: bool
    is_digit: bool = False


def question(sent: object) -> Question:
    """Return what a request asks: it is {"strokes": drawing, "features": true}, or a drawing.

    With "digit" in place of true, the whole drawing is one digit, as a person has said."""
    if isinstance(sent, dict) and sent.keys() == {"strokes", "features"}:
        is_digit = sent["features"] == "digit"
        return Question(sent["strokes"], is_digit or sent["features"] is True, is_digit)
    return Question(sent, False)


def add(recognizer: Recognizer, answers: Sequence[dict[str, Any]]) -> None:
    """Add "memory" to answers that have a glyph, and to each of their digits that has one.

    "memory" is {"features": base64 of `Recognizer.features`, one byte each, "digitness",
    "min_digitness" and "min_confidence": thresholds of the verdicts, "model": SHA-256 of the
    classifier}: about 260 bytes. A model without features adds nothing."""
    parts = [part for answer in answers for part in (answer, *answer.get("digits", ()))]
    parts = [part for part in parts if part.get("glyph")]
    if not parts or not recognizer.classifier.has_features:
        return
    glyphs = np.stack([_glyph(part) for part in parts])
    predictions, features = recognizer.classifier.predict_with_features(glyphs)
    calibration = recognizer.classifier.calibration
    for part, prediction, found in zip(parts, predictions, features, strict=True):
        part["memory"] = {
            "features": base64.b64encode(found.tobytes()).decode("ascii"),
            "digitness": round(prediction.digitness, 4),
            "min_digitness": calibration.min_digitness,
            "min_confidence": calibration.min_confidence,
            "model": recognizer.sha256,
        }


def _glyph(part: dict[str, Any]) -> np.ndarray:
    """Return the glyph of an answer, (28, 28) float32. A digit has only the part with ink."""
    left, top, width, height = part.get("glyph_box", (0, 0, GLYPH, GLYPH))
    ink = np.frombuffer(base64.b64decode(part["glyph"]), np.uint8).reshape(height, width)
    glyph = np.zeros((GLYPH, GLYPH), np.float32)
    glyph[top : top + height, left : left + width] = ink / np.float32(255)
    return glyph

"""Why an answer and not the next: which ink spoke for the one digit, and which for the other.

The method is integrated gradients (Sundararajan, Taly, Yan 2017, arXiv:1703.01365): the glyph
is faded in from a blank one, and each pixel is credited with the slope of the two digits' gap
along the way, times its ink. The credits add up to what all the ink did to the gap, and paper
gets none. What this cannot show is ink that is missing, such as the gap at the top of a 4.

Knows strokes, glyphs and the recognizer; nothing of pages or colours.
"""

import threading
from collections.abc import Sequence

import cv2
import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.preprocessing import strokes
from digitdraw.preprocessing.glyph import PEN_WIDTH, SUPERSAMPLING

__all__ = ["MAX_SAMPLES", "STEPS", "attribute", "places", "smooth", "trace"]

STEPS = 40
"""Points along the way from blank to glyph. With them the credits of a drawing miss their sum
by 0.5 on average, of about 6; a finer sum gives the same picture."""

MAX_SAMPLES = 2_000
"""Most points at which `trace` reads a map, so that a scribble's answer stays small."""

_SPACING = 0.5  # between those points, in glyph pixels: the pen is more than four times as wide

_SMOOTHING = 1.0  # standard deviation in glyph pixels: single pixels of a stroke mean little

_FAINT = 0.05  # ink below this is the smooth edge of a stroke

# A glyph is recognized while it is still faint: nearly all of the gap arises before a tenth of
# its ink is there. Points at the third powers of even steps are dense where that happens.
_POWER = 3

# One at a time: an explanation costs as much as dozens of answers, which must not wait for several.
_one_at_a_time = threading.Lock()


def attribute(
    classifier: GlyphClassifier, glyph: np.ndarray, digit: int, other: int, steps: int = STEPS
) -> np.ndarray:
    """What each pixel's ink did to the gap between the logits of two digits.

    `glyph` is (28, 28) float32 in [0, 1]; so is the shape of the result, float32: above 0 where
    the ink speaks for `digit`, below 0 where it speaks for `other`, 0 where there is none. It
    sums to the gap of the glyph less that of a blank one, the nearer the more `steps`.
    """
    middles = (np.arange(steps) + 0.5) / steps
    shares = (middles**_POWER).astype(np.float32)
    widths = (_POWER * middles ** (_POWER - 1) / steps).astype(np.float32)
    with _one_at_a_time:
        slopes = classifier.logit_gap_gradient(shares[:, None, None] * glyph, digit, other)
    return glyph * np.tensordot(widths, slopes, 1)


def smooth(attribution: np.ndarray, glyph: np.ndarray) -> np.ndarray:
    """An attribution as one reads it: credit for each unit of ink, averaged along the strokes.

    Both are (28, 28) float32, and so is the result; it is 0 where there is no ink.
    """
    credit, ink = (cv2.GaussianBlur(each, (0, 0), _SMOOTHING) for each in (attribution, glyph))
    return np.where(glyph > _FAINT, credit / np.maximum(ink, _FAINT), np.float32(0))


def trace(drawing: object, values: np.ndarray, glyph: np.ndarray) -> list[np.ndarray]:
    """Read a map of a drawing's glyph along the drawing's own strokes.

    `values` is (28, 28) float32 as `smooth` gives it, `glyph` the drawing's. Returns for each
    stroke (n, 3) float64: x and y in the drawing's unit, and the value there; MAX_SAMPLES in
    all, beyond one or two for each stroke.
    """
    parsed = strokes.parse(drawing)
    if not parsed:
        return []
    on_glyph = places(parsed, glyph)
    length = sum(_distances(points)[-1] for points in on_glyph)
    spacing = max(_SPACING, length / MAX_SAMPLES)
    return [
        _sample(points, where, values, spacing)
        for points, where in zip(parsed, on_glyph, strict=True)
    ]


def places(parsed: Sequence[np.ndarray], glyph: np.ndarray) -> list[np.ndarray]:
    """Where on their glyph the points of parsed strokes are: each (n, 2) float64, in glyph pixels.

    The left edge of the glyph is x = 0, its right edge x = 28. The glyph's own centre of mass
    tells where the ink was put on it, whatever the rule for that.
    """
    ink = strokes.draw(parsed)
    height, width = (side / SUPERSAMPLING for side in ink.shape)
    middle = np.array([width, height]) / 2
    middle += _centre(glyph) - _centre(ink) / SUPERSAMPLING
    left, top, right, bottom = strokes.bounds(parsed)
    # Halves, for the span of two finite numbers can be infinite.
    half_span = max(right / 2 - left / 2, bottom / 2 - top / 2)
    half_room = max(0.0, (max(width, height) - PEN_WIDTH) / 2)
    centre = np.array([left / 2 + right / 2, top / 2 + bottom / 2])
    # Less than an ink pixel: the drawing is a dot, whose points are all in its middle.
    if half_room < 1 / SUPERSAMPLING or half_span == 0:
        return [np.broadcast_to(middle, points.shape) for points in parsed]
    return [(points / half_span - centre / half_span) * half_room + middle for points in parsed]


def _centre(ink: np.ndarray) -> np.ndarray:
    """Centre of mass (x, y) of (H, W) ink, in its pixels, from its left and upper edge."""
    moments = cv2.moments(ink)
    return np.array([moments["m10"], moments["m01"]]) / moments["m00"] + 0.5


def _distances(points: np.ndarray) -> np.ndarray:
    """How far along a line of (n, 2) points each is, from 0: (n,) float64."""
    return np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])


def _sample(
    points: np.ndarray, where: np.ndarray, values: np.ndarray, spacing: float
) -> np.ndarray:
    """Points every `spacing` glyph pixels along a stroke, with what `values` holds there."""
    along = _distances(where)
    stops = np.linspace(0, along[-1], 1 + int(np.ceil(along[-1] / spacing)))
    x, y, across, down = (np.interp(stops, along, each) for each in (*points.T, *where.T - 0.5))
    read = cv2.remap(
        values,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.column_stack([x, y, read.reshape(-1)])

"""Explains a prediction: which ink speaks for one digit and which for another.

The method is integrated gradients (Sundararajan, Taly, Yan 2017, arXiv:1703.01365). The glyph fades
in from a blank one. The attribution of a pixel is its ink times the mean gradient of the gap
between the two digits' logits. The attributions sum to the effect of all ink on the gap, and paper
has none. The method cannot show missing ink, such as the gap at the top of a 4."""

import threading
from collections.abc import Sequence

import cv2
import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import UnsupportedError
from digitdraw.preprocessing import strokes
from digitdraw.preprocessing.glyph import PEN_WIDTH, SUPERSAMPLING

STEPS = 40
"""Integration steps from blank to glyph. The attributions then miss their sum, about 6, by 0.5 on
average. More steps give the same map."""
MAX_SAMPLES = 2_000
"""Most points that `sample_along_strokes` returns. It bounds the size of an answer."""
_SPACING = 0.5
"""Least distance of these points, in glyph pixels. The pen is more than four times as wide."""
_SMOOTHING = 1.0
"""Standard deviation of the smoothing, in glyph pixels. Single pixels of a stroke mean little."""
_MIN_INK = 0.05
"""Ink below this is only the soft edge of a stroke."""
_POWER = 3
"""The ink levels of the steps are even steps to this power. A faint glyph is already recognized:
nearly all of the gap arises below a tenth of its ink, so most steps are there."""
# An explanation costs as much as dozens of predictions, so only one runs at a time.
_lock = threading.Lock()


def attribute(
    classifier: GlyphClassifier, glyph: np.ndarray, digit: int, runner_up: int, steps: int = STEPS
) -> np.ndarray:
    """Return the effect of each pixel's ink on the gap between the logits of two digits.

    `glyph` is (28, 28) float32 in [0, 1]. Returns (28, 28) float32: above 0 where the ink speaks
    for `digit`, below 0 where it speaks for `runner_up`, and 0 on paper. With many `steps`, the sum
    tends to the gap of the glyph minus the gap of a blank one. Raises UnsupportedError for a
    classifier of other classes."""
    if not classifier.data.is_digits:
        raise UnsupportedError(
            f"Only answers about the ten digits are explained; {classifier.name!r} was trained on "
            f"{classifier.data.dataset}."
        )
    midpoints = (np.arange(steps) + 0.5) / steps
    levels = (midpoints**_POWER).astype(np.float32)
    widths = (_POWER * midpoints ** (_POWER - 1) / steps).astype(np.float32)
    with _lock:
        gradients = classifier.logit_gap_gradient(levels[:, None, None] * glyph, digit, runner_up)
    return glyph * np.tensordot(widths, gradients, 1)


def smooth(attribution: np.ndarray, glyph: np.ndarray) -> np.ndarray:
    """Smooth an attribution along the strokes, and divide it by the ink.

    Takes two (28, 28) float32 arrays. Returns the same shape, with 0 on paper."""
    blurred, ink = (cv2.GaussianBlur(array, (0, 0), _SMOOTHING) for array in (attribution, glyph))
    return np.where(glyph > _MIN_INK, blurred / np.maximum(ink, _MIN_INK), np.float32(0))


def sample_along_strokes(
    drawing: object, values: np.ndarray, glyph: np.ndarray
) -> list[np.ndarray]:
    """Sample a map of a drawing's glyph along the strokes of the drawing.

    `values` is the map, (28, 28) float32, and `glyph` the drawing's glyph. Returns for each stroke
    (n, 3) float64: x and y in the drawing's unit, and the value there. All strokes together have at
    most MAX_SAMPLES points, plus one or two per stroke."""
    parsed = strokes.parse(drawing)
    if not parsed:
        return []
    on_glyph = map_to_glyph(parsed, glyph)
    length = sum(_distances(points)[-1] for points in on_glyph)
    spacing = max(_SPACING, length / MAX_SAMPLES)
    return [
        _sample(points, glyph_points, values, spacing)
        for points, glyph_points in zip(parsed, on_glyph, strict=True)
    ]


def map_to_glyph(parsed: Sequence[np.ndarray], glyph: np.ndarray) -> list[np.ndarray]:
    """Map the points of parsed strokes to their glyph: each (n, 2) float64, in glyph pixels.

    The left edge of the glyph is x = 0, its right edge x = 28. The centre of mass of the glyph
    shows where `glyph.place` put the ink."""
    ink = strokes.draw(parsed)
    height, width = (side / SUPERSAMPLING for side in ink.shape)
    middle = np.array([width, height]) / 2
    middle += _centre_of_mass(glyph) - _centre_of_mass(ink) / SUPERSAMPLING
    left, top, right, bottom = strokes.bounds(parsed)
    span = max(right - left, bottom - top)
    room = max(0.0, max(width, height) - PEN_WIDTH)
    centre = np.array([left + right, top + bottom]) / 2
    # Below two ink pixels, the drawing is a dot: all of its points are in the middle.
    if room < 2 / SUPERSAMPLING or span == 0:
        return [np.broadcast_to(middle, points.shape) for points in parsed]
    return [(points - centre) / span * room + middle for points in parsed]


def _centre_of_mass(ink: np.ndarray) -> np.ndarray:
    """Return the centre of mass (x, y) of (H, W) ink, in its pixels, from its top left corner."""
    moments = cv2.moments(ink)
    return np.array([moments["m10"], moments["m01"]]) / moments["m00"] + 0.5


def _distances(points: np.ndarray) -> np.ndarray:
    """Return the distance along a line of (n, 2) points from its start to each point, (n,)."""
    return np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])


def _sample(
    points: np.ndarray, glyph_points: np.ndarray, values: np.ndarray, spacing: float
) -> np.ndarray:
    """Return points every `spacing` glyph pixels along one stroke, each with its value, (n, 3)."""
    distances = _distances(glyph_points)
    stops = np.linspace(0, distances[-1], 1 + int(np.ceil(distances[-1] / spacing)))
    coordinates = (*points.T, *(glyph_points.T - 0.5))
    x, y, column, row = (np.interp(stops, distances, axis) for axis in coordinates)
    maps = column.astype(np.float32), row.astype(np.float32)
    read = cv2.remap(values, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.column_stack([x, y, read.reshape(-1)])

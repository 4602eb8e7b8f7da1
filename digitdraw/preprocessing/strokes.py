"""Pen strokes -> glyph. Knows what a drawing may be; knows nothing of screens or models.

A *drawing* is a list of strokes, a stroke a list of (x, y) points, y down, in any unit. The
pen's width on screen never matters: the points are drawn anew at the width the model knows.
"""

import reprlib
from collections.abc import Sequence
from numbers import Real

import cv2
import numpy as np

from digitdraw.errors import BadStrokesError
from digitdraw.preprocessing import glyph

__all__ = ["MAX_POINTS", "MAX_STROKES", "bounds", "draw", "parse", "to_glyph"]

MAX_STROKES = 500

MAX_POINTS = 20_000

_BRIEF = reprlib.Repr()

_BRIEF.maxlevel = 2

_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxdict = 4

_PLAIN = (int, float)

_SUBPIXEL_BITS = 4  # cv2 draws at coordinates of 1/16 ink pixel


def parse(strokes: object) -> list[np.ndarray]:
    """Check a drawing that came from outside.

    Returns the strokes that have points, each an (n, 2) float64 array of (x, y), n >= 1.
    Raises BadStrokesError, naming what came and what is allowed, for anything but a list of
    at most MAX_STROKES lists of finite (x, y), MAX_POINTS points in all.
    """
    if not _is_list(strokes):
        raise BadStrokesError(
            f"A drawing is a list of strokes, each a list of [x, y] points; got {_name(strokes)}."
        )
    if len(strokes) > MAX_STROKES:
        raise BadStrokesError(f"A drawing has at most {MAX_STROKES} strokes; got {len(strokes):,}.")
    for number, stroke in enumerate(strokes):
        if not _is_list(stroke):
            raise BadStrokesError(
                f"Stroke {number} must be a list of [x, y] points; got {_name(stroke)}."
            )
    points = sum(len(stroke) for stroke in strokes)
    if points > MAX_POINTS:
        raise BadStrokesError(f"A drawing has at most {MAX_POINTS:,} points; got {points:,}.")
    parsed = (_parse_stroke(number, stroke) for number, stroke in enumerate(strokes))
    return [stroke for stroke in parsed if len(stroke)]


def bounds(strokes: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of all points, in the drawing's unit; needs one point."""
    points = np.concatenate(strokes)
    return (*points.min(axis=0), *points.max(axis=0))


def draw(strokes: Sequence[np.ndarray], pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """Draw parsed strokes as ink that just fits the box of a glyph.

    `pen_width` is in glyph pixels, less than the box. Returns (H, W) uint8, 0 or 255, both
    sides at most BOX * SUPERSAMPLING; (0, 0) for no strokes. A dot is a round spot as wide
    as the pen.
    """
    if not strokes:
        return np.zeros((0, 0), np.uint8)
    scaled, thickness = _fit_points(strokes, pen_width)
    side = glyph.BOX * glyph.SUPERSAMPLING
    margin = 4  # cv2 rounds a thick line's outline outwards; `fit` takes it back
    canvas = np.zeros((side + 2 * margin, side + 2 * margin), np.uint8)
    unit = 1 << _SUBPIXEL_BITS
    lines = [np.rint((points + margin) * unit).astype(np.int32) for points in scaled]
    # A single point is drawn as a line to itself, whose round ends make the spot.
    lines = [points if len(points) > 1 else np.repeat(points, 2, axis=0) for points in lines]
    cv2.polylines(canvas, lines, False, 255, thickness, cv2.LINE_8, _SUBPIXEL_BITS)
    ink = glyph.crop(canvas)
    return glyph.fit(ink) if max(ink.shape) > side else ink


def to_glyph(strokes: object, pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """A drawing -> its glyph, (28, 28) float32 in [0, 1]; blank for no strokes.

    Raises BadStrokesError as `parse` does.
    """
    return glyph.place(draw(parse(strokes), pen_width))


def _fit_points(strokes: Sequence[np.ndarray], pen_width: float) -> tuple[list[np.ndarray], int]:
    """Scale points so that their ink fills the box; also the pen's width in ink pixels."""
    thickness = max(1, round(pen_width * glyph.SUPERSAMPLING))
    room = glyph.BOX * glyph.SUPERSAMPLING - thickness
    left, top, right, bottom = bounds(strokes)
    # Halves, for the span of two finite numbers can be infinite.
    half_span = max(right / 2 - left / 2, bottom / 2 - top / 2)
    # Below this, what is left of the points is rounding: the drawing is a dot.
    dot = half_span <= 1e-12 * max(abs(left), abs(top), abs(right), abs(bottom))
    corner = np.array([left, top]) / 2
    scale = 1.0 if dot else half_span
    shift = thickness / 2
    scaled = [
        (np.zeros_like(points) if dot else (points / 2 - corner) / scale * room) + shift
        for points in strokes
    ]
    return [_thin(points) for points in scaled], thickness


def _thin(points: np.ndarray) -> np.ndarray:
    """Drop points that would be drawn on the same ink pixel as the one before."""
    if len(points) < 3:
        return points
    cells = np.rint(points).astype(np.int32)
    keep = np.ones(len(points), bool)
    keep[1:] = (cells[1:] != cells[:-1]).any(axis=1)
    return points[keep]


def _parse_stroke(number: int, stroke: Sequence) -> np.ndarray:
    """One stroke as (n, 2) float64; the fast path takes well-formed lists in one go."""
    try:
        array = np.array(stroke, dtype=np.float64) if _all_numbers(stroke) else None
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or (array.size and array.shape[1:] != (2,)):
        raise BadStrokesError(_explain(number, stroke))
    if not np.isfinite(array).all():
        index = int(np.argmin(np.isfinite(array).all(axis=1)))
        raise BadStrokesError(
            f"Point {index} of stroke {number} is {_show(list(array[index]))}; "
            "x and y must be finite numbers."
        )
    return array.reshape(-1, 2)


def _all_numbers(stroke: Sequence) -> bool:
    """Whether every point is a pair of real numbers: numpy would read "1" as 1, too."""
    if isinstance(stroke, np.ndarray):
        return stroke.dtype.kind in "iuf"
    return all(
        _is_list(point) and len(point) == 2 and _is_number(point[0]) and _is_number(point[1])
        for point in stroke
    )


def _explain(number: int, stroke: Sequence) -> str:
    """Which point of a malformed stroke is wrong."""
    for index, point in enumerate(stroke):
        pair = _is_list(point) and len(point) == 2
        if not (pair and _is_number(point[0]) and _is_number(point[1])):
            return (
                f"Point {index} of stroke {number} must be two numbers [x, y]; got {_show(point)}."
            )
    return f"Stroke {number} must be a list of [x, y] points with numbers that fit a float."


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _is_number(value: object) -> bool:
    # What JSON has is told at once: asking an abstract class takes most of the time of parsing.
    return type(value) in _PLAIN or (isinstance(value, Real) and not isinstance(value, bool))


def _name(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {_show(value)}"


def _show(value: object) -> str:
    """A short picture of a value that came from outside, safe to print whatever it is."""
    text = str([float(v) for v in value]) if _pair_of_floats(value) else _BRIEF.repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _pair_of_floats(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, float) for v in value)

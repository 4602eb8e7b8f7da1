"""Turns pen strokes into glyphs.

A *drawing* is a list of strokes. A stroke is a list of (x, y) points in any unit, y down. The pen
width on the screen does not matter: strokes are drawn again with the pen width of a glyph."""

import reprlib
from collections.abc import Sequence
from numbers import Real
from typing import Any, TypeGuard

import cv2
import numpy as np

from digitdraw.errors import BadStrokesError
from digitdraw.languages import Message
from digitdraw.preprocessing import glyph

MAX_STROKES = 500
MAX_POINTS = 20_000
MAX_COORDINATE = 1e9
"""Largest x and y, either side of 0: sums and squares stay far from the limits of a float."""
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel = 2
_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxdict = 4
_SUBPIXEL_BITS = 4  # cv2 draws at coordinates of 1/16 ink pixel


def parse(strokes: object) -> list[np.ndarray]:
    """Check and convert a drawing that comes from outside.

    Returns one (n, 2) float64 array of (x, y) for each stroke that has points. Raises
    BadStrokesError unless `strokes` is a list of at most MAX_STROKES lists of (x, y) up to
    MAX_COORDINATE, with at most MAX_POINTS points in all. The message names the wrong part
    and what is allowed."""
    if not _is_list(strokes):
        raise BadStrokesError(
            "A drawing is a list of strokes, each a list of [x, y] points; "
            f"got {_describe(strokes)}."
        )
    if len(strokes) > MAX_STROKES:
        count = len(strokes)
        raise BadStrokesError(Message("drawing.too_many_strokes", most=MAX_STROKES, count=count))
    for number, stroke in enumerate(strokes):
        if not _is_list(stroke):
            raise BadStrokesError(
                f"Stroke {number} must be a list of [x, y] points; got {_describe(stroke)}."
            )
    points = sum(map(len, strokes))
    if points > MAX_POINTS:
        raise BadStrokesError(Message("drawing.too_many_points", most=MAX_POINTS, count=points))
    parsed = (_parse_stroke(number, stroke) for number, stroke in enumerate(strokes))
    return [stroke for stroke in parsed if len(stroke)]


def bounds(strokes: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of parsed strokes with at least one point."""
    points = np.concatenate(strokes)
    return (*points.min(axis=0), *points.max(axis=0))


def draw(strokes: Sequence[np.ndarray], pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """Draw parsed strokes as ink that just fits the box of a glyph.

    `pen_width` is in glyph pixels, less than the box. Returns (H, W) uint8, 0 or 255, with sides
    of at most BOX * SUPERSAMPLING; (0, 0) for no strokes. A dot becomes a round spot of the pen's
    width."""
    if not strokes:
        return np.zeros((0, 0), np.uint8)
    scaled, thickness = _fit_points(strokes, pen_width)
    side = glyph.BOX * glyph.SUPERSAMPLING
    margin = 4  # cv2 rounds the outline of a thick line outwards; `fit` corrects this below
    canvas = np.zeros((side + 2 * margin, side + 2 * margin), np.uint8)
    unit = 1 << _SUBPIXEL_BITS
    lines = [np.rint((points + margin) * unit).astype(np.int32) for points in scaled]
    # A line from a single point to itself has round ends, which make the spot.
    lines = [points if len(points) > 1 else np.repeat(points, 2, axis=0) for points in lines]
    cv2.polylines(canvas, lines, False, 255, thickness, cv2.LINE_8, _SUBPIXEL_BITS)
    ink = glyph.crop(canvas)
    return glyph.fit(ink) if max(ink.shape) > side else ink


def to_glyph(strokes: object, pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """Turn a drawing into its glyph, (28, 28) float32 in [0, 1]; blank for no strokes.

    Raises BadStrokesError as `parse` does."""
    return glyph.place(draw(parse(strokes), pen_width))


def _fit_points(strokes: Sequence[np.ndarray], pen_width: float) -> tuple[list[np.ndarray], int]:
    """Scale points so that their ink fills the box. Also return the pen width in ink pixels."""
    thickness = max(1, round(pen_width * glyph.SUPERSAMPLING))
    room = glyph.BOX * glyph.SUPERSAMPLING - thickness
    left, top, right, bottom = bounds(strokes)
    span = max(right - left, bottom - top)
    # A smaller span is only rounding error: the drawing is a dot.
    is_dot = span <= 1e-12 * max(abs(left), abs(top), abs(right), abs(bottom))
    shift = thickness / 2
    scaled = [
        (np.zeros_like(points) if is_dot else (points - (left, top)) / span * room) + shift
        for points in strokes
    ]
    return [_drop_repeated(points) for points in scaled], thickness


def _drop_repeated(points: np.ndarray) -> np.ndarray:
    """Drop each point that falls on the same ink pixel as the point before it."""
    if len(points) < 3:
        return points
    cells = np.rint(points).astype(np.int32)
    keep = np.ones(len(points), bool)
    keep[1:] = (cells[1:] != cells[:-1]).any(axis=1)
    return points[keep]


def _parse_stroke(number: int, stroke: Sequence) -> np.ndarray:
    """Return one stroke as (n, 2) float64. Well-formed lists are converted in one call."""
    try:
        array = np.array(stroke, dtype=np.float64) if _all_numbers(stroke) else None
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or (array.size and array.shape[1:] != (2,)):
        raise BadStrokesError(_explain(number, stroke))
    allowed = np.abs(array) <= MAX_COORDINATE  # False for NaN too
    if not allowed.all():
        index = int(np.argmin(allowed.all(axis=1)))
        raise BadStrokesError(
            f"Point {index} of stroke {number} is {show(array[index].tolist())}; "
            f"x and y must be from -{MAX_COORDINATE:,.0f} to {MAX_COORDINATE:,.0f}."
        )
    return array.reshape(-1, 2)


def _all_numbers(stroke: Sequence) -> bool:
    """Return whether every point is a pair of real numbers. NumPy alone would accept "1" as 1."""
    if isinstance(stroke, np.ndarray):
        return stroke.dtype.kind in "iuf"
    return all(map(_is_point, stroke))


def _explain(number: int, stroke: Sequence) -> str:
    """Return the message that says which point of a malformed stroke is wrong."""
    for index, point in enumerate(stroke):
        if not _is_point(point):
            return (
                f"Point {index} of stroke {number} must be two numbers [x, y]; got {show(point)}."
            )
    return f"Stroke {number} must be a list of [x, y] points with numbers that fit a float."


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _is_point(value: object) -> bool:
    return _is_list(value) and len(value) == 2 and _is_number(value[0]) and _is_number(value[1])


def _is_number(value: object) -> bool:
    # JSON has only these two types. A check against the abstract class Real is far slower.
    return type(value) in (int, float) or (isinstance(value, Real) and not isinstance(value, bool))


def _describe(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {show(value)}"


def show(value: object) -> str:
    """Return a short text for any value from outside, safe to print."""
    text = _BRIEF.repr(value)
    return text if len(text) <= 60 else text[:57] + "..."

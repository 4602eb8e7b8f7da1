"""The file of remembered drawings: JSON that Python and the page write and read alike.

{"format": "digitdraw-memory", "version": 1, "model": SHA-256 of the classifier's weights,
 "examples": [{"label": 7, "strokes": [[[x, y], ...], ...], "features": base64}, ...]}

Coordinates are whole numbers, y down. `features` is what `Recognizer.features` returns, one
byte each. They belong to `model`; with another model they are computed again from the strokes."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from digitdraw.errors import BadMemoryError
from digitdraw.languages import Message
from digitdraw.preprocessing import strokes

FORMAT, VERSION = "digitdraw-memory", 1
MAX_BYTES = 20_000_000
"""Size of a file: no memory writes a larger one. A drawn digit takes about 600 bytes."""
MAX_EXAMPLES = 1000
"""Remembered drawings, because an answer compares with each of them."""
MAX_STROKES, MAX_POINTS = 100, 1000
"""Strokes and points of a drawing. A digit on the page has some 50 points."""
MAX_COORDINATE = 100_000
MAX_FEATURES = 1024
SIZE = 1000
"""Longer side of a drawing that Python remembers."""
MIN_DISTANCE = 6.0
"""Points closer than this to the previous one are dropped, as in UNIPEN's digits."""

_BASE64 = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

CompactStrokes = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True)
class Example:
    """A remembered drawing: the digit that it is, its strokes in whole numbers, its features."""

    label: int
    strokes: CompactStrokes
    features: bytes


def compact(drawing: object) -> CompactStrokes:
    """Return a drawing in whole numbers, its longer side SIZE, without points close together.

    Raises BadStrokesError as `strokes.parse` does, and BadMemoryError for no or too much ink."""
    parsed = strokes.parse(drawing)
    if not parsed:
        raise BadMemoryError(Message("memory.no_ink"))
    left, top, right, bottom = strokes.bounds(parsed)
    span = max(right - left, bottom - top)
    scaled = [(points - (left, top)) / (span or 1.0) * SIZE for points in parsed]
    remaining = tuple(_thin(np.floor(points + 0.5).astype(int).tolist()) for points in scaled)
    if len(remaining) > MAX_STROKES or sum(map(len, remaining)) > MAX_POINTS:
        raise BadMemoryError(Message("memory.too_long", strokes=MAX_STROKES, points=MAX_POINTS))
    return remaining


def write(examples: Sequence[Example], model: str) -> str:
    """Return the file of examples whose features belong to the classifier with SHA-256 `model`."""
    entries = [
        {
            "label": example.label,
            "strokes": example.strokes,
            "features": base64.b64encode(example.features).decode("ascii"),
        }
        for example in examples
    ]
    content = {"format": FORMAT, "version": VERSION, "model": model, "examples": entries}
    return json.dumps(content, separators=(",", ":"))


def read(text: str | bytes) -> tuple[list[Example], str]:
    """Return the examples of a file, and the SHA-256 of the classifier of their features.

    Raises BadMemoryError for anything else; the message says what came and what is allowed."""
    if len(text) > MAX_BYTES:
        raise BadMemoryError(Message("memory.large_file", size=len(text), most=MAX_BYTES))
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadMemoryError(Message("memory.no_json")) from None
    fields = content if isinstance(content, dict) else {}
    if fields.get("format") != FORMAT or _is_other_version(fields.get("version")):
        found = f"{strokes.show(fields.get('format'))} {strokes.show(fields.get('version'))}"
        raise BadMemoryError(
            Message("memory.other_format", found=found, format=FORMAT, version=VERSION)
        )
    model, entries = fields.get("model"), fields.get("examples")
    if not isinstance(model, str) or not re.fullmatch("[0-9a-f]{64}", model):
        raise BadMemoryError(Message("memory.bad_model", found=strokes.show(model)))
    if not isinstance(entries, list) or len(entries) > MAX_EXAMPLES:
        found = f"{len(entries)}" if isinstance(entries, list) else strokes.show(entries)
        raise BadMemoryError(Message("memory.bad_examples", found=found, most=MAX_EXAMPLES))
    return [_example(number, entry) for number, entry in enumerate(entries, 1)], model


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON, as browsers do."""
    raise ValueError(name)


def _is_other_version(version: object) -> bool:
    return not _is_whole(version) or version != VERSION


def _example(number: int, entry: object) -> Example:
    fields = entry if isinstance(entry, dict) else {}
    label = fields.get("label")
    if not _is_whole(label) or not 0 <= label <= 9:
        raise BadMemoryError(Message("memory.bad_label", number=number, found=strokes.show(label)))
    drawing = fields.get("strokes")
    if not _is_drawing(drawing):
        limits = {"strokes": MAX_STROKES, "points": MAX_POINTS, "most": MAX_COORDINATE}
        found = strokes.show(drawing)
        raise BadMemoryError(Message("memory.bad_strokes", number=number, found=found, **limits))
    features = _bytes_of(fields.get("features"))
    if not 0 < len(features) <= MAX_FEATURES:
        found = strokes.show(fields.get("features"))
        raise BadMemoryError(
            Message("memory.bad_features", number=number, found=found, most=MAX_FEATURES)
        )
    remaining = tuple(tuple((int(x), int(y)) for x, y in stroke) for stroke in drawing)
    return Example(int(label), remaining, features)


def _is_drawing(value: object) -> TypeGuard[list]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_STROKES:
        return False
    if not all(isinstance(stroke, list) and stroke for stroke in value):
        return False
    points = [point for stroke in value for point in stroke]
    return len(points) <= MAX_POINTS and all(map(_is_point, points))


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_whole(side) and abs(side) <= MAX_COORDINATE for side in value)
    )


def _is_whole(value: object) -> TypeGuard[float]:
    """Whether a value is a whole number, also as JavaScript may write it, such as 1e3."""
    return type(value) is int or (isinstance(value, float) and value.is_integer())


def _bytes_of(text: object) -> bytes:
    """Return what a base64 text holds; nothing for anything else."""
    if not isinstance(text, str) or not _BASE64.fullmatch(text):
        return b""
    return base64.b64decode(text)


def _thin(points: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Drop points close to the last one that stays. Both ends of a stroke stay."""
    remaining = [points[0]]
    for x, y in points[1:-1]:
        if np.hypot(x - remaining[-1][0], y - remaining[-1][1]) >= MIN_DISTANCE:
            remaining.append([x, y])
    if len(points) > 1 and points[-1] != remaining[-1]:
        remaining.append(points[-1])
    return tuple((x, y) for x, y in remaining)

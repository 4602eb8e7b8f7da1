"""Reads JSON that strangers send, without the memory and time that hostile JSON takes.

A megabyte of empty lists would become 25 MB of Python objects, several times over in Gradio."""

import orjson

from digitdraw.errors import BadStrokesError
from digitdraw.languages import Message

MAX_VALUES = 64_000
"""Values in one body. A drawing of 500 strokes and 20,000 points has 61,000 brackets and commas."""


def loads(body: bytes) -> object:
    """Parse the JSON of a drawing, or of a call. Raises BadStrokesError where it is invalid.

    Brackets and commas are counted first, which takes a thousandth of the time of parsing."""
    if sum(map(body.count, (b"[", b"{", b","))) > MAX_VALUES:
        raise BadStrokesError(Message("drawing.too_large"))
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadStrokesError(Message("drawing.no_json")) from None


def dumps(content: object) -> bytes:
    """Write parsed JSON again. Raises BadStrokesError where it is nested too deeply.

    orjson reads four times as deep as it writes."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        raise BadStrokesError("A drawing is a list of strokes, not nested this deeply.") from None

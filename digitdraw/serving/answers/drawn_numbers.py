"""The JSON of a drawing with several characters: its numbers, and the ten bars of each digit."""

import base64

import numpy as np

from digitdraw.languages import Message
from digitdraw.photo.reader import NumberItem, ReadDigit, Reading
from digitdraw.serving.answers import phrases


def is_number(reading: Reading) -> bool:
    """Whether a drawing has several characters; with a single one it is answered as a digit."""
    return len(reading.items) > 1 or any(len(item.text) > 1 for item in reading.items)


def answer(reading: Reading) -> dict:
    """Return what the page shows of a reading with items.

    "verdict" is "number", or "unsure" where every item is doubtful. "big" has a line for each line
    of the drawing. "digits" are those of all items, in order; `item` is an index into "items"."""
    return {
        "verdict": "number" if reading.listed else "unsure",
        "big": _lines(reading),
        "words": _sentence(reading),
        "items": [_item(item) for item in reading.items],
        "digits": digits(reading),
    }


def digits(reading: Reading) -> list[dict]:
    """Return the digits of all items. Boxes and parts are in the drawing's own unit."""
    return [
        _digit(digit, index) for index, item in enumerate(reading.items) for digit in item.digits
    ]


def _sentence(reading: Reading) -> str:
    doubtful = [item.text for item in reading.items if item.status == "doubtful"]
    if len(reading.numbers) == 1 and not doubtful:
        return Message("answer.looks_like_number", number=reading.numbers[0])
    return phrases.numbers_found(reading.numbers, doubtful, reading.reason)


def _lines(reading: Reading) -> str:
    lines: dict[int, list[str]] = {}
    for item in reading.items:
        lines.setdefault(item.line, []).append(item.text)
    return "\n".join(map(" ".join, lines.values()))


def _item(item: NumberItem) -> dict:
    return {
        "text": item.text,
        "confidence": round(item.confidence, 4),
        "status": item.status,
        "line": item.line,
    }


def _digit(digit: ReadDigit, item: int) -> dict:
    prediction = digit.prediction
    ink, glyph_box = _encode_ink(prediction.glyph)
    return {
        "item": item,
        "digit": digit.label,
        "doubtful": phrases.doubtful(prediction),
        "box": [round(float(side), 1) for side in digit.box],
        "parts": digit.parts,
        "marked": phrases.marked(prediction) or [digit.label],
        "probabilities": [round(float(share), 4) for share in prediction.probabilities],
        "glyph": ink,
        "glyph_box": glyph_box,
    }


def _encode_ink(glyph: np.ndarray) -> tuple[str, list[int]]:
    """Return the part of a glyph that has ink, and its place (x, y, width, height) in pixels.

    It is bytes in base64, row by row, 255 = ink: a third of the bytes of the whole glyph."""
    ink = np.rint(glyph * 255).clip(0, 255).astype(np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = ink[top : rows[-1] + 1, left : columns[-1] + 1]
    box = [left, top, part.shape[1], part.shape[0]]
    return base64.b64encode(part.tobytes()).decode("ascii"), box

"""Readings of photos as one writes them down, for tests of what shows a reading."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from digitdraw.photo.boxes import union_box
from digitdraw.photo.reader import NumberItem, ReadDigit, Reading
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.image_io import load_grey
from digitdraw.recognizer import ImagePrediction

COLUMN, LINE = 100, 40
"""Pixels from one column to the next, and from one line to the next."""
_WIDTH, _HEIGHT, _STEP = 10, 20, 13
"""Size of a digit's box, and pixels from one character to the next."""


def reading_of(*lines: Sequence[str], turned: int = 0) -> Reading:
    """A reading of lines of cells such as ["43", "", "12.50"]. "53?" is doubtful."""
    items: list[NumberItem] = []
    for line, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            if cell:
                number = sum(item.status == "listed" for item in items)
                items.append(_item(cell.removesuffix("?"), line, column, number, "?" in cell))
    text = "\n".join(" ".join(filter(None, cells)).replace("?", "") for cells in lines)
    reason = "" if any(item.status == "listed" for item in items) else "No digits were found."
    return Reading(tuple(items), text, reason, turned)


def paper_for(reading: Reading) -> Image.Image:
    """A page with dark boxes where the digits of a reading are, before it was turned."""
    columns, lines = (max(getattr(item, name) for item in reading.items) + 1
                      for name in ("column", "line"))  # fmt: skip
    paper = Image.new("L", (columns * COLUMN, lines * LINE + LINE), 230)
    for item in reading.items:
        for digit in item.digits:
            x, y, width, height = digit.box
            ImageDraw.Draw(paper).rectangle((x, y, x + width, y + height), 40)
    return paper.rotate(reading.turned, expand=True)


def file_of(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    """A picture as the bytes of a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


class FakeRecognizer:
    """Reads the same in every photo, and takes none for a single digit."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.pictures: list[Image.Image] = []

    def read_numbers(self, picture, is_upright=False):
        """Return the reading, and keep the picture."""
        self.pictures.append(picture)
        return self.reading

    def locate_and_predict(self, picture, reading):
        """Say that there is no digit."""
        none = Prediction(None, (0.1,) * 10, 0.1, 0.0, "not a digit", _GLYPH)
        return ImagePrediction(none, load_grey(picture), None)


_GLYPH = np.zeros((28, 28), np.float32)


def _item(text: str, line: int, column: int, number: int, is_doubtful: bool) -> NumberItem:
    confidence = 0.3 if is_doubtful else 0.9
    digits = []
    for place, character in enumerate(text):
        if character.isdigit():
            box = (10.0 + column * COLUMN + place * _STEP, 20.0 + line * LINE, _WIDTH, _HEIGHT)
            probabilities = [0.002] * 10
            probabilities[int(character)] = 0.982
            prediction = Prediction(
                int(character), tuple(probabilities), 0.982, confidence, "digit", _GLYPH
            )
            digits.append(ReadDigit(box, prediction, -1 if is_doubtful else number))
    box = tuple(union_box(np.array([digit.box for digit in digits])).tolist())
    status = "doubtful" if is_doubtful else "listed"
    return NumberItem(text, confidence, status, box, line, column, tuple(digits))

"""Says what a line crop shows: the text of its row, from the marks of a generated page."""

import numpy as np

from digitdraw.models.alphabet import OTHER, SPACE
from digitdraw.photo.boxes import box_areas, intersection_areas
from digitdraw.photo.line_crop import HEIGHT, LineTransform
from digitdraw.training.synthesis.canvas import CUT, Mark, Page

_INSIDE, _OUTSIDE = 0.75, 0.3
"""A character with more of its width than _INSIDE in a crop is read, one with up to _OUTSIDE is
not. What is between is unclear."""
_WHOLE = 0.97
"""The same as _INSIDE for a mark of several characters; up to 1 - _WHOLE, it is not read."""
_MIN_WORD = 6.0
"""A word is read if so many pixels of its width are in the crop."""
_MIDDLE = (0.2, 0.8)
"""Rows of a crop, as shares of its height, in which the marks of its row have their middles."""
_FOREIGN = 0.6
"""A crop is unclear if this share of a digit or word of another row is in it."""


def text_in(page: Page, transform: LineTransform) -> str | None:
    """Return the text of the row in a line crop, from left to right, with spaces between items.

    It is empty if the crop shows no mark. Returns None if the text is unclear: a character is half
    inside, or much of another row is."""
    if not page.marks:
        return ""
    boxes = transform.boxes_to_crop(np.array([mark.box for mark in page.marks], float))
    row = _row_of(page.marks, boxes, transform.width)
    shown = _shown(page.marks, boxes, transform.width)
    if row is None:  # a crop of something else, unless it shows parts of characters
        return None if (shown > _OUTSIDE).any() else ""
    is_own = np.array([mark.row == row for mark in page.marks])
    if (~is_own & (shown > _FOREIGN)).any():
        return None
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    inside = np.minimum(right, transform.width) - np.maximum(left, 0)
    read: list[int] = []
    for index in np.flatnonzero(is_own & (inside > 0)):
        level = boxes[index, 1] + boxes[index, 3] / 2
        is_read = _is_read(page.marks[index], inside[index], boxes[index, 2])
        if is_read is None or (is_read and not 0 <= level < HEIGHT):
            return None
        if is_read:
            read.append(int(index))
    return _joined(page.marks, left, read)


def _row_of(marks: tuple[Mark, ...], boxes: np.ndarray, width: int) -> int | None:
    """Return the row of most marks in the middle of a crop; digits count more than other marks."""
    (left, top), (right, bottom) = boxes[:, :2].T, (boxes[:, :2] + boxes[:, 2:]).T
    level = (top + bottom) / 2 / HEIGHT
    is_level = (level > _MIDDLE[0]) & (level < _MIDDLE[1])
    votes: dict[int, float] = {}
    for index in np.flatnonzero((right > 0) & (left < width) & is_level):
        mark = marks[index]
        weight = 3.0 if any(map(str.isdigit, mark.text)) else 1.0
        votes[mark.row] = votes.get(mark.row, 0.0) + weight
    return max(votes, key=lambda row: votes[row]) if votes else None


def _shown(marks: tuple[Mark, ...], boxes: np.ndarray, width: int) -> np.ndarray:
    """Return the share of each digit or word that is in a crop, (n,); 0 for symbols."""
    view = np.array([[0, 0, width, HEIGHT]])
    inside = intersection_areas(view, boxes)[0] / np.maximum(box_areas(boxes), 1e-6)
    texts = [mark.text for mark in marks]
    is_large = [len(text) > 1 or text.isalnum() or text in (OTHER, CUT) for text in texts]
    return inside * np.array(is_large)


def _is_read(mark: Mark, inside: float, width: float) -> bool | None:
    """Return whether a mark is read, of whose `width` so many pixels are `inside`; None if that is
    unclear."""
    share = inside / max(width, 1e-6)
    if mark.text == OTHER:
        return bool(share > 0.5 or inside > _MIN_WORD)
    most, least = (_WHOLE, 1 - _WHOLE) if len(mark.text) > 1 else (_INSIDE, _OUTSIDE)
    if share <= least:
        return False
    return True if share > most and mark.text != CUT else None


def _joined(marks: tuple[Mark, ...], left: np.ndarray, read: list[int]) -> str:
    """Return the text of the marks at the indices `read`: items from left to right, each in the
    order in which it was written."""
    items: dict[int, list[int]] = {}
    for index in read:
        items.setdefault(marks[index].item, []).append(index)
    ordered = sorted(items.values(), key=lambda item: left[item].min())
    return SPACE.join("".join(marks[index].text for index in item) for item in ordered)

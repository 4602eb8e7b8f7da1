"""The reader without learning of its own, to compare with: pieces of ink, each read as a digit.

Light is evened out, ink found by its level, cut into connected components; pieces of one digit
are put together again, what lies on one line becomes numbers, and the package's default model
says of each piece which digit it is, or that it is none. Pictures are (H, W, 3) uint8 RGB,
boxes (x, y, width, height) in pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np

import digitdraw
from digitdraw.preprocessing import binarize, glyph

__all__ = ["Components"]

LONGER_SIDE = 1280
"""Larger pictures are reduced to it, smaller ones enlarged to half of it."""
LEAST_DIGITNESS = 0.5
GAP = 1.3
"""Digits further apart than this many heights of a digit are of different numbers."""


@dataclass
class Piece:
    """A component or several: its ink, (h, w) uint8 0 or 255, at (x, y) of the working picture."""

    x: int
    y: int
    ink: np.ndarray

    @property
    def right(self) -> int:
        return self.x + self.ink.shape[1]

    @property
    def bottom(self) -> int:
        return self.y + self.ink.shape[0]


class Components:
    """Callable: a picture -> (numbers, boxes, labels, index of number), in reading order."""

    def __init__(self) -> None:
        self.recognizer = digitdraw.load("default", device="cpu")

    def __call__(self, picture: np.ndarray) -> tuple[list[str], list, list[int], list[int]]:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        longer = max(grey.shape)
        scale = LONGER_SIDE / longer if longer > LONGER_SIDE else max(1, LONGER_SIDE / 2 / longer)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        working = np.clip(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), 0, 1)
        pieces = [part for each in merged(pieces_of(ink_of(working))) for part in cut(each)]
        pens = [binarize.normalize_pen(piece.ink) for piece in pieces]
        glyphs = [glyph.place(pen) for pen in pens]
        predictions = self.recognizer.predict_batch(np.stack(glyphs)) if glyphs else []
        kept = [
            (piece, int(np.argmax(p.probabilities)))
            for piece, p in zip(pieces, predictions, strict=True)
            if p.digitness >= LEAST_DIGITNESS
        ]
        return in_order(of_one_size(kept), scale)


def ink_of(grey: np.ndarray) -> np.ndarray:
    """Grey (H, W) float32 in [0, 1] -> ink, uint8 0 or 255, without long printed lines."""
    evened = binarize.flatten_illumination(grey)
    # What the whole picture's level calls ink, where it also stands out from what is around it:
    # the one alone takes in patterns and shadows, the other alone takes in grain.
    ink = binarize.find_ink(evened)
    smooth = cv2.GaussianBlur(evened, (0, 0), 1.0)
    around = cv2.boxFilter(smooth, -1, (max(grey.shape) // 12 | 1,) * 2)
    ink = np.where(smooth > around + 0.04, ink, np.uint8(0))
    span = max(grey.shape) // 5
    for kernel in (np.ones((1, span), np.uint8), np.ones((span, 1), np.uint8)):
        line = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel), np.ones((3, 3), np.uint8))
        ink = np.where(line > 0, np.uint8(0), ink)
    return cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def pieces_of(ink: np.ndarray) -> list[Piece]:
    """Components that may be a digit or a part of one: no specks, none as large as the page."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = []
    for i in range(1, count):
        x, y, width, height, area = (int(n) for n in stats[i])
        large = height > 0.98 * ink.shape[0] or width > 0.7 * ink.shape[1]
        if area >= 20 and max(width, height) >= 8 and not large:
            mask = labels[y : y + height, x : x + width] == i
            pieces.append(Piece(x, y, mask.astype(np.uint8) * 255))
    if not pieces:
        return []
    usual = usual_height(pieces)
    pieces = [p for p in pieces if 0.15 * usual < max(p.ink.shape) and len(p.ink) < 2.5 * usual]
    return sorted(pieces, key=lambda p: -int(np.count_nonzero(p.ink)))[:400]


def usual_height(pieces: list[Piece]) -> float:
    """The height at which half of all ink is in smaller pieces: grain is plenty, but small."""
    pieces = sorted(pieces, key=lambda p: len(p.ink))
    inked = np.cumsum([np.count_nonzero(p.ink) for p in pieces])
    return float(len(pieces[int(np.searchsorted(inked, inked[-1] / 2))].ink))


def of_one_size(found: list[tuple[Piece, int]]) -> list[tuple[Piece, int]]:
    """Digits about as high as most: the pattern of a paper and the edge of a sheet are not."""
    if not found:
        return []
    usual = usual_height([piece for piece, _ in found])
    return [f for f in found if 0.55 * usual < len(f[0].ink) < 1.8 * usual]


def cut(piece: Piece) -> list[Piece]:
    """A piece too wide for one digit, cut where columns near even parts hold the least ink."""
    height, width = piece.ink.shape
    parts = round(width / (0.75 * height))
    if width < 1.15 * height or not 2 <= parts <= 12:
        return [piece]
    columns = np.count_nonzero(piece.ink, axis=0)
    ends, reach = [0], max(1, width // parts // 4)
    for i in range(1, parts):
        around = range(i * width // parts - reach, i * width // parts + reach)
        ends.append(min(around, key=lambda x: columns[x]))
    pairs = zip(ends, [*ends[1:], width], strict=True)
    found = []
    for start, end in pairs:
        x, y, wide, tall = cv2.boundingRect(np.ascontiguousarray(piece.ink[:, start:end]))
        if wide and tall > 0.4 * height:
            ink = piece.ink[y : y + tall, start + x : start + x + wide]
            found.append(Piece(piece.x + start + x, piece.y + y, ink))
    return found


def merged(pieces: list[Piece]) -> list[Piece]:
    """Join pieces that lie above one another or within one another's bounds, the nearest first;
    then drop what is too small to be a digit: points, commas, specks."""
    if not pieces:
        return []
    usual = usual_height(pieces)
    pieces = sorted(pieces, key=lambda p: p.x)
    joined = True
    while joined:
        joined = False
        for i, a in enumerate(pieces):
            for j in range(i + 1, len(pieces)):
                if belong(a, pieces[j], usual):
                    pieces[i] = join(a, pieces.pop(j))
                    joined = True
                    break
            if joined:
                break
    return [p for p in pieces if len(p.ink) > 0.45 * usual]


def belong(a: Piece, b: Piece, usual: float) -> bool:
    """Whether two pieces are of one digit: their joint bounds are no larger than a digit, and
    across they overlap by most of the narrower one."""
    across = min(a.right, b.right) - max(a.x, b.x)
    apart = max(a.y, b.y) - min(a.bottom, b.bottom)
    height = max(a.bottom, b.bottom) - min(a.y, b.y)
    width = max(a.right, b.right) - min(a.x, b.x)
    narrower = min(a.ink.shape[1], b.ink.shape[1])
    return (
        across >= 0.5 * narrower
        and apart < 0.25 * usual
        and height < 1.35 * usual
        and width < 1.2 * usual
    )


def join(a: Piece, b: Piece) -> Piece:
    x, y = min(a.x, b.x), min(a.y, b.y)
    ink = np.zeros((max(a.bottom, b.bottom) - y, max(a.right, b.right) - x), np.uint8)
    for p in (a, b):
        np.maximum(
            ink[p.y - y : p.bottom - y, p.x - x : p.right - x], p.ink,
            out=ink[p.y - y : p.bottom - y, p.x - x : p.right - x],
        )  # fmt: skip
    return Piece(x, y, ink)


def in_order(found: list[tuple[Piece, int]], scale: float) -> tuple[list[str], list, list, list]:
    """Digits to numbers: each joins the number whose last digit is next to it on the left, on
    about its height; numbers by line, top to bottom, and from left to right in it."""
    usual = float(np.median([len(p.ink) for p, _ in found])) if found else 1.0
    numbers: list[list[tuple[Piece, int]]] = []
    for piece, digit in sorted(found, key=lambda f: f[0].x):
        near = [
            (piece.x - number[-1][0].right, number)
            for number in numbers
            if -0.5 * usual < piece.x - number[-1][0].right < GAP * usual
            and abs(middle(piece) - middle(number[-1][0])) < 0.6 * usual
        ]
        if near:
            min(near, key=lambda n: n[0])[1].append((piece, digit))
        else:
            numbers.append([(piece, digit)])
    lines: list[list] = []
    for number in sorted(numbers, key=lambda n: middle(n[0][0])):
        level = middle(number[0][0])
        if lines and level - middle(lines[-1][-1][0][0]) < 0.6 * usual:
            lines[-1].append(number)
        else:
            lines.append([number])
    ordered = [n for line in lines for n in sorted(line, key=lambda n: n[0][0].x)]
    digits = [(p, digit, i) for i, number in enumerate(ordered) for p, digit in number]
    boxes = [
        tuple(n / scale for n in (p.x, p.y, p.ink.shape[1], p.ink.shape[0])) for p, _, _ in digits
    ]
    texts = ["".join(str(digit) for _, digit in number) for number in ordered]
    return texts, boxes, [digit for _, digit, _ in digits], [i for _, _, i in digits]


def middle(piece: Piece) -> float:
    return (piece.y + piece.bottom) / 2

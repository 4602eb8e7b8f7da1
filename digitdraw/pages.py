"""Training pictures for the digit finder: numbers written on paper, with a box for each digit.

Composed anew at every step from drawn digits, MNIST digits, letters and printed words on `papers`,
or cut out of scanned amounts whose boxes people drew. Knows data and drawing; knows nothing of
networks.
Points are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import cv2
import numpy as np

from digitdraw import handwriting, not_digits, papers, printed
from digitdraw.data import Drawing, Glyphs, Scan

__all__ = ["IGNORED", "Page", "Sources", "compose", "scanned", "written"]

IGNORED = -1
"""Label of a digit that may be found or not: cut off by the edge, or struck through."""
SMALLEST, LARGEST = 14.0, 56.0
"""Heights of the digits, in pixels: what the finder is made for at one scale."""
MOST_DIGITS = 12
"""Digits of the longest number."""
_FINER = 2
"""Ink is drawn so many times finer than the picture, then averaged down."""
Content = Literal["lines", "no digits", "one number", "one digit", "one thing"]
"""What is on a page: lines of numbers and what else there is, all that but numbers, or one number,
one digit or one thing that is none, and nothing else."""
_CONTENTS: dict[Content, float] = {
    "lines": 0.67, "no digits": 0.13, "one number": 0.07, "one digit": 0.06, "one thing": 0.07,
}  # fmt: skip
"""How often each of these is on a page; without lone ones, they are left out for other marks."""
_SCANNED = 0.35
"""Share of the pages that are scans, where there are any."""
_NEAREST = 0.4
"""What is nearer to the camera than this, of the sheet's distance, is out of the picture: a line
that runs on for long enough would pass behind the camera, and be endlessly large before."""
_MORE_ONES = 0.1
"""Share of the digits that are ones besides every tenth: of all digits ones are missed most."""
_OUTSIDE = [-9.0, -9.0, 1.0, 1.0]
"""The box of what is not in the picture."""


@dataclass(frozen=True)
class Sources:
    """What pages are made of; any may be empty but one of drawings and digits."""

    drawings: list[Drawing]
    digits: Glyphs | None
    letters: list[Drawing]
    scans: list[Scan]

    @property
    def written(self) -> "Sources":
        """The same without scans."""
        return replace(self, scans=[])

    @cached_property
    def hands(self) -> list[list[Drawing]]:
        """Drawings of one writer together, in the order of the writers' names."""
        hands: dict[str, list[Drawing]] = {}
        for drawing in self.drawings:
            hands.setdefault(drawing.writer, []).append(drawing)
        return [hands[name] for name in sorted(hands)]


@dataclass(frozen=True)
class Page:
    """`picture` is (H, W) uint8, `boxes` (n, 4) float32, `labels` (n,) int64, 0..9 or IGNORED."""

    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def compose(sources: Sources, rng: np.random.Generator, side: int = 256) -> Page:
    """One page, (side, side): of scans at times, else written; one in five without digits."""
    if sources.scans and rng.random() < _SCANNED:
        return scanned(sources, rng, side)
    return written(sources, rng, side)


def written(
    sources: Sources,
    rng: np.random.Generator,
    side: int,
    content: Content | None = None,
) -> Page:
    """One page that is written on, with what `content` says; without that, with any of those."""
    unit = math.exp(rng.uniform(math.log(SMALLEST), math.log(LARGEST)))
    sheet = papers.paper((side, side), unit, rng)
    writing = _Writing(side, unit, _view(side, rng))
    content = content or rng.choice(list(_CONTENTS), p=list(_CONTENTS.values()))
    if content in ("lines", "no digits"):
        _fill(writing, sources, rng, with_digits=content == "lines")
    else:
        _write_one(writing, sources, rng, content)
    ink = cv2.resize(writing.ink, (side, side), interpolation=cv2.INTER_AREA)
    ink = ink.astype(np.float32) / 255
    if rng.random() < 0.3:  # pencil, chalk: the paper's grain breaks the line
        grain = rng.normal(rng.uniform(-1, 0.5), 0.7, ink.shape).astype(np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 0.9))
        ink = ink * (1 - rng.uniform(0.2, 0.7) * grain.clip(0, 1))
    scene = sheet * (1 - (0.95 - 0.7 * rng.random() ** 1.5) * ink)
    if rng.random() < 0.25:
        scene = papers.desk(scene, np.array(writing.boxes).reshape(-1, 4), unit, rng)
    scene = papers.light(scene, rng)
    return writing.page(papers.photograph(scene, unit, rng))


@dataclass
class _Writing:
    """Ink on its way onto a page: `view` maps points of the sheet to pixels of the picture."""

    side: int
    unit: float
    view: np.ndarray
    ink: np.ndarray = field(init=False)
    boxes: list[list[float]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ink = np.zeros((self.side * _FINER, self.side * _FINER), np.uint8)

    def draw(self, strokes: list[np.ndarray], pen: float) -> list[float]:
        """Draw strokes, points of the sheet, with a pen of a width in pixels; returns the box."""
        if not all(self._is_in_view(each) for each in strokes):
            return _OUTSIDE
        seen = [cv2.perspectiveTransform(each[None], self.view)[0] for each in strokes]
        lines = [np.rint(each * _FINER * 16).astype(np.int32) for each in seen]
        lines = [each if len(each) > 1 else np.repeat(each, 2, axis=0) for each in lines]
        thickness = max(1, round(pen * _FINER))
        cv2.polylines(self.ink, lines, False, 255, thickness, cv2.LINE_AA, 4)
        points = np.concatenate(seen)
        low, high = points.min(axis=0) - pen / 2, points.max(axis=0) + pen / 2
        return [*low, *(high - low)]

    def stamp(
        self, glyph: np.ndarray, corner: np.ndarray, scale: float, slant: float = 0.0
    ) -> list[float]:
        """Put a glyph, (h, w) uint8, onto the sheet, its pixels `scale` large, leaning to the
        right by `slant` of its height."""
        height, width = glyph.shape
        ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        leaning = ends + np.outer(height - ends[:, 1], [slant, 0])
        if not self._is_in_view(leaning * scale + corner):
            return _OUTSIDE
        seen = cv2.perspectiveTransform((leaning * scale + corner)[None], self.view)[0] * _FINER
        low = np.floor(seen.min(axis=0)).astype(int)
        high = np.ceil(seen.max(axis=0)).astype(int)
        turn = cv2.getPerspectiveTransform(
            (ends - 0.5).astype(np.float32), (seen - low - 0.5).astype(np.float32)
        )
        size = tuple(int(n) for n in high - low)
        ink = cv2.warpPerspective(glyph, turn, size, flags=cv2.INTER_CUBIC)
        # Enlarged grey would be a blurred stroke; a pen's edge is one pixel of the picture wide.
        sharp = ((ink.astype(np.float32) - 110) * max(1.0, scale * _FINER * 0.8) + 128).clip(0, 255)
        rows, columns = np.nonzero(sharp > 100)
        if not rows.size:
            return [*low / _FINER, 1.0, 1.0]
        self._blend(sharp.astype(np.uint8), low)
        x, y = low[0] + columns.min(), low[1] + rows.min()
        return [v / _FINER for v in (x, y, np.ptp(columns) + 1, np.ptp(rows) + 1)]

    def digit(self, box: list[float], label: int) -> None:
        """Note a digit that was drawn, unless it is outside of the picture."""
        x, y, width, height = box
        inside = (
            max(0, min(x + width, self.side) - max(x, 0))
            * max(0, min(y + height, self.side) - max(y, 0))
            / max(width * height, 1e-6)
        )
        if inside > 0.1:
            self.boxes.append(box)
            self.labels.append(label if inside > 0.8 else IGNORED)

    def page(self, picture: np.ndarray) -> Page:
        """The page, once all is written."""
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)
        return Page(picture, boxes, np.array(self.labels, np.int64))

    def _is_in_view(self, points: np.ndarray) -> bool:
        """Whether points of the sheet, (n, 2), are all well in front of the camera."""
        return bool((points @ self.view[2, :2] + self.view[2, 2]).min() > _NEAREST)

    def _blend(self, ink: np.ndarray, corner: np.ndarray) -> None:
        (x, y), (height, width) = corner, ink.shape
        full = self.ink.shape[0]
        top, left, bottom, right = max(y, 0), max(x, 0), min(y + height, full), min(x + width, full)
        if top < bottom and left < right:
            part = self.ink[top:bottom, left:right]
            np.maximum(part, ink[top - y : bottom - y, left - x : right - x], out=part)


def _view(side: int, rng: np.random.Generator) -> np.ndarray:
    """How a camera held by hand sees the sheet: turned, sheared, in perspective; (3, 3)."""
    turn = rng.normal(0, 0.11) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3)
    cos, sin, shear = math.cos(turn), math.sin(turn), rng.normal(0, 0.08)
    view = np.array([[cos, -sin + shear, 0], [sin, cos, 0], [0, 0, 1]])
    view[2, :2] = rng.normal(0, 0.12, 2) / side
    there, back = np.eye(3), np.eye(3)
    there[:2, 2], back[:2, 2] = -side / 2, side / 2
    return back @ view @ there


def _fill(
    writing: _Writing, sources: Sources, rng: np.random.Generator, *, with_digits: bool
) -> None:
    """Write lines all over the sheet, some of it left empty; and what else is on paper."""
    side, unit = writing.side, writing.unit
    hand = _Hand.of(sources, unit, rng)
    y = rng.uniform(-0.15, 0.5) * side
    while y < 1.15 * side:
        x = rng.uniform(-0.25, 0.6) * side
        while x < 1.2 * side:
            kind = rng.random()
            if with_digits and rng.random() < 0.7:
                x = hand.number(writing, x, y, rng)
            elif kind < 0.25:
                x = _print(writing, x, y, rng)
            elif sources.letters and kind < 0.7:
                x = _word(writing, sources.letters, hand, x, y, rng)
            elif kind < 0.9:
                x = _shape(writing, hand, x, y, rng)
            # Units, signs and words stand close to a number at times.
            x += unit * (rng.uniform(0.25, 0.7) if rng.random() < 0.15 else rng.uniform(1.2, 5))
            if rng.random() < 0.3:
                break
        y += unit * rng.uniform(1.15, 2.6)
    for _ in range(rng.poisson(0.5)):
        ends = rng.uniform(-0.2, 1.2, (2, 2)) * side
        if rng.random() < 0.7:  # most lines on paper are level or upright
            ends[1, int(rng.integers(2))] = ends[0, int(rng.integers(2))]
        writing.draw([ends], rng.uniform(0.5, 2))


def _write_one(
    writing: _Writing, sources: Sources, rng: np.random.Generator, content: Content
) -> None:
    """Write one number, digit or other thing, as `content` says, somewhere on the sheet."""
    hand, side = _Hand.of(sources, writing.unit, rng), writing.side
    x = rng.uniform(0.05, 0.6 if content == "one number" else 0.9) * side
    y = rng.uniform(0.2, 0.8) * side
    if content != "one thing":
        hand.number(writing, x, y, rng, most=1 if content == "one digit" else MOST_DIGITS)
    elif sources.letters and rng.random() < 0.4:
        _word(writing, sources.letters, hand, x, y, rng)
    elif rng.random() < 0.3:
        _print(writing, x, y, rng)
    else:
        _shape(writing, hand, x, y, rng)


@dataclass(frozen=True)
class _Hand:
    """One person writing: the drawings of their digits, pen, spacing, and how evenly."""

    drawings: list[Drawing]
    digits: Glyphs | None
    pen: float
    gap: float
    uneven: float
    slant: float
    frames: bool

    @classmethod
    def of(cls, sources: Sources, unit: float, rng: np.random.Generator) -> "_Hand":
        hands = sources.hands
        drawn = bool(hands) and (sources.digits is None or rng.random() < 0.6)
        frames = rng.random() < 0.08
        touching, apart = rng.random() < 0.2, rng.random() < 0.2
        slant = rng.normal(0.05, 0.1) if rng.random() < 0.7 else rng.normal(0.3, 0.2)
        return cls(
            drawings=hands[int(rng.integers(len(hands)))] if drawn else [],
            digits=None if drawn else sources.digits,
            pen=max(0.6, unit * float(np.clip(rng.lognormal(math.log(0.085), 0.35), 0.035, 0.22))),
            gap=-0.05 if touching else 0.45 if apart or frames else rng.uniform(0.08, 0.3),
            uneven=rng.uniform(0.02, 0.1),
            slant=0.0 if frames else slant,
            frames=frames,
        )

    def number(
        self,
        writing: _Writing,
        x: float,
        y: float,
        rng: np.random.Generator,
        most: int = MOST_DIGITS,
    ) -> float:
        """Write a number of at most so many digits from x on, its middle at y; returns where it
        ends."""
        unit, start, first = writing.unit, x, len(writing.labels)
        if rng.random() < 0.04:
            x = self._separator(writing, x, y, rng)
        for place in range(int(min(rng.geometric(0.25), most))):
            if place and rng.random() < 0.12:
                x = self._separator(writing, x, y, rng)
            x = self._digit(writing, x, y + rng.normal(0, self.uneven) * unit, rng)
            x += unit * max(-0.2, rng.normal(self.gap, 0.07))
        while rng.random() < 0.08:  # a full stop, or the dash after a round amount
            x = self._separator(writing, x, y, rng)
        if rng.random() < 0.06:  # in a box of its own, as on forms
            half = np.array([(x - start) / 2, unit / 2]) + unit * rng.uniform(0.2, 0.6)
            writing.draw([_outline([(start + x) / 2, y], half)], rng.uniform(0.4, 1.2))
        if rng.random() < 0.1:  # underlined
            level = y + unit * (0.6 + abs(rng.normal(0, 0.15)))
            writing.draw([np.array([[start, level], [x, level + rng.normal(0, 2)]])], self.pen)
        chance = rng.random()
        if chance < 0.04:  # struck through with one line, which leaves it to be read
            ends = [[start - 0.2 * unit, y], [x + 0.2 * unit, y + rng.normal(0, 0.1) * unit]]
            writing.draw([np.array(ends)], self.pen)
        elif chance < 0.055:  # crossed out: neither a number to read nor not one
            turns = np.arange(max(4, int(2 * (x - start) / unit)))
            up_and_down = y + np.where(turns % 2, -0.4, 0.4) * unit
            along = np.column_stack([np.linspace(start, x, len(turns)), up_and_down])
            writing.draw([along], self.pen)
            writing.labels[first:] = [IGNORED] * (len(writing.labels) - first)
        return x

    def _digit(self, writing: _Writing, x: float, y: float, rng: np.random.Generator) -> float:
        """Write one digit from x on; returns where it ends."""
        size = writing.unit * math.exp(rng.normal(0, self.uneven))
        if self.digits is not None:
            index = _any_of(self.digits.labels, rng)
            label = int(self.digits.labels[index])
            glyph = self.digits.pixels[index]
            rows, columns = np.nonzero(glyph.max(axis=1))[0], np.nonzero(glyph.max(axis=0))[0]
            glyph = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            scale = size / max(glyph.shape)
            height = glyph.shape[0] * scale
            width = glyph.shape[1] * scale + abs(self.slant) * height
            corner = np.array([x + max(0.0, -self.slant) * height, y - height / 2])
            box = writing.stamp(glyph, corner, scale, self.slant)
            if label == 0 and rng.random() < 0.12:
                box = _slashed(writing, box, rng)
        else:
            labels = np.array([int(each.label) for each in self.drawings])
            drawing = self.drawings[_any_of(labels, rng)]
            label = int(drawing.label)
            if label == 1 and rng.random() < 0.35:
                lines, size = handwriting.leaning_one(rng), size * rng.uniform(0.9, 1.5)
            else:
                lines = handwriting.another_form(drawing.strokes, label, rng)
            lines = handwriting.slanted(handwriting.vary(lines, rng), self.slant)
            width, height = handwriting.corners(lines)[1] * size
            box = writing.draw([each * size + [x, y - height / 2] for each in lines], self.pen)
        writing.digit(box, label)
        if self.frames:
            _frame(writing, x + width / 2, y, rng)
            width = max(width, 0.75 * writing.unit)
        # Who leans writes the next digit as near to this one: their boxes overlap.
        return x + max(width - 0.8 * abs(self.slant) * height, 0.15 * height)

    def _separator(self, writing: _Writing, x: float, y: float, rng: np.random.Generator) -> float:
        """A point, comma, dash or slash; returns where it ends."""
        unit, kind = writing.unit, rng.random()
        low = y + unit * rng.uniform(0.35, 0.55)
        if kind < 0.4:
            marks, wide = np.array([[x, low], [x + 0.02 * unit, low]]), 0.1
        elif kind < 0.65:
            marks, wide = np.array([[x + 0.06 * unit, low], [x, low + 0.2 * unit]]), 0.15
        elif kind < 0.9:
            wide = rng.uniform(0.2, 0.5)
            marks = np.array([[x, y], [x + wide * unit, y + rng.normal(0, 0.05) * unit]])
        else:
            # Longer than the hand's ones, and leaning more, or nothing could tell it from them.
            tall = rng.uniform(1.15, 1.6)
            wide = tall * (max(0.0, self.slant) + rng.uniform(0.25, 0.6))
            marks = np.array([[x + wide * unit, y - tall / 2 * unit], [x, y + tall / 2 * unit]])
        writing.draw([marks], self.pen * rng.uniform(0.9, 1.4))
        return x + (wide + rng.uniform(0.05, 0.25)) * unit


def _any_of(labels: np.ndarray, rng: np.random.Generator) -> int:
    """The index of any of these digits, (n,), of ones more often."""
    ones = np.flatnonzero(labels == 1) if rng.random() < _MORE_ONES else labels[:0]
    return int(rng.choice(ones)) if ones.size else int(rng.integers(len(labels)))


def _slashed(writing: _Writing, box: list[float], rng: np.random.Generator) -> list[float]:
    """Draw a slash through a zero that was stamped; returns the box of both. As in the picture,
    not on the sheet: a stamped digit's pen is not known there."""
    x, y, width, height = box
    low, high = np.array([x, y]), np.array([x + width, y + height])
    reach = rng.uniform(-0.1, 0.2) * (high - low)
    ends = np.array(
        [[low[0] - reach[0], high[1] + reach[1]], [high[0] + reach[0], low[1] - reach[1]]]
    )
    pen = max(0.6, 0.1 * height * rng.uniform(0.6, 1.2))
    lines = [np.rint(ends * _FINER * 16).astype(np.int32)]
    cv2.polylines(writing.ink, lines, False, 255, max(1, round(pen * _FINER)), cv2.LINE_AA, 4)
    low, high = np.minimum(low, ends.min(axis=0)), np.maximum(high, ends.max(axis=0))
    return [*low, *(high - low)]


def _frame(writing: _Writing, x: float, y: float, rng: np.random.Generator) -> None:
    """A box printed around a digit, as on forms."""
    half = np.array([0.62, 0.75]) * writing.unit
    writing.draw([_outline([x, y], half)], rng.uniform(0.4, 1.2))


def _outline(middle: list[float], half: np.ndarray) -> np.ndarray:
    """A rectangle, by its middle and half of its size, as one stroke."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half + middle


def _print(writing: _Writing, x: float, y: float, rng: np.random.Generator) -> float:
    """Printed words, which are no digits; returns where they end."""
    words = printed.words(_FINER * writing.unit * rng.uniform(0.25, 1.0), rng)
    height, width = np.array(words.shape) / _FINER
    writing.stamp(words, np.array([x, y - height / 2]), 1 / _FINER)
    return x + width


def _word(
    writing: _Writing,
    letters: list[Drawing],
    hand: _Hand,
    x: float,
    y: float,
    rng: np.random.Generator,
) -> float:
    """A word of letters, which are no digits; returns where it ends. Of one that stands alone
    nobody can say whether it is O or 0."""
    size = writing.unit * rng.uniform(0.6, 1.1)
    count = 1 if rng.random() < 0.15 else int(rng.integers(2, 7))
    for _ in range(count):
        drawing = letters[int(rng.integers(len(letters)))]
        lines = handwriting.unit(handwriting.vary(drawing.strokes, rng))
        width, height = handwriting.corners(lines)[1] * size
        box = writing.draw([each * size + [x, y - height / 2] for each in lines], hand.pen)
        if count == 1:
            writing.digit(box, IGNORED)
        x += width + size * rng.uniform(0, 0.25)
    return x


def _shape(writing: _Writing, hand: _Hand, x: float, y: float, rng: np.random.Generator) -> float:
    """A tick, a star, a scribble, which are no digits; returns where it ends."""
    make = not_digits.MAKERS[int(rng.integers(len(not_digits.MAKERS)))]
    lines = handwriting.unit(make(rng))
    size = writing.unit * math.exp(rng.normal(0, 0.3))
    width, height = handwriting.corners(lines)[1] * size
    writing.draw([each * size + [x, y - height / 2] for each in lines], hand.pen)
    return x + width


def scanned(sources: Sources, rng: np.random.Generator, side: int) -> Page:
    """One of the scanned amounts, at any size that digits may have, somewhere on an empty paper."""
    scan = sources.scans[int(rng.integers(len(sources.scans)))]
    tall = float(np.median(scan.boxes[:, 3]))
    room = min(side / max(scan.picture.shape), LARGEST / tall)
    scale = min(room, math.exp(rng.uniform(math.log(SMALLEST / tall), math.log(LARGEST / tall))))
    stretch = math.exp(rng.normal(0, 0.15))
    turn, shear = rng.normal(0, 0.04), rng.normal(0, 0.2)
    linear = np.array([[math.cos(turn) * stretch, shear], [math.sin(turn), math.cos(turn)]]) * scale
    height, width = scan.picture.shape
    ends = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ linear.T
    low, span = ends.min(axis=0), np.ptp(ends, axis=0)
    corner = rng.uniform(0, 1, 2) * np.maximum(side - span, 0) - low
    view = np.column_stack([linear, corner])
    paper = papers.paper((side, side), tall * scale, rng)
    paper = paper * (float(np.median(scan.picture)) / 255 / float(np.median(paper)))
    paper = np.rint(paper.clip(0, 1) * 255).astype(np.uint8)
    method = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    cv2.warpAffine(scan.picture, view, (side, side), dst=paper, flags=method,
                   borderMode=cv2.BORDER_TRANSPARENT)  # fmt: skip
    writing = _Writing(side, tall * scale, np.eye(3))
    for (x, y, wide, high), label in zip(scan.boxes, scan.labels, strict=True):
        points = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]])
        seen = points @ linear.T + corner
        writing.digit([*seen.min(axis=0), *np.ptp(seen, axis=0)], int(label))
    scene = papers.light(paper.astype(np.float32) / 255, rng)
    return writing.page(papers.photograph(scene, tall * scale, rng))

"""Training pictures for the digit finder: numbers written on paper, with a box for each digit.

Composed anew at every step: what is on a page, on which paper and in which light; or cut out of
scanned amounts whose boxes people drew. Knows data and drawing; knows nothing of networks.
Points are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture.
"""

import math
from typing import Literal

import cv2
import numpy as np

from digitdraw.training.datasets import Drawing, Scan
from digitdraw.training.synthesis import (
    camera,
    handwriting,
    negatives,
    printed_text,
    scans,
    symbols,
)
from digitdraw.training.synthesis.canvas import FINER, IGNORED, Canvas, Page, random_view
from digitdraw.training.synthesis.ink_gaps import ink_gaps
from digitdraw.training.synthesis.number_formats import MOST_DIGITS
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer

__all__ = ["LARGEST", "SMALLEST", "Content", "clear", "compose", "scanned", "written"]

SMALLEST, LARGEST = 14.0, 56.0
"""Heights of the digits, in pixels: what the finder is made for at one scale."""

_CLEAR = 24.0
"""The same of the smallest digits of a clear page."""

_HARM, _HASTE = (0.0, 0.4), (0.2, 0.7)
"""The least and the most of what may spoil a page that does so on a clear one, and of the haste in
which it is written."""

Content = Literal["lines", "no digits", "one number", "one digit", "one thing"]
"""What is on a page: lines of numbers and what else there is, all that but numbers, or one number,
one digit or one thing that is none, and nothing else."""

_CONTENTS: dict[Content, float] = {
    "lines": 0.67, "no digits": 0.13, "one number": 0.07, "one digit": 0.06, "one thing": 0.07,
}  # fmt: skip
"""How often each of these is on a page; without lone ones, they are left out for other marks."""

_ANY_SIGN = symbols.BETWEEN + symbols.BEFORE + symbols.AFTER

_SUMS = 0.15
"""Share of the numbers that another follows, with a sign between them."""

_CROSSED_OUT = 0.08
"""Share of the words that are."""

_FLAT = 0.06
"""Share of the written pages that no camera saw: screenshots, and what programs draw."""

_SCANNED = 0.35
"""Share of the pages that are scans, where there are any."""

_SPLICED = 0.6
"""Share of the scans that are made of two, and of those that are made of one more, where these can
be."""


def compose(sources: Sources, rng: np.random.Generator, side: int = 256) -> Page:
    """One page, (side, side): of scans at times, else written; one in five without digits."""
    if sources.scans and rng.random() < _SCANNED:
        return scanned(sources, rng, side)
    return written(sources, rng, side)


def clear(sources: Sources, rng: np.random.Generator, side: int) -> Page:
    """One page that is written on and seen as most photos are: large enough, and hardly spoilt."""
    haste, harm = rng.uniform(*_HASTE), rng.uniform(*_HARM)
    return written(sources, rng, side, haste=haste, harm=harm, smallest=_CLEAR)


def written(
    sources: Sources,
    rng: np.random.Generator,
    side: int,
    content: Content | None = None,
    haste: float = 1.0,
    harm: float = 1.0,
    smallest: float = SMALLEST,
) -> Page:
    """One page that is written on, with what `content` says; without that, with any of those. How
    hastily says `haste`, and how much of what may spoil it does says `harm`, both from 0 to 1; its
    digits are at least `smallest` pixels high."""
    unit = math.exp(rng.uniform(math.log(smallest), math.log(LARGEST)))
    writing = Canvas(side, unit, random_view(side, rng))
    content = content or rng.choice(list(_CONTENTS), p=list(_CONTENTS.values()))
    hand = Writer.of(sources, unit, rng, haste)
    if content in ("lines", "no digits"):
        _fill(writing, sources, hand, rng, with_digits=content == "lines")
    else:
        _write_one(writing, sources, hand, rng, content)
    ink = cv2.resize(writing.ink, (side, side), interpolation=cv2.INTER_AREA)
    ink = ink.astype(np.float32) / 255
    if rng.random() < _FLAT:
        return writing.page(_flat(ink, rng))
    if rng.random() < 0.12:
        ink = ink * (1 - ink_gaps(ink > 0.3, rng))
    if rng.random() < 0.3 * harm:  # pencil, chalk: the paper's grain breaks the line
        grain = rng.normal(rng.uniform(-1, 0.5), 0.7, ink.shape).astype(np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 0.9))
        ink = ink * (1 - rng.uniform(0.2, 0.7) * grain.clip(0, 1))
    sheet = camera.paper(ink.shape, unit, rng, harm)
    scene = sheet * (1 - (0.95 - (0.2 + 0.5 * harm) * rng.random() ** 1.5) * ink)
    if rng.random() < 0.25:
        scene = camera.desk(scene, np.array(writing.boxes).reshape(-1, 4), unit, rng)
    scene = camera.light(scene, rng)
    return writing.page(camera.photograph(scene, unit, rng, harm))


def _flat(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink, (H, W) in [0, 1], of one tone on paper of another, light or dark; (H, W) uint8."""
    paper = rng.uniform(0.8, 1) if rng.random() < 0.7 else rng.uniform(0, 0.25)
    away = rng.uniform(0.4, 1) if rng.random() < 0.5 else 1.0
    tone = max(0.0, paper - away) if paper > 0.5 else min(1.0, paper + away)
    return np.rint((paper + (tone - paper) * ink) * 255).astype(np.uint8)


def _fill(
    writing: Canvas, sources: Sources, hand: Writer, rng: np.random.Generator, *, with_digits: bool
) -> None:
    """Write lines all over the sheet, some of it left empty; and what else is on paper."""
    side, unit = writing.side, writing.unit
    y = rng.uniform(-0.15, 0.5) * side
    while y < 1.15 * side:
        x = rng.uniform(-0.25, 0.6) * side
        while x < 1.2 * side:
            kind = rng.random()
            if with_digits and rng.random() < 0.7:
                x = hand.number(writing, x, y, rng)
                if rng.random() < _SUMS * hand.haste:
                    between = symbols.random_symbol(symbols.BETWEEN, rng)
                    x = hand.sign(writing, x + rng.uniform(0, 0.5) * unit, y, between, rng)
                    x = hand.number(writing, x + rng.uniform(0, 0.5) * unit, y, rng)
            elif kind < 0.35:
                x = _print(writing, x, y, rng)
            elif sources.letters and kind < 0.75:
                x = _word(writing, sources.letters, hand, x, y, rng)
            elif kind < 0.85:
                x = _shape(writing, hand, x, y, rng)
            elif kind < 0.95:
                x = hand.sign(writing, x, y, symbols.random_symbol(_ANY_SIGN, rng), rng)
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
    writing: Canvas, sources: Sources, hand: Writer, rng: np.random.Generator, content: Content
) -> None:
    """Write one number, digit or other thing, as `content` says, somewhere on the sheet."""
    side = writing.side
    x = rng.uniform(0.05, 0.6 if content == "one number" else 0.9) * side
    y = rng.uniform(0.2, 0.8) * side
    if content != "one thing":
        hand.number(writing, x, y, rng, most=1 if content == "one digit" else MOST_DIGITS)
    elif sources.letters and rng.random() < 0.4:
        _word(writing, sources.letters, hand, x, y, rng)
    elif rng.random() < 0.3:
        _print(writing, x, y, rng)
    elif rng.random() < 0.3:
        hand.sign(writing, x, y, symbols.random_symbol(_ANY_SIGN, rng), rng)
    else:
        _shape(writing, hand, x, y, rng)


def _print(writing: Canvas, x: float, y: float, rng: np.random.Generator) -> float:
    """Printed words, which are no digits; returns where they end."""
    words = printed_text.printed_words(FINER * writing.unit * rng.uniform(0.25, 1.0), rng)
    height, width = np.array(words.shape) / FINER
    writing.stamp(words, np.array([x, y - height / 2]), 1 / FINER)
    return x + width


def _word(
    writing: Canvas,
    letters: list[Drawing],
    hand: Writer,
    x: float,
    y: float,
    rng: np.random.Generator,
) -> float:
    """A word of letters, which are no digits; returns where it ends. Of one that stands alone
    nobody can say whether it is O or 0."""
    start, size = x, writing.unit * rng.uniform(0.6, 1.1)
    count = 1 if rng.random() < 0.15 else int(rng.integers(2, 7))
    for _ in range(count):
        drawing = letters[int(rng.integers(len(letters)))]
        lines = handwriting.unit(handwriting.vary(drawing.strokes, rng))
        width, height = handwriting.corners(lines)[1] * size
        box = writing.draw([each * size + [x, y - height / 2] for each in lines], hand.pen)
        if count == 1:
            writing.digit(box, IGNORED)
        x += width + size * rng.uniform(0, 0.25)
    if count > 1 and rng.random() < _CROSSED_OUT:
        hand.cross_out(writing, start, x, y)
    return x


def _shape(writing: Canvas, hand: Writer, x: float, y: float, rng: np.random.Generator) -> float:
    """A tick, a star, a scribble, which are no digits; returns where it ends."""
    make = negatives.MAKERS[int(rng.integers(len(negatives.MAKERS)))]
    lines = handwriting.unit(make(rng))
    size = writing.unit * math.exp(rng.normal(0, 0.3))
    width, height = handwriting.corners(lines)[1] * size
    writing.draw([each * size + [x, y - height / 2] for each in lines], hand.pen)
    return x + width


def scanned(sources: Sources, rng: np.random.Generator, side: int) -> Page:
    """One of the scanned amounts, or one made of several, at any size that digits may have,
    somewhere on an empty paper."""
    scan = _any_scan(sources, rng)
    while rng.random() < _SPLICED and len(scan.labels) < MOST_DIGITS:
        scan = scans.splice_scans(scan, _any_scan(sources, rng), rng)
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
    paper = camera.paper((side, side), tall * scale, rng)
    paper = paper * (float(np.median(scan.picture)) / 255 / float(np.median(paper)))
    paper = np.rint(paper.clip(0, 1) * 255).astype(np.uint8)
    method = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    cv2.warpAffine(scan.picture, view, (side, side), dst=paper, flags=method,
                   borderMode=cv2.BORDER_TRANSPARENT)  # fmt: skip
    writing = Canvas(side, tall * scale, np.eye(3))
    for (x, y, wide, high), label in zip(scan.boxes, scan.labels, strict=True):
        points = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]])
        seen = points @ linear.T + corner
        writing.digit([*seen.min(axis=0), *np.ptp(seen, axis=0)], int(label))
    scene = camera.light(paper.astype(np.float32) / 255, rng)
    return writing.page(camera.photograph(scene, tall * scale, rng))


def _any_scan(sources: Sources, rng: np.random.Generator) -> Scan:
    return sources.scans[int(rng.integers(len(sources.scans)))]

"""Generates training pages for the digit detector: numbers on paper, with a box for each digit.

Written pages have random writing, paper, light and camera. Scanned pages have scanned numbers,
whose boxes people drew. Points are (x, y), y down; boxes are (x, y, width, height) in pixels."""

import math
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator

from digitdraw.training.datasets import Drawing, Scan
from digitdraw.training.synthesis import handwriting, negatives, scans, symbols
from digitdraw.training.synthesis.camera import photograph, uneven_light
from digitdraw.training.synthesis.canvas import (
    IGNORED,
    SUPERSAMPLING,
    Canvas,
    Mark,
    Page,
    random_view,
)
from digitdraw.training.synthesis.ink_gaps import ink_gaps
from digitdraw.training.synthesis.number_formats import MAX_DIGITS
from digitdraw.training.synthesis.paper import add_desk, random_sheet
from digitdraw.training.synthesis.printed_text import printed_words
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer

MIN_HEIGHT, MAX_HEIGHT = 14.0, 56.0
"""Range of digit heights in pixels; the detector covers it at one scale."""
_CLEAR_MIN_HEIGHT = 24.0
"""Height of the smallest digits on a clear page, in pixels."""
_CLEAR_DAMAGE, _CLEAR_VARIABILITY = (0.0, 0.4), (0.2, 0.7)
"""Ranges of damage and of the writer's variability on a clear page."""
Content = Literal["lines", "no digits", "one number", "one digit", "one negative"]
"""What is on a page: lines of numbers and other content; the same without numbers; or a single
number, digit or negative example on an empty page."""
_CONTENTS: dict[Content, float] = {
    "lines": 0.67, "no digits": 0.13, "one number": 0.07, "one digit": 0.06, "one negative": 0.07,
}  # fmt: skip
"""Probability of each content. Without single digits in training, the detector rejects them."""
_ANY_SYMBOL = symbols.BETWEEN + symbols.BEFORE + symbols.AFTER
_SUMS = 0.15
"""Share of numbers that a symbol and another number follow."""
_CROSSED_OUT = 0.08
"""Share of words that are crossed out."""
_FLAT = 0.06
"""Share of written pages without paper and camera, like screenshots."""
_SCANNED = 0.35
"""Share of pages that are scans, where there are scans."""
_SPLICED = 0.6
"""Probability that one more scan is spliced to a scanned number, again after each splice."""


def random_page(sources: Sources, rng: Generator, side: int = 256) -> Page:
    """A random page, (side, side): scanned or written; one of five written ones has no digits."""
    if sources.scans and rng.random() < _SCANNED:
        return scanned_page(sources, rng, side)
    return written_page(sources, rng, side)


def clear_page(sources: Sources, rng: Generator, side: int) -> Page:
    """A written page, as clear as most photos: large digits and little damage."""
    variability, damage = rng.uniform(*_CLEAR_VARIABILITY), rng.uniform(*_CLEAR_DAMAGE)
    return written_page(
        sources, rng, side, variability=variability, damage=damage, min_height=_CLEAR_MIN_HEIGHT
    )


def written_page(
    sources: Sources,
    rng: Generator,
    side: int,
    content: Content | None = None,
    variability: float = 1.0,
    damage: float = 1.0,
    min_height: float = MIN_HEIGHT,
) -> Page:
    """A written page, (side, side), with the given or a random `content`.

    `variability` of the writer and `damage` to the picture are from 0 to 1. Digits are at least
    `min_height` pixels high."""
    digit_height = math.exp(rng.uniform(math.log(min_height), math.log(MAX_HEIGHT)))
    canvas = Canvas(side, digit_height, random_view(side, rng))
    content = content or rng.choice(list(_CONTENTS), p=list(_CONTENTS.values()))
    writer = Writer.random(sources, digit_height, rng, variability)
    if content in ("lines", "no digits"):
        _write_lines(canvas, sources, writer, rng, with_digits=content == "lines")
    else:
        _write_one(canvas, sources, writer, rng, content)
    return take_picture(canvas, rng, damage)


def take_picture(canvas: Canvas, rng: Generator, damage: float) -> Page:
    """The page of a canvas: its ink on a random paper, under random light, as a camera sees it.

    `damage` to the picture is from 0 to 1."""
    side, digit_height = canvas.side, canvas.digit_height
    ink: np.ndarray = cv2.resize(canvas.ink, (side, side), interpolation=cv2.INTER_AREA)
    ink = ink.astype(np.float32) / 255
    if rng.random() < _FLAT:
        return canvas.to_page(_flat_picture(ink, rng))
    if rng.random() < 0.12:
        ink = ink * (1 - ink_gaps(ink > 0.3, rng))
    if rng.random() < 0.3 * damage:  # pencil and chalk: the paper's grain breaks the line
        noise = rng.normal(rng.uniform(-1, 0.5), 0.7, ink.shape).astype(np.float32)
        grain = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, 0.9))
        ink = ink * (1 - rng.uniform(0.2, 0.7) * grain.clip(0, 1))
    sheet = random_sheet(ink.shape, digit_height, rng, damage)
    scene = sheet * (1 - (0.95 - (0.2 + 0.5 * damage) * rng.random() ** 1.5) * ink)
    if rng.random() < 0.25:
        boxes = np.array([mark.box for mark in canvas.marks]).reshape(-1, 4)
        scene = add_desk(scene, boxes, digit_height, rng)
    return canvas.to_page(photograph(uneven_light(scene, rng), digit_height, rng, damage))


def scanned_page(sources: Sources, rng: Generator, side: int) -> Page:
    """A scanned number, or a splice of several, at any size and place on an empty sheet."""
    scan = _random_scan(sources, rng)
    while rng.random() < _SPLICED and len(scan.labels) < MAX_DIGITS:
        scan = scans.splice_scans(scan, _random_scan(sources, rng), rng)
    height = float(np.median(scan.boxes[:, 3]))
    largest = min(side / max(scan.picture.shape), MAX_HEIGHT / height)
    log_scale = rng.uniform(math.log(MIN_HEIGHT / height), math.log(MAX_HEIGHT / height))
    scale = min(largest, math.exp(log_scale))
    stretch = math.exp(rng.normal(0, 0.15))
    turn, shear = rng.normal(0, 0.04), rng.normal(0, 0.2)
    linear = np.array([[math.cos(turn) * stretch, shear], [math.sin(turn), math.cos(turn)]]) * scale
    ends = _rectangle_corners(0, 0, *scan.picture.shape[::-1]) @ linear.T
    low, span = ends.min(axis=0), np.ptp(ends, axis=0)
    corner = rng.uniform(0, 1, 2) * np.maximum(side - span, 0) - low
    sheet = random_sheet((side, side), height * scale, rng)
    sheet = sheet * (float(np.median(scan.picture)) / 255 / float(np.median(sheet)))
    picture = np.rint(sheet.clip(0, 1) * 255).astype(np.uint8)
    method = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    cv2.warpAffine(scan.picture, np.column_stack([linear, corner]), (side, side), dst=picture,
                   flags=method, borderMode=cv2.BORDER_TRANSPARENT)  # fmt: skip
    canvas = Canvas(side, height * scale, np.eye(3))
    for box, label in zip(scan.boxes, scan.labels, strict=True):
        projected = _rectangle_corners(*box) @ linear.T + corner
        canvas.add_digit([*projected.min(axis=0), *np.ptp(projected, axis=0)], int(label))
    scene = uneven_light(picture.astype(np.float32) / 255, rng)
    return canvas.to_page(photograph(scene, height * scale, rng))


def plain_scan(sources: Sources, rng: Generator) -> Page:
    """A scanned number as it is, without a sheet and a camera."""
    scan = _random_scan(sources, rng)
    marks = [
        Mark(box.tolist(), str(label), 0, 0)
        for box, label in zip(scan.boxes, scan.labels, strict=True)
    ]
    return Page(scan.picture, scan.boxes, scan.labels, tuple(marks))


def _flat_picture(ink: np.ndarray, rng: Generator) -> np.ndarray:
    """Ink (H, W) in [0, 1] in one grey on paper of another, light or dark: (H, W) uint8."""
    paper = rng.uniform(0.8, 1) if rng.random() < 0.7 else rng.uniform(0, 0.25)
    contrast = rng.uniform(0.4, 1) if rng.random() < 0.5 else 1.0
    level = max(0.0, paper - contrast) if paper > 0.5 else min(1.0, paper + contrast)
    return np.rint((paper + (level - paper) * ink) * 255).astype(np.uint8)


def _write_lines(
    canvas: Canvas, sources: Sources, writer: Writer, rng: Generator, *, with_digits: bool
) -> None:
    """Write lines of numbers, words, shapes and symbols, with empty places between."""
    side, height = canvas.side, canvas.digit_height
    y = rng.uniform(-0.15, 0.5) * side
    while y < 1.15 * side:
        x = rng.uniform(-0.25, 0.6) * side
        while x < 1.2 * side:
            kind = rng.random()
            if with_digits and rng.random() < 0.7:
                x = writer.write_number(canvas, x, y, rng)
                if rng.random() < _SUMS * writer.variability:
                    name = symbols.random_symbol(symbols.BETWEEN, rng)
                    x += rng.uniform(0, 0.5) * height
                    x = writer.write_symbol(canvas, x, y, name, rng)
                    x += rng.uniform(0, 0.5) * height
                    x = writer.write_number(canvas, x, y, rng)
            elif kind < 0.35:
                x = _print_words(canvas, x, y, rng)
            elif sources.letters and kind < 0.75:
                x = _write_word(canvas, sources.letters, writer, x, y, rng)
            elif kind < 0.85:
                x = _draw_shape(canvas, writer, x, y, rng)
            elif kind < 0.95:
                x = writer.write_symbol(canvas, x, y, symbols.random_symbol(_ANY_SYMBOL, rng), rng)
            # Units, symbols and words are sometimes close to a number.
            x += height * (rng.uniform(0.25, 0.7) if rng.random() < 0.15 else rng.uniform(1.2, 5))
            if rng.random() < 0.3:
                break
        y += height * rng.uniform(1.15, 2.6)
        canvas.row += 1
    for _ in range(rng.poisson(0.5)):
        ends = rng.uniform(-0.2, 1.2, (2, 2)) * side
        if rng.random() < 0.7:  # most lines on paper are horizontal or vertical
            ends[1, int(rng.integers(2))] = ends[0, int(rng.integers(2))]
        canvas.draw([ends], rng.uniform(0.5, 2))


def _write_one(
    canvas: Canvas, sources: Sources, writer: Writer, rng: Generator, content: Content
) -> None:
    """Write one number, digit or negative example at a random place."""
    x = rng.uniform(0.05, 0.6 if content == "one number" else 0.9) * canvas.side
    y = rng.uniform(0.2, 0.8) * canvas.side
    if content != "one negative":
        writer.write_number(canvas, x, y, rng, 1 if content == "one digit" else MAX_DIGITS)
    elif sources.letters and rng.random() < 0.4:
        _write_word(canvas, sources.letters, writer, x, y, rng)
    elif rng.random() < 0.3:
        _print_words(canvas, x, y, rng)
    elif rng.random() < 0.3:
        writer.write_symbol(canvas, x, y, symbols.random_symbol(_ANY_SYMBOL, rng), rng)
    else:
        _draw_shape(canvas, writer, x, y, rng)


def _print_words(canvas: Canvas, x: float, y: float, rng: Generator) -> float:
    """Print words from x on, their middle at y; return the x where they end."""
    words = printed_words(SUPERSAMPLING * canvas.digit_height * rng.uniform(0.25, 1.0), rng)
    height, width = np.array(words.shape) / SUPERSAMPLING
    canvas.stamp(words, np.array([x, y - height / 2]), 1 / SUPERSAMPLING)
    return x + width


def _write_word(
    canvas: Canvas, letters: list[Drawing], writer: Writer, x: float, y: float, rng: Generator
) -> float:
    """Write a word of letters from x on, its middle at y; return the x where it ends.

    A single letter is recorded as IGNORED, because O and 0 look the same."""
    start, size = x, canvas.digit_height * rng.uniform(0.6, 1.1)
    count = 1 if rng.random() < 0.15 else int(rng.integers(2, 7))
    for _ in range(count):
        drawing = letters[int(rng.integers(len(letters)))]
        strokes = handwriting.to_unit_size(handwriting.vary(drawing.strokes, rng))
        width, box = _draw_centered(canvas, strokes, writer, x, y, size)
        if count == 1:
            canvas.add_digit(box, IGNORED)
        x += width + size * rng.uniform(0, 0.25)
    if count > 1 and rng.random() < _CROSSED_OUT:
        writer.cross_out(canvas, start, x, y)
    return x


def _draw_shape(canvas: Canvas, writer: Writer, x: float, y: float, rng: Generator) -> float:
    """Draw a negative example from x on, its middle at y; return the x where it ends."""
    make = negatives.MAKERS[int(rng.integers(len(negatives.MAKERS)))]
    strokes = handwriting.to_unit_size(make(rng))
    size = canvas.digit_height * math.exp(rng.normal(0, 0.3))
    return x + _draw_centered(canvas, strokes, writer, x, y, size)[0]


def _draw_centered(
    canvas: Canvas, strokes: handwriting.Strokes, writer: Writer, x: float, y: float, size: float
) -> tuple[float, list[float]]:
    """Draw strokes of unit size from x on, their middle at y; return their width and box."""
    width, height = handwriting.corners(strokes)[1] * size
    moved = [stroke * size + [x, y - height / 2] for stroke in strokes]
    return width, canvas.draw(moved, writer.pen_width)


def _random_scan(sources: Sources, rng: Generator) -> Scan:
    return sources.scans[int(rng.integers(len(sources.scans)))]


def _rectangle_corners(x: float, y: float, width: float, height: float) -> np.ndarray:
    """The corners (4, 2) of a box, clockwise from the upper left."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])

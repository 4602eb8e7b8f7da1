"""Writes texts on a page: digits of a writer, with symbols, letters and words beside them.

All that is written is recorded as marks. Arguments `x` and `y` are sheet coordinates: where
writing begins, and the middle of the digits. `row_texts` says what a text is."""

import copy
import math
import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from digitdraw.models.alphabet import OTHER, SPACE, SYMBOLS
from digitdraw.training.datasets import Drawing, Symbol
from digitdraw.training.synthesis import handwriting, symbols
from digitdraw.training.synthesis.canvas import IGNORED, Canvas
from digitdraw.training.synthesis.handwriting import Strokes
from digitdraw.training.synthesis.printed_text import printed_words
from digitdraw.training.synthesis.row_texts import SUPERSCRIPTS, THIN, TIMES
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer

_DRAWN = 0.8
"""Share of symbols that are drawn by people, where there are some; others follow rules."""
_FORMS = 2
"""Drawings of a symbol or letter that one writer uses."""
_VARIATION = 0.35
"""Strength of the variation of drawn symbols and letters."""
_CURSIVE = 0.5
"""Share of words that are whole words by people, where there are some."""
_SIZES = {
    ".": (0.09, 0.89), ",": (0.42, 1.12), "-": (0.07, 0.53), "'": (0.33, 0.04), '"': (0.38, 0.0),
    ":": (0.6, 0.51), ";": (0.9, 0.88), "/": (1.18, 0.46), "+": (0.7, 0.55), "=": (0.36, 0.52),
    "*": (0.7, 0.44), "%": (1.1, 0.49), "$": (1.3, 0.46), "(": (1.24, 0.44), ")": (1.3, 0.43),
    "_": (0.1, 1.1), "~": (0.25, 0.5), "^": (0.35, 0.1), TIMES: (0.55, 0.58),
}  # fmt: skip
"""Usual height of a symbol in heights of a digit, and its vertical center: 0 is the top of the
digits, 1 their base line. Medians of UNIPEN's symbols; for others, 1.1 and 0.48."""
_SPREAD = (0.14, 0.05)
"""Standard deviations of the logarithm of a symbol's size and of its place."""
_WIDTHS = {"-": 0.36, "=": 0.45, "_": 0.6, "~": 0.5}
"""Usual width of a flat symbol, in heights of a digit."""
_FLAT = 0.4
"""A drawing whose height is a smaller part of its width is scaled by its width."""
_ROOM = (0.04, 0.2)
"""Range of the gap before a point, comma or apostrophe, in heights of a digit."""
_GAPS = {
    ".": (0.08, 0.28),
    ",": (0.06, 0.25),
    "'": (0.04, 0.2),
    "/": (-0.12, 0.2),
    "-": (0.04, 0.4),
}
"""Range of the gap after a symbol, in heights of a digit; of others it is `_OTHER_GAP`."""
_OTHER_GAP = (0.04, 0.3)
_ASCENDING, _DESCENDING = set("bdfhklt"), set("gjpqy")
_TOKENS = re.compile(r"[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True)
class TextWriter:
    """A person who writes texts.

    `style_seed` chooses the forms of symbols and letters. `space` is the usual gap between two
    items and `thin` that between thousands, both in heights of a digit, beyond the gap between two
    digits. `unsteady` is how far digits hang above or below their line, in their heights,
    and `dash_level` how far dashes are below the middle."""

    writer: Writer
    sources: Sources
    style_seed: int
    space: float
    thin: float
    unsteady: float
    letter_size: float
    dash_level: float

    @classmethod
    def random(
        cls, sources: Sources, digit_height: float, rng: Generator, variability: float = 1.0
    ) -> "TextWriter":
        """A random writer; a lower `variability` means more regular writing."""
        writer = Writer.random(sources, digit_height, rng, variability)
        if writer.boxed:  # layouts draw boxes, which leave room for symbols
            writer = replace(writer, boxed=False, gap=0.2)
        return cls(
            writer=writer,
            sources=sources,
            style_seed=int(rng.integers(2**32)),
            space=0.3 + rng.gamma(2.0, 0.22),
            thin=rng.uniform(0.12, 0.3),
            unsteady=rng.uniform(0.1, 0.2) if rng.random() < 0.12 * variability else 0.0,
            letter_size=rng.uniform(0.75, 1.15),
            dash_level=rng.uniform(0.1, 0.35) if rng.random() < 0.2 else 0.0,
        )

    def write(
        self, canvas: Canvas, text: str, x: float, y: float, rng: Generator, size: float = 1.0
    ) -> float:
        """Write a text from x on; return the x where it ends."""
        for token in _TOKENS.findall(text):
            x = self._write_token(canvas, token, x, y, rng, size)
        return x

    def write_spaced(
        self, canvas: Canvas, text: str, x: float, y: float, rng: Generator, pitch: float
    ) -> float:
        """Write each character into the middle of a cell, `pitch` pixels apart, as one item."""
        for index, character in enumerate(text):
            middle = x + (index + 0.5 + rng.normal(0, 0.05)) * pitch
            width = self.width(canvas, character, rng)
            self._write_token(canvas, character, middle - width / 2, y, rng, 1.0)
        return x + pitch * len(text)

    def width(self, canvas: Canvas, text: str, rng: Generator) -> float:
        """The width in pixels of a text that is written next with `rng`, which does not change."""
        dry = Canvas(1, canvas.digit_height, np.eye(3))
        return self.write(dry, text, 0.0, 0.0, copy.deepcopy(rng))

    def write_whole(self, canvas: Canvas, x: float, y: float, rng: Generator) -> float:
        """Write a number as somebody wrote it, with all of its symbols, as one mark."""
        texts = list(self.sources.whole_numbers)
        text = texts[int(rng.integers(len(texts)))]
        drawing = _any(self.sources.whole_numbers[text], rng)
        top, bottom = _whole_extent(text)
        box = self._draw_word(canvas, drawing, x, y, top, bottom, rng)
        canvas.add_mark(box, as_read(text))
        return x + box[2]

    def print_words(self, canvas: Canvas, x: float, y: float, rng: Generator) -> float:
        """Print words; return the x where they end."""
        words = printed_words(canvas.digit_height * rng.uniform(0.4, 1.1), rng)
        height, width = words.shape
        canvas.add_mark(canvas.stamp(words, np.array([x, y - height / 2]), 1.0), OTHER)
        return x + width

    def draw_other(
        self, canvas: Canvas, strokes: Strokes, x: float, y: float, height: float
    ) -> float:
        """Draw something that is no character, `height` pixels high; return the x where it ends."""
        strokes = handwriting.to_unit_size(strokes)
        width, unit_height = handwriting.corners(strokes)[1] * height
        moved = [stroke * height + [x, y - unit_height / 2] for stroke in strokes]
        canvas.add_mark(canvas.draw(moved, self.writer.pen_width), OTHER)
        return x + width

    def _write_token(
        self, canvas: Canvas, token: str, x: float, y: float, rng: Generator, size: float
    ) -> float:
        height = canvas.digit_height * size
        if token == SPACE:
            canvas.item += 1
            return x + canvas.digit_height * self.space * math.exp(rng.normal(0, 0.2))
        if token == THIN:
            return x + height * self.thin * math.exp(rng.normal(0, 0.1))
        if token in SUPERSCRIPTS:
            return self._write_superscript(canvas, SUPERSCRIPTS.index(token), x, y, rng)
        if token.isdigit():
            level = y + rng.normal(0, self.writer.unevenness + self.unsteady) * height
            x = self.writer.write_digit(canvas, x, level, rng, int(token), size)
            return x + height * max(-0.2, rng.normal(self.writer.gap, 0.06))
        if token.isalpha():
            return self._write_word(canvas, token, x, y, rng, size)
        return self._write_symbol(canvas, token, x, y, rng, size)

    def _write_superscript(
        self, canvas: Canvas, digit: int, x: float, y: float, rng: Generator
    ) -> float:
        """Write a small raised digit, which is read as OTHER."""
        height, first = canvas.digit_height, len(canvas.marks)
        size = rng.uniform(0.4, 0.6)
        level = y - (rng.uniform(0.45, 0.65) + (size - 1) / 2 * self.writer.on_baseline) * height
        before = len(canvas.labels)
        x = self.writer.write_digit(canvas, x, level, rng, digit, size)
        canvas.labels[before:] = [IGNORED] * (len(canvas.labels) - before)
        canvas.marks[first:] = [replace(mark, text=OTHER) for mark in canvas.marks[first:]]
        return x + 0.1 * height

    def _write_symbol(
        self, canvas: Canvas, name: str, x: float, y: float, rng: Generator, size: float
    ) -> float:
        """Write a symbol; return the x where the next mark begins."""
        height = canvas.digit_height * size
        if name in ".,'":  # people leave room for them, but not much
            x += (rng.uniform(*_ROOM) - self.writer.gap) * height
        lower = self.dash_level * height if name == "-" else 0.0
        strokes = [stroke * height + [x, y + lower] for stroke in self._symbol(name, rng)]
        pen_width = self.writer.pen_width * rng.uniform(0.9, 1.2)
        if name == ".":
            pen_width *= rng.uniform(1.0, 1.6)
        box = canvas.draw(strokes, pen_width)
        canvas.add_mark(box, as_read(name))
        right = float(handwriting.corners(strokes)[1][0])
        return right + height * rng.uniform(*_GAPS.get(name, _OTHER_GAP))

    def _symbol(self, name: str, rng: Generator) -> Strokes:
        """The strokes of a symbol in heights of a digit; x begins at 0, y = 0 is their middle."""
        drawings: list[Drawing] = list(self.sources.symbols_by_name.get(name, ()))
        if name == TIMES:
            known = self.sources.characters_by_name
            drawings = [*known.get("x", ()), *known.get("X", ())]
        can_follow_rules = name in symbols.NAMES or name in ".,-/"
        is_drawn = rng.random() < (0.5 if name == TIMES else _DRAWN)
        if drawings and (is_drawn or not can_follow_rules):
            return self._drawn_symbol(name, self._usual(drawings, name, rng), rng)
        if name in symbols.NAMES:
            return symbols.draw_symbol(name, rng)
        return _simple_symbol(name, rng) if can_follow_rules else symbols.draw_symbol("#", rng)

    def _drawn_symbol(self, name: str, drawing: Drawing, rng: Generator) -> Strokes:
        """A symbol as somebody drew it, at its size and place."""
        usual_size, usual_place = _SIZES.get(name, (1.1, 0.48))
        size, place = usual_size, usual_place
        if isinstance(drawing, Symbol):
            size = size if drawing.size is None else drawing.size
            place = place if drawing.place is None else drawing.place
        size = np.clip(size, 0.6 * usual_size, 1.5 * usual_size) * math.exp(
            rng.normal(0, _SPREAD[0])
        )
        place = np.clip(place, usual_place - 0.2, usual_place + 0.2) + rng.normal(0, _SPREAD[1])
        strokes = handwriting.to_unit_size(handwriting.vary(drawing.strokes, rng, _VARIATION))
        width, height = handwriting.corners(strokes)[1]
        scale = size / max(height, 1e-3)
        if name == ".":
            scale = size
        elif height < _FLAT * width:
            scale = _WIDTHS.get(name, 0.6) * math.exp(rng.normal(0, 0.3)) / width
        strokes = [stroke * scale for stroke in strokes]
        (left, top), (_, bottom) = handwriting.corners(strokes)
        shift = np.array([-left, place - 0.5 - (top + bottom) / 2])
        return [stroke + shift for stroke in strokes]

    def _usual(self, drawings: list[Drawing], name: str, rng: Generator) -> Drawing:
        """One of the forms of a symbol or letter that this writer uses."""
        style = np.random.default_rng([self.style_seed, *map(ord, name)])
        forms = style.integers(len(drawings), size=_FORMS)
        return drawings[int(forms[int(rng.integers(_FORMS))])]

    def _write_word(
        self, canvas: Canvas, text: str, x: float, y: float, rng: Generator, size: float
    ) -> float:
        """Write a word: letter by letter, or a word as somebody wrote it; return its end."""
        height = canvas.digit_height * size
        if len(text) > 2 and self.sources.cursive and rng.random() < _CURSIVE:
            drawing = _any(self.sources.cursive, rng)
            top, bottom = _word_extent(drawing.label)
            scale = self.letter_size
            box = self._draw_word(canvas, drawing, x, y, 1 - (1 - top) * scale,
                                  1 + (bottom - 1) * scale, rng)  # fmt: skip
            canvas.add_mark(box, OTHER)
            return x + box[2] + 0.1 * height
        gap, first = rng.uniform(0.0, 0.22), len(canvas.marks)
        for letter in text:
            x = self._write_letter(canvas, letter, x, y, rng, height) + gap * height
        read = as_read(text)
        canvas.marks[first:] = [replace(mark, text=read) for mark in canvas.marks[first:]]
        return x

    def _write_letter(
        self, canvas: Canvas, letter: str, x: float, y: float, rng: Generator, height: float
    ) -> float:
        known = self.sources.characters_by_name
        drawings = known.get(letter) or known.get(letter.upper()) or self.sources.letters
        if not drawings:
            return x + 0.5 * height
        top, bottom = _word_extent(letter)
        scale = height * (bottom - top) * self.letter_size * math.exp(rng.normal(0, 0.07))
        varied = handwriting.vary(self._usual(drawings, letter, rng).strokes, rng, _VARIATION)
        strokes = handwriting.slant(varied, self.writer.slant)
        width, unit_height = handwriting.corners(strokes)[1]
        scale /= max(unit_height, 0.5)
        lower = y + height * (0.5 + (bottom - 1) * self.letter_size)
        moved = [stroke * scale + [x, lower - unit_height * scale] for stroke in strokes]
        canvas.add_mark(canvas.draw(moved, self.writer.pen_width), OTHER)
        return x + float(width) * scale

    def _draw_word(
        self,
        canvas: Canvas,
        drawing: Drawing,
        x: float,
        y: float,
        top: float,
        bottom: float,
        rng: Generator,
    ) -> list[float]:
        """Draw a whole word between two levels: 0 is the top of the digits, 1 their base line.

        Returns its box."""
        strokes = [np.asarray(stroke, float) for stroke in drawing.strokes]
        low, high = handwriting.corners(strokes)
        scale = canvas.digit_height * (bottom - top) / max(high[1] - low[1], 1e-6)
        scale *= math.exp(rng.normal(0, 0.07))
        stretch, shear = math.exp(rng.normal(0, 0.1)), rng.normal(0, 0.12)
        linear = np.array([[stretch, 0.0], [-shear, 1.0]]) * scale
        moved = [(stroke - [low[0], high[1]]) @ linear for stroke in strokes]
        corner = np.array([x, y + (bottom - 0.5) * canvas.digit_height])
        return canvas.draw([stroke + corner for stroke in moved], self.writer.pen_width)


def as_read(text: str) -> str:
    """What the line recognizer reads of a text: a run of letters is OTHER, but an x that stands
    alone is a TIMES, for they look alike."""
    return _TOKENS.sub(lambda match: _token_as_read(match[0]), text)


def _token_as_read(token: str) -> str:
    if token in ("x", "X"):
        return TIMES
    return token if token.isdigit() or token in {*SYMBOLS, SPACE} else OTHER


def _any(drawings: list[Drawing], rng: Generator) -> Drawing:
    return drawings[int(rng.integers(len(drawings)))]


def _word_extent(text: str) -> tuple[float, float]:
    """Where a word begins and ends: 0 is the top of the digits, 1 their base line."""
    has_top = any(letter.isupper() or letter in _ASCENDING for letter in text)
    has_tail = any(letter in _DESCENDING for letter in text)
    top = 0.0 if has_top else 0.2 if set("ij") & set(text) else 0.42
    return top, 1.35 if has_tail else 1.0


def _whole_extent(text: str) -> tuple[float, float]:
    """Where a number with symbols begins and ends, as `_word_extent`."""
    top = -0.12 if set("()/$") & set(text) else 0.0
    return top, 1.15 if set("()/$,") & set(text) else 1.0


def _simple_symbol(name: str, rng: Generator) -> Strokes:
    """A point, comma, dash or slash, in heights of a digit, as `symbols.draw_symbol`."""
    low = rng.uniform(0.35, 0.52)
    if name == ".":
        return [np.array([[0.0, low], [0.02, low]])]
    if name == ",":
        bend = [0.08, low + rng.uniform(0.0, 0.14)]
        return [np.array([[0.06, low], bend, [0.0, low + rng.uniform(0.2, 0.35)]])]
    if name == "-":
        return [np.array([[0.0, 0.0], [rng.uniform(0.2, 0.5), rng.normal(0, 0.05)]])]
    height, lean = rng.uniform(1.1, 1.5), rng.uniform(0.25, 0.6)
    level = rng.normal(0, 0.06)
    return [np.array([[height * lean, level - height / 2], [0.0, level + height / 2]])]

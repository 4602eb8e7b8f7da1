"""The stroke reader: from a drawing to the numbers in it, with a box for each digit.

It splits the drawing into lines, lists what may be a character, lets the classifier look at all of
it in one batch, and takes the best path through the lattice of each line. Strokes are cut only
where that path leaves doubt, because digits seldom touch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.languages import Message
from digitdraw.models.stroke_scorer import OTHER, StrokeScorer
from digitdraw.photo import layout, numbers
from digitdraw.photo.boxes import Box, union_box
from digitdraw.photo.reader import NumberItem, ReadDigit, Reading, Status
from digitdraw.prediction import Prediction
from digitdraw.preprocessing import strokes
from digitdraw.strokes.groups import Group, is_digit_sized, list_groups
from digitdraw.strokes.lattice import Lattice
from digitdraw.strokes.lines import split_lines
from digitdraw.strokes.pieces import (
    Corners,
    Pieces,
    corner_boxes,
    cut_stroke,
    cut_strokes,
    digit_height,
    union_corners,
    whole_strokes,
)
from digitdraw.strokes.scores import CHARACTERS, Ink, character_scores, features

SPACE = 1.5
"""Gap that separates two numbers, in digit heights. Of the numbers that people wrote as a whole in
unipen-words/train, 1 of 890 has a wider one."""
SURE = 0.9
"""A line whose best path is less probable than this is read again with its strokes cut."""
MAX_STROKES = 100
"""A drawing of more strokes is no number: nobody waits for the classifier to see all of it."""
MIN_LENGTH = 3.5
"""A drawing of one stroke that is shorter than this, in digit heights, is one character, maybe not
finished. In unipen-words/train, the shortest of 14 strokes that are two digits has 5.3."""
MIN_NUMBER = 0.2
"""A number less probable than this is doubtful. A higher value would hide correct numbers of the
validation writers, and no letter or scribble more."""


@dataclass(frozen=True)
class _Line:
    """A line with its best path. Groups of a digit's size have rows in `glyphs` and `logits`."""

    pieces: Pieces
    groups: list[Group]
    lattice: Lattice
    path: list[tuple[int, int]]
    rows: dict[int, int]
    glyphs: np.ndarray
    logits: np.ndarray

    @property
    def text(self) -> str:
        """The characters, with a space for each wide gap."""
        return "".join(" " if edge is None else CHARACTERS[edge[1]] for edge in self._spaced())

    def parts(self, group: Group, line: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
        """Return what a group is, as `ReadDigit.parts`. `line` are the numbers of its strokes."""
        pieces, span = self.pieces, slice(group.start, group.end)
        places = zip(pieces.strokes[span].tolist(), pieces.starts[span].tolist(), strict=True)
        return tuple(
            (line[stroke], start, start + len(points))
            for (stroke, start), points in zip(places, pieces.points[span], strict=True)
        )

    def numbers(self) -> list[list[tuple[int, int]]]:
        """Return the part of the path that each number is."""
        spaced = self._spaced()
        spans = numbers.number_spans(self.text)
        return [[edge for edge in spaced[start:end] if edge] for start, end in spans]

    def _spaced(self) -> list[tuple[int, int] | None]:
        """Return the path with None for each wide gap."""
        spaced: list[tuple[int, int] | None] = []
        end = np.inf
        for edge in self.path:
            left, _, right, _ = self.groups[edge[0]].box
            spaced += [None] if left - end > SPACE * self.pieces.height else []
            spaced.append(edge)
            end = right
        return spaced


class StrokeReader:
    """Reads drawings with a classifier of digits and a scorer. Many threads may use it at once.

    Without a scorer, each drawing is one character."""

    def __init__(self, classifier: GlyphClassifier, scorer: StrokeScorer | None) -> None:
        self.classifier = classifier
        self.scorer = scorer and scorer.eval().requires_grad_(False)

    def read(self, drawing: object) -> Reading:
        """Read a drawing, [[(x, y), ...], ...] in any unit, y down. Raises BadStrokesError as
        `strokes.parse` does.

        A drawing of one character has one item, whose digit has the prediction for the drawing as
        a whole. It is listed if the verdict is "digit". So has a drawing of which not even half
        looks like digits. A drawing without ink has no items."""
        return self.read_batch([strokes.parse(drawing)])[0]

    def read_batch(self, drawings: Sequence[list[np.ndarray]]) -> list[Reading]:
        """Read drawings as `strokes.parse` returns them. The classifier sees them in one batch."""
        pages = [_Page(drawing) for drawing in drawings]
        ink = Ink(self.classifier)
        ink.add(page.scale.strokes for page in pages if page.drawing and not page.writing)
        if self.scorer:
            self._read_lines(pages, ink)
        self._predict_wholes(pages, ink)
        return list(map(self._reading, pages))

    def _read_lines(self, pages: Sequence["_Page"], ink: Ink) -> None:
        owners = [page for page in pages for _ in page.writing]
        writing = [page.strokes_of(line) for page in pages for line in page.writing]
        found = self._best_paths(list(map(whole_strokes, writing)), ink)
        for page, line in zip(owners, self._cut_where_unsure(writing, found, ink), strict=True):
            page.lines.append(line)

    def _predict_wholes(self, pages: Sequence["_Page"], ink: Ink) -> None:
        """Set the prediction for each drawing that may be one character."""
        may_be_one = [page for page in pages if page.drawing and page.may_be_one]
        glyphs, logits = ink.of([page.scale.strokes for page in may_be_one])
        wholes = self.classifier.predictions(glyphs, logits)
        for page, whole in zip(may_be_one, wholes, strict=True):
            is_eight = whole.verdict == "digit" and whole.digit == 8
            page.whole = whole if is_eight or not page.is_two_rings else None

    def _reading(self, page: "_Page") -> Reading:
        if not page.drawing:
            return Reading(())
        if page.whole:
            return _one_character(page, page.whole)
        items = self._items(page)
        text = "\n".join(filter(None, (numbers.clean(line.text) for line in page.lines)))
        is_listed = any(item.status == "listed" for item in items)
        return Reading(tuple(items), text, "" if is_listed else Message("answer.not_a_digit"))

    def _cut_where_unsure(
        self, writing: Sequence[Sequence[np.ndarray]], found: Sequence[_Line], ink: Ink
    ) -> list[_Line]:
        """Return the lines, read again with strokes cut where the best path is not sure of them."""
        again = {}
        for number, line in enumerate(found):
            pieces = cut_strokes(writing[number], _doubtful_strokes(line))
            if len(pieces) > len(line.pieces):
                again[number] = pieces
        better = dict(zip(again, self._best_paths(list(again.values()), ink), strict=True))
        return [better.get(number, line) for number, line in enumerate(found)]

    def _best_paths(self, lines: Sequence[Pieces], ink: Ink) -> list[_Line]:
        """Return the best path of each line. All lines add to the same batch of ink."""
        groups = [list_groups(pieces) for pieces in lines]
        sized = [
            [index for index, group in enumerate(found) if is_digit_sized(group, pieces)]
            for pieces, found in zip(lines, groups, strict=True)
        ]
        digits = [
            [pieces.points[found[i].start : found[i].end] for i in chosen]
            for pieces, found, chosen in zip(lines, groups, sized, strict=True)
        ]
        for parts in digits:
            ink.add(parts)
        return [
            self._best_path(pieces, found, chosen, *ink.of(parts))
            for pieces, found, chosen, parts in zip(lines, groups, sized, digits, strict=True)
        ]

    def _best_path(
        self,
        pieces: Pieces,
        groups: list[Group],
        sized: list[int],
        glyphs: np.ndarray,
        logits: np.ndarray,
    ) -> _Line:
        found, logs = features(pieces, groups, logits, self.classifier.calibration.temperature)
        scores = character_scores(self.scorer, found, logs)  # type: ignore[arg-type]
        lattice = Lattice(len(pieces), groups, scores)
        rows = {index: row for row, index in enumerate(sized)}
        return _Line(pieces, groups, lattice, lattice.best_path(), rows, glyphs, logits)

    def _items(self, page: "_Page") -> list[NumberItem]:
        lines = page.lines
        found = [(number, path) for number, line in enumerate(lines) for path in line.numbers()]
        digits = [
            self._digits(page, number, [edge for edge in path if edge[1] < 10])
            for number, path in found
        ]
        boxes = [union_box(np.array([digit.box for digit in own])) for own in digits]
        columns = layout.columns_of(np.array(boxes).reshape(-1, 4), [number for number, _ in found])
        items: list[NumberItem] = []
        count = 0
        for (number, path), own, box, column in zip(found, digits, boxes, columns, strict=True):
            confidence = lines[number].lattice.probability(path)
            is_listed = confidence >= MIN_NUMBER
            status: Status = "listed" if is_listed else "doubtful"
            numbered = tuple(replace(digit, number=count if is_listed else -1) for digit in own)
            text = "".join(CHARACTERS[character] for _, character in path)
            place = tuple(box.tolist())
            items.append(NumberItem(text, confidence, status, place, number, column, numbered))
            count += is_listed
        return items

    def _digits(
        self, page: "_Page", number: int, path: Sequence[tuple[int, int]]
    ) -> list[ReadDigit]:
        line, indices = page.lines[number], page.writing[number]
        rows = [line.rows[index] for index, _ in path]
        predictions = self.classifier.predictions(line.glyphs[rows], line.logits[rows])
        groups = [line.groups[index] for index, _ in path]
        return [
            ReadDigit(page.scale.box(group.box), prediction, -1, line.parts(group, indices))
            for group, prediction in zip(groups, predictions, strict=True)
        ]


class _Page:
    """A drawing with its lines, as they are read.

    drawing  as `strokes.parse` returns it; maybe without strokes
    writing  the numbers of the strokes of each line; empty if there is just one character
    whole    the prediction for the drawing as one character, if it is one"""

    def __init__(self, drawing: list[np.ndarray]) -> None:
        self.drawing = drawing
        self.lines: list[_Line] = []
        self.whole: Prediction | None = None
        self.writing: list[list[int]] = []
        if drawing:
            self.scale = _Scale(drawing)
            if self._may_be_several():
                self.writing = split_lines(self.scale.boxes)

    def _may_be_several(self) -> bool:
        if len(self.drawing) > 1:
            return len(self.drawing) <= MAX_STROKES
        (stroke,) = self.scale.strokes
        height, steps = digit_height(self.scale.boxes), np.diff(stroke, axis=0)
        is_long = np.hypot(*steps.T).sum() >= MIN_LENGTH * height
        return bool(is_long) and len(cut_stroke(stroke, height)) > 1

    def strokes_of(self, line: Sequence[int]) -> list[np.ndarray]:
        """Return the strokes of a line, at the scale of the page."""
        return [self.scale.strokes[index] for index in line]

    @property
    def may_be_one(self) -> bool:
        """Whether this may be one character: there is just one, most are strange, or two rings."""
        characters = [character for line in self.lines for _, character in line.path]
        digits = sum(character < 10 for character in characters)
        is_strange = digits <= characters.count(CHARACTERS.index(OTHER))
        return len(characters) <= 1 or is_strange or self.is_two_rings

    @property
    def is_two_rings(self) -> bool:
        """Whether there is a ring above another one, as some people draw an 8."""
        return [line.text for line in self.lines] == ["0", "0"]


class _Scale:
    """The strokes of a drawing at a scale where its longer side is 1 to 2, from (0, 0) on.

    The scale is a power of two, so no coordinate is rounded, and the glyph of the drawing stays the
    same."""

    def __init__(self, parsed: Sequence[np.ndarray]) -> None:
        left, top, right, bottom = map(float, strokes.bounds(parsed))
        self._corner = left, top
        span = max(right - left, bottom - top)
        is_dot = span <= 1e-12 * max(map(abs, (left, top, right, bottom)))
        self._exponent = 0 if is_dot else math.frexp(span)[1] - 1
        self.strokes = [np.ldexp(points - self._corner, -self._exponent) for points in parsed]
        self.boxes = corner_boxes(self.strokes)

    def box(self, corners: Corners) -> Box:
        """Return (x, y, width, height) in the drawing's unit."""
        left, top, right, bottom = (math.ldexp(float(side), self._exponent) for side in corners)
        return left + self._corner[0], top + self._corner[1], right - left, bottom - top


def _doubtful_strokes(line: _Line) -> set[int]:
    """Return the strokes of the groups that the best path is not sure of."""
    doubtful: set[int] = set()
    for edge in line.path:
        if CHARACTERS[edge[1]] == OTHER or line.lattice.probability([edge]) < SURE:
            group = line.groups[edge[0]]
            doubtful.update(line.pieces.strokes[group.start : group.end].tolist())
    return doubtful


def _one_character(page: _Page, prediction: Prediction) -> Reading:
    """Return the reading of a drawing of one character, digit or not."""
    is_digit = prediction.verdict == "digit"
    best, second = prediction.ranking[:2]
    box = page.scale.box(union_corners(page.scale.boxes))
    parts = tuple((index, 0, len(points)) for index, points in enumerate(page.drawing))
    digits = (ReadDigit(box, prediction, 0 if is_digit else -1, parts),)
    confidence = prediction.confidence * prediction.digitness
    status: Status = "listed" if is_digit else "doubtful"
    item = NumberItem(str(best), confidence, status, box, 0, 0, digits)
    reason = Message("answer.not_a_digit")
    if prediction.verdict == "unsure":
        reason = Message("answer.cannot_tell", first=best, second=second)
    return Reading((item,), item.text if is_digit else "", "" if is_digit else reason)

"""A writer's numbers: digits from left to right, in one style, with symbols and decorations."""

from dataclasses import replace

import numpy as np
import pytest

from digitdraw.training.datasets import Drawing, Glyphs
from digitdraw.training.synthesis import handwriting, number_formats
from digitdraw.training.synthesis import writer as writer_module
from digitdraw.training.synthesis.canvas import CUT, IGNORED, Canvas
from digitdraw.training.synthesis.number_formats import MAX_DIGITS
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer, _ring, _slash_stamped
from tests.support.synthesis import digit_strokes

DRAWINGS = [
    Drawing(str(digit), writer, digit_strokes(digit))
    for writer, digits in (("b", range(5, 10)), ("a", range(5)))
    for digit in digits
]
SOURCES = Sources(DRAWINGS, None, [], [])
GLYPH = np.full((1, 20, 12), 255, np.uint8)


def ink_range(canvas, axis):
    """The first and last row (axis 0) or column (axis 1) with ink, in pixels of the picture."""
    places = np.nonzero(canvas.ink > 128)[axis] / 2
    return places.min(), places.max()


def test_a_writer_has_the_drawings_of_one_person_or_stamps_glyphs():
    sources = Sources(DRAWINGS, Glyphs(GLYPH, np.array([1])), [], [])
    assert [[d.writer for d in own] for own in sources.writers] == [["a"] * 5, ["b"] * 5]
    rng = np.random.default_rng(0)
    writers = [Writer.random(sources, 30.0, rng) for _ in range(60)]
    assert all((writer.digits is None) == bool(writer.drawings) for writer in writers)
    assert {len({d.writer for d in writer.drawings}) for writer in writers} == {0, 1}
    assert 0.4 < np.mean([bool(writer.drawings) for writer in writers]) < 0.8


def test_some_writers_are_fonts():
    sources = Sources(DRAWINGS[:5], None, [], [], fonts=tuple(DRAWINGS[5:]))
    rng = np.random.default_rng(0)
    names = [Writer.random(sources, 30.0, rng).drawings[0].writer for _ in range(200)]
    assert 0.3 < np.mean([name == DRAWINGS[5].writer for name in names]) < 0.5


@pytest.mark.parametrize("max_digits", [1, 3, MAX_DIGITS])
def test_a_number_runs_from_left_to_right_with_at_most_the_requested_digits(max_digits):
    rng, counts = np.random.default_rng(0), set()
    for _ in range(60):
        canvas = Canvas(900, 30.0, np.eye(3))
        writer = Writer.random(SOURCES, 30.0, rng)
        end = writer.write_number(canvas, 40.0, 450.0, rng, max_digits)
        middles = [x + width / 2 for x, _, width, _ in canvas.boxes]
        assert middles == sorted(middles) and 40 < middles[-1] < end + 30
        assert set(canvas.labels) <= {IGNORED, *range(10)}
        counts.add(len(canvas.labels))
    assert min(counts) == 1 and max_digits / 2 < max(counts) <= max_digits


@pytest.mark.parametrize("on_baseline", [True, False])
def test_digits_stand_on_a_baseline_or_align_their_middles(on_baseline):
    rng, canvas = np.random.default_rng(0), Canvas(1600, 60.0, np.eye(3))
    writer = Writer.random(SOURCES, 60.0, rng, variability=0.0)
    writer = replace(writer, on_baseline=on_baseline)
    writer = replace(writer, unevenness=0.15, boxed=False, slant=0.0, pen_width=3.0)
    x = 20.0
    for _ in range(16):
        x = writer._write_digit(canvas, x, 800.0, rng) + 10
    y, height = np.array(canvas.boxes).T[[1, 3]]
    ends, middles = np.std(y + height), np.std(y + height / 2)
    assert (ends < middles / 2) if on_baseline else (middles < ends / 2)


def test_without_variability_digits_are_even_and_free_formats_have_no_symbols(monkeypatch):
    monkeypatch.setattr(writer_module, "_FORMATTED", 0.0)
    monkeypatch.setattr(Writer, "write_symbol", lambda *_: pytest.fail("a symbol"))
    rng = np.random.default_rng(0)
    for _ in range(40):
        writer = Writer.random(SOURCES, 30.0, rng, variability=0.0)
        assert writer.unevenness == 0.02 and abs(writer.slant) < 0.5
        writer.write_number(Canvas(900, 30.0, np.eye(3)), 40.0, 450.0, rng)


def test_slashes_of_one_writer_are_alike_taller_than_digits_and_leaning():
    rng = np.random.default_rng(0)
    leans, heights = [], []
    for _ in range(40):
        writer = Writer.random(SOURCES, 30.0, rng)
        slashes = [np.diff(writer._slash(rng)[0], axis=0)[0] for _ in range(10)]
        leans.append([-x / y for x, y in slashes])
        heights.append([y for _, y in slashes])
    for values in (np.array(leans), np.array(heights)):
        assert values.std(axis=1).mean() < 0.5 * values.mean(axis=1).std()
    assert np.min(heights) > 1.0 and np.min(leans) > 0.1


def test_the_slashes_of_a_date_are_between_its_digits(monkeypatch):
    monkeypatch.setattr(writer_module, "_FORMATTED", 1.0)
    monkeypatch.setattr(number_formats, "random_format", lambda rng: list("dd/d/dddd"))
    monkeypatch.setattr(Writer, "_decorate", lambda *_: None)
    canvas, separators = Canvas(900, 40.0, np.eye(3)), []
    write = Writer._write_separator

    def recording(writer, canvas, mark, x, y, rng):
        separators.append((mark, x))
        return write(writer, canvas, mark, x, y, rng)

    monkeypatch.setattr(Writer, "_write_separator", recording)
    writer = Writer.random(SOURCES, 40.0, np.random.default_rng(1))
    writer.write_number(canvas, 40.0, 450.0, np.random.default_rng(2))
    middles = np.array([x + width / 2 for x, _, width, _ in canvas.boxes])
    assert len(middles) == 7 and [mark for mark, _ in separators] == ["/", "/"]
    assert [(middles < x).sum() for _, x in separators] == [2, 3]


def test_a_zigzag_covers_everything_that_is_crossed_out():
    canvas = Canvas(400, 40.0, np.eye(3))
    writer = Writer.random(SOURCES, 40.0, np.random.default_rng(1))
    writer.cross_out(canvas, 100.0, 300.0, 200.0)
    top, bottom = ink_range(canvas, 0)
    assert ink_range(canvas, 1) == pytest.approx((100, 300), abs=5)
    assert 30 < bottom - top < 42
    assert not canvas.labels


def test_digits_that_are_crossed_out_are_ignored_and_unclear_to_a_reader():
    outcomes = set()
    for seed in range(300):
        canvas = Canvas(900, 40.0, np.eye(3))
        canvas.add_digit([10, 10, 20, 30], 4)
        writer = Writer.random(SOURCES, 40.0, np.random.default_rng(1))
        writer.write_number(canvas, 100.0, 450.0, np.random.default_rng(seed))
        is_crossed = set(canvas.labels[1:]) == {IGNORED}
        texts = {mark.text for mark in canvas.marks[1:]}
        assert texts == {CUT} if is_crossed else CUT not in texts
        assert canvas.labels[0] == 4 and canvas.marks[0].text == "4"
        outcomes.add(is_crossed)
    assert outcomes == {True, False}


def test_a_boxed_digit_has_a_rectangle_around_it(monkeypatch):
    monkeypatch.setattr(Writer, "_draw_digit", lambda *_: (40.0, 40.0))
    canvas = Canvas(200, 40.0, np.eye(3))
    writer = replace(Writer.random(SOURCES, 40.0, np.random.default_rng(1)), boxed=True)
    writer._write_digit(canvas, 80.0, 80.0, np.random.default_rng(0))
    assert ink_range(canvas, 1) == pytest.approx((75.2, 124.8), abs=1.5)
    assert ink_range(canvas, 0) == pytest.approx((50, 110), abs=1.5)


def test_a_stamped_zero_and_its_slash_share_one_box():
    for seed in range(10):
        canvas = Canvas(200, 40.0, np.eye(3))
        zero = canvas.stamp(GLYPH[0], np.array([80.0, 70.0]), 2.5)
        x, y, width, height = _slash_stamped(canvas, zero, np.random.default_rng(seed))
        assert (x, x + width) == pytest.approx(ink_range(canvas, 1), abs=5)
        assert (y, y + height) == pytest.approx(ink_range(canvas, 0), abs=5)
        assert x <= zero[0] and y <= zero[1]


def test_a_symbol_is_ink_without_a_label():
    canvas = Canvas(300, 40.0, np.eye(3))
    writer = Writer.random(SOURCES, 40.0, np.random.default_rng(1))
    end = writer.write_symbol(canvas, 100.0, 150.0, "+", np.random.default_rng(2))
    left, right = ink_range(canvas, 1)
    assert left > 90 and right < end + writer.pen_width
    assert not canvas.labels


def test_a_ring_goes_around_the_number():
    for seed in range(10):
        half = np.array([60.0, 30.0])
        points = _ring([200.0, 100.0], half, np.random.default_rng(seed)) - [200, 100]
        assert (np.hypot(*(points / half).T) > 1).all()
        assert (np.abs(points) < 1.5 * half).all()


def aspect_ratios(writer: Writer, digit: int, count: int = 30) -> np.ndarray:
    """Width divided by height of `count` copies of a digit by one writer."""
    (drawing,) = [drawing for drawing in DRAWINGS if drawing.label == str(digit)]
    rng = np.random.default_rng(1)
    copies = [writer._apply_style(drawing, rng)[0] for _ in range(count)]
    sizes = [handwriting.corners(strokes)[1] for strokes in copies]
    return np.array([width / height for width, height in sizes])


def test_digits_of_one_writer_are_more_alike_than_those_of_different_writers(monkeypatch):
    monkeypatch.setattr(writer_module, "_OFF_STYLE", 0.0)
    rng = np.random.default_rng(0)
    writers = [Writer.random(SOURCES, 30.0, rng) for _ in range(30)]
    ratios = np.array([aspect_ratios(writer, 3) for writer in writers])
    assert np.median(ratios.std(axis=1)) < 0.5 * np.median(ratios, axis=1).std()
    assert (ratios.std(axis=1) > 0.01).all()


def test_most_european_writers_cross_their_sevens():
    seven = Drawing("7", "a", [np.array([[0.0, 0], [1, 0], [0.4, 2]])])
    sources = Sources([seven], None, [], [])
    rngs = map(np.random.default_rng, range(200))
    crossed: dict[bool, list[bool]] = {True: [], False: []}
    for writer in [Writer.random(sources, 30.0, rng, variability=0.0) for rng in rngs]:
        strokes, _ = writer._apply_style(seven, np.random.default_rng(0))
        crossed[writer.european].append(len(strokes) == 2)
    assert np.mean(crossed[True]) > 0.5 > 0.35 > np.mean(crossed[False]) > 0.05
    assert 0.15 < len(crossed[True]) / 200 < 0.35

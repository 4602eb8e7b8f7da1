"""A writer of texts records each character as what it is, with the box of its ink."""

import numpy as np
import pytest

from digitdraw.training.datasets import Drawing, Symbol
from digitdraw.training.synthesis.canvas import Canvas
from digitdraw.training.synthesis.row_texts import THIN, TIMES
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.text_writer import TextWriter, as_read
from tests.support.synthesis import DRAWINGS

LINE = [np.array([[0.0, 0.0], [400.0, 1000.0]])]
POINT = Symbol(".", "a", [np.array([[0.0, 0.0]])], size=0.1, place=0.9)
WORDS = (
    Drawing("12.50", "a", [np.array([[0.0, 0.0], [4_000.0, 1_000.0]])]),
    Drawing("hello", "a", [np.array([[0.0, 0.0], [3_000.0, 1_000.0]])]),
)
SOURCES = Sources(
    DRAWINGS, None, [], [], symbols=(POINT,), words=WORDS,
    characters=tuple(Drawing(letter, "a", LINE) for letter in "abRx"),
)  # fmt: skip
ONLY_DIGITS = Sources(DRAWINGS, None, [], [])


def write(text, sources=SOURCES, seed=0):
    """The canvas on which a random writer wrote a text, and the x where it ends."""
    canvas, rng = Canvas(1400, 40.0, np.eye(3)), np.random.default_rng(seed)
    writer = TextWriter.random(sources, 40.0, rng)
    return canvas, writer.write(canvas, text, 50.0, 200.0, rng)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sources", [SOURCES, ONLY_DIGITS], ids=["symbols", "no symbols"])
def test_each_character_is_a_mark(seed, sources):
    text = f"$12.50 3{TIMES}4=(5-6)/7,8'9:10% + €£÷"
    canvas, end = write(text, sources, seed)
    assert "".join(mark.text for mark in canvas.marks) == text.replace(" ", "")
    assert canvas.item == canvas.marks[-1].item == 3
    boxes = np.array([mark.box for mark in canvas.marks])
    assert boxes[:, 0].max() < end
    assert len(canvas.labels) == sum(map(str.isdigit, text))


def test_a_gap_between_thousands_does_not_separate():
    canvas, _ = write(f"1{THIN}000")
    assert {mark.item for mark in canvas.marks} == {0}


def test_a_small_raised_digit_is_no_digit():
    canvas, _ = write("5²")
    assert [mark.text for mark in canvas.marks] == ["5", "?"]
    assert canvas.labels == [5, -1]
    base, raised = (mark.box for mark in canvas.marks)
    assert raised[1] + raised[3] / 2 < base[1] + base[3] / 2


def test_a_width_is_that_of_the_text_written_next():
    canvas, rng = Canvas(1400, 40.0, np.eye(3)), np.random.default_rng(3)
    writer = TextWriter.random(SOURCES, 40.0, rng)
    expected = writer.width(canvas, "12.50", rng)
    assert writer.write(canvas, "12.50", 100.0, 200.0, rng) == pytest.approx(100 + expected)


def test_points_stand_on_the_line_and_dashes_between():
    tops = {".": [], "-": []}
    for seed in range(20):
        canvas, _ = write("8.8-8", seed=seed)
        for mark in canvas.marks:
            if mark.text in tops:
                tops[mark.text].append(mark.box[1] + mark.box[3] / 2 - 200)
    assert np.median(tops["."]) == pytest.approx(16, abs=5)
    assert np.median(tops["-"]) == pytest.approx(0, abs=5)


def test_a_whole_number_is_one_mark_with_its_text():
    canvas, rng = Canvas(1400, 40.0, np.eye(3)), np.random.default_rng(0)
    writer = TextWriter.random(SOURCES, 40.0, rng)
    end = writer.write_whole(canvas, 100.0, 200.0, rng)
    (mark,) = canvas.marks
    assert mark.text == "12.50"
    assert end == pytest.approx(100 + mark.box[2])


@pytest.mark.parametrize(
    ("text", "read"),
    [("508R", "508?"), ("11x", f"11{TIMES}"), ("max", "?"), ("#A-1", "??-1"), ("(4)", "(4)")],
)
def test_words_and_unknown_symbols_are_read_as_other(text, read):
    assert as_read(text) == read

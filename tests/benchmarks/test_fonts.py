"""Tracing of handwriting fonts: ink to strokes, fonts to hands, and the file that comes of them."""

import gzip
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from benchmarks.tools import trace_fonts
from benchmarks.tools.centre_lines import trace
from digitdraw.preprocessing import strokes
from digitdraw.training import datasets
from tests.support.drawings import DIGITS, arc

PEN = 20


def drawn(lines, pen=PEN) -> np.ndarray:
    """Lines of a canvas of 100x100 as ink, (240, 240) bool."""
    picture = np.zeros((240, 240), np.uint8)
    points = [np.rint((np.array(line, float) * 2 + 20) * 16).astype(np.int32) for line in lines]
    cv2.polylines(picture, points, False, 255, pen, cv2.LINE_AA, 4)
    return picture > 127


def share_of_ink_covered(ink: np.ndarray, traced, pen=PEN) -> float:
    again = drawn([(line - 20) / 2 for line in traced], pen)
    return float((ink & again).sum() / (ink | again).sum())


def test_a_line_is_one_stroke_through_its_middle():
    (stroke,) = trace(drawn([[(10, 50), (90, 50)]]))
    assert stroke[:, 1] == pytest.approx(120, abs=1.5)
    assert sorted(stroke[[0, -1], 0]) == pytest.approx([40, 200], abs=PEN)


def test_a_ring_is_one_closed_stroke():
    (stroke,) = trace(drawn([arc(50, 50, 30, 40, 0, 360)]))
    assert np.hypot(*(stroke[0] - stroke[-1])) < 3
    assert np.ptp(stroke, axis=0) == pytest.approx([120, 160], abs=6)


def test_lines_that_cross_are_two_strokes_straight_on():
    traced = trace(drawn([[(10, 50), (90, 50)], [(50, 10), (50, 90)]]))
    upright, level = sorted((np.ptp(line, axis=0) for line in traced), key=lambda span: span[0])
    assert max(upright[0], level[1]) < 3
    assert min(upright[1], level[0]) > 140


def test_specks_are_no_strokes_and_nothing_has_none():
    ink = drawn([[(10, 50), (90, 50)]])
    ink[200:205, 30:35] = True
    assert len(trace(ink)) == 1
    assert trace(np.zeros((50, 60), bool)) == []


@pytest.mark.parametrize("digit", DIGITS)
def test_what_is_traced_has_the_ink_and_reads_as_before(recognizer, digit):
    ink = drawn(DIGITS[digit])
    traced = trace(ink)
    assert share_of_ink_covered(ink, traced) > 0.8
    assert recognizer.predict_batch(strokes.to_glyph(traced)[None])[0].ranking[0] == digit


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=5))
@settings(max_examples=40)
def test_strokes_lie_on_the_ink(points):
    ink = drawn([points])
    for line in trace(ink):
        columns, rows = np.rint(line).astype(int).T
        near = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8))
        assert near[rows, columns].all()


def test_a_font_s_digits_are_traced_in_units(tmp_path):
    digits = trace_fonts.traced(_font(tmp_path))
    assert sorted(digits) == list("0123456789")
    for lines in digits.values():
        points = np.concatenate(lines)
        assert points.min(axis=0) == pytest.approx([0, 0])
        assert points.max() == pytest.approx(trace_fonts.UNIT)


def test_fonts_of_one_hand_are_one_writer_without_what_is_the_same():
    one = {str(d): [np.array(line, float) for line in lines] for d, lines in DIGITS.items()}
    other = {**one, "7": [*one["7"], np.array([(30, 50), (80, 50)], float)]}
    turned = {digit: [-line for line in lines] for digit, lines in one.items() if digit in "234567"}
    found = trace_fonts.hands({"b": one, "a": other, "c": turned})
    assert found == {"b": ("a", list("0123456789")), "a": ("a", ["7"]), "c": ("c", list("234567"))}


def test_the_same_fonts_make_the_same_file(tmp_path):
    fonts = {"a": {"1": [np.array([[0.2, 0.0], [10.0, 1000.0]])]}}
    for name in ("one", "other"):
        trace_fonts.write(tmp_path / name, fonts)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    (line,) = gzip.decompress((tmp_path / "one").read_bytes()).decode().splitlines()
    assert json.loads(line) == {"label": "1", "writer": "a", "strokes": [[[0, 0], [10, 1000]]]}


def test_every_font_is_named_with_whose_it_is():
    listed = (Path(datasets.__file__).parent / "fonts" / "SOURCES.md").read_text("utf-8")
    rows = [line for line in listed.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 200
    assert all(all(cell.strip() for cell in row.strip("|").split(" | ")[:4]) for row in rows)


def _font(folder: Path) -> Path:
    """The font that Pillow brings."""
    path = folder / "pillow.ttf"
    path.write_bytes(ImageFont.load_default(40).font_bytes)
    return path

"""Tests of the tracing of fonts: their digits, their writers, and the file of both."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from benchmarks.tools import trace_fonts
from digitdraw.training import datasets
from tests.support.drawings import DIGITS


def test_the_digits_of_a_font_are_scaled_to_units(tmp_path):
    digits = trace_fonts.traced(_font(tmp_path))
    assert sorted(digits) == list("0123456789")
    for lines in digits.values():
        points = np.concatenate(lines)
        assert points.min(axis=0) == pytest.approx([0, 0])
        assert points.max() == pytest.approx(trace_fonts.UNIT)


def test_fonts_with_the_same_handwriting_have_one_writer_and_no_repeated_digits():
    first = {str(d): [np.array(line, float) for line in lines] for d, lines in DIGITS.items()}
    similar = {**first, "7": [*first["7"], np.array([(30, 50), (80, 50)], float)]}
    different = {d: [-line for line in lines] for d, lines in first.items() if d in "234567"}
    writers = trace_fonts.assign_writers({"b": first, "a": similar, "c": different})
    assert writers == {
        "b": ("a", list("0123456789")),
        "a": ("a", ["7"]),
        "c": ("c", list("234567")),
    }


def test_the_same_fonts_give_the_same_bytes(tmp_path):
    fonts = {"a": {"1": [np.array([[0.2, 0.0], [10.0, 1000.0]])]}}
    for name in ("first", "second"):
        trace_fonts.write(tmp_path / name, fonts)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    (line,) = gzip.decompress((tmp_path / "first").read_bytes()).decode().splitlines()
    assert json.loads(line) == {"label": "1", "writer": "a", "strokes": [[[0, 0], [10, 1000]]]}


def test_the_list_of_sources_names_every_font_with_its_copyright():
    text = (Path(datasets.__file__).parent / "fonts" / "SOURCES.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 200
    assert all(all(cell.strip() for cell in row.strip("|").split(" | ")[:4]) for row in rows)


def test_the_list_of_sources_has_the_head_that_the_tool_writes():
    text = (Path(datasets.__file__).parent / "fonts" / "SOURCES.md").read_text("utf-8")
    assert text.startswith(trace_fonts.sources([]).rstrip("\n"))


def _font(folder: Path) -> Path:
    """Write the font that comes with Pillow to a file."""
    path = folder / "pillow.ttf"
    path.write_bytes(ImageFont.load_default(40).font_bytes)
    return path

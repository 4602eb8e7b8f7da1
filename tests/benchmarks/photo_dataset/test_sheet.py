"""Tests of a sheet: entries in reading order, and everything on the photo."""

import numpy as np
import pytest

from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.sheet import Sheet
from benchmarks.photo_dataset.writers import Writers
from benchmarks.photo_dataset.writing import right_edge

LOOK = Look(size=(320, 240))


@pytest.fixture
def sheet(data_folder) -> Sheet:
    return Sheet(Writers(data_folder), LOOK, np.random.default_rng(0))


def test_entries_are_in_reading_order_with_a_box_for_each_mark(sheet):
    sheet.write("7", 6)
    sheet.write("12", 0)
    sheet.row = 1
    sheet.write("3.5", 0)
    sheet.draw_line(0, 5, sheet.y + 0.3)
    rows, marks, picture, boxes = sheet.photograph()
    assert rows == [["12", "7"], ["3.5"]]
    assert [mark.label for mark in marks] == [1, 2, 7, 3, None, 5, None]
    assert picture.shape == (240, 320, 3) and len(boxes) == len(marks)
    for x, y, width, height in boxes:
        assert 0 <= x < x + width <= 320 and 0 <= y < y + height <= 240


@pytest.mark.parametrize("align", [0, 0.5, 1])
def test_a_text_is_aligned_to_its_left_end_middle_or_right_end(sheet, align):
    end = sheet.write("481", 10, align)
    (entry,) = sheet.entries
    start = min(stroke[:, 0].min() for mark in entry.marks for stroke in mark.strokes)
    assert start + align * (end - start) == pytest.approx(10, abs=1e-6)


def test_characters_in_cells_stand_inside_and_are_one_entry(sheet):
    assert sheet.write_in_cells("481", 2, 1.4) == pytest.approx(2 + 3 * 1.4)
    (entry,) = sheet.entries
    assert entry.text == "481"
    for place, mark in enumerate(entry.marks):
        middle = np.mean([stroke[:, 0].mean() for stroke in mark.strokes])
        assert 2 + 1.4 * place < middle < 2 + 1.4 * (place + 1)


def test_words_have_no_digits_and_printed_ones_no_marks(sheet):
    for _ in range(5):
        sheet.word(0)
    assert all(not any(map(str.isdigit, entry.text)) for entry in sheet.entries)
    assert all(mark.label is None for entry in sheet.entries for mark in entry.marks)
    count = len(sheet.entries)
    assert sheet.print_words(1) > 1
    assert len(sheet.entries) == count and len(sheet.prints) == 1


@pytest.mark.parametrize("symbol", ".,'-/:+=()%$€£÷\N{MULTIPLICATION SIGN}")
def test_every_symbol_is_about_as_large_as_people_write_it(sheet, symbol):
    for _ in range(20):
        (mark,) = sheet.marks_of(symbol)
        points = np.concatenate(mark.strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        assert np.isfinite(points).all() and low[0] == pytest.approx(0, abs=1e-6)
        assert right_edge([mark]) < 1.6 and high[1] - low[1] < 2
        assert low[1] > -1.9 and high[1] < 1.4

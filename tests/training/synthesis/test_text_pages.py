"""Pages of every layout have rows of marks inside the picture."""

import numpy as np
import pytest

from digitdraw.training.synthesis import text_pages
from digitdraw.training.synthesis.canvas import CUT
from digitdraw.training.synthesis.sources import Sources
from tests.support.synthesis import DRAWINGS, STROKES_ONLY

SIDE = 320


@pytest.mark.parametrize("layout", text_pages.LAYOUTS)
@pytest.mark.parametrize("sources", [STROKES_ONLY, Sources(DRAWINGS, None, [], [])])
def test_a_page_has_rows_of_marks(layout, sources):
    pages = [
        text_pages.text_page(sources, np.random.default_rng(seed), SIDE, layout)
        for seed in range(3)
    ]
    for page in pages:
        assert page.picture.shape == (SIDE, SIDE) and page.picture.dtype == np.uint8
        texts = "".join(mark.text for mark in page.marks if mark.text != CUT)
        assert any(map(str.isdigit, texts)) == (layout != "words" and len(page.labels) > 0)
    marks = [mark for page in pages for mark in page.marks]
    assert len({mark.row for mark in marks}) > 2 or layout == "words"
    if layout != "words":
        assert sum(len(page.labels) for page in pages) > 5


def test_the_same_seed_gives_the_same_page():
    first, second = (
        text_pages.text_page(STROKES_ONLY, np.random.default_rng(4), SIDE, "tables")
        for _ in range(2)
    )
    assert np.array_equal(first.picture, second.picture)
    assert first.marks == second.marks


def test_cells_of_a_comb_are_one_number_and_cells_of_a_sudoku_are_many():
    rows = {}
    for layout in ("forms", "sudokus"):
        lengths = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            page = text_pages.text_page(STROKES_ONLY, rng, SIDE, layout)
            items = [mark.item for mark in page.marks if mark.text.isdigit()]
            lengths += [items.count(item) for item in set(items)]
        rows[layout] = max(lengths)
    assert rows["sudokus"] == 1 < rows["forms"]

"""Generated pages: each digit has a box, and the box contains its ink."""

import numpy as np
import pytest

from digitdraw.training.datasets import Glyphs, Scan
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Canvas
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer
from tests.support.synthesis import STROKES_ONLY

GLYPH = np.zeros((1, 28, 28), np.uint8)
GLYPH[0, 4:24, 12:16] = 255
GLYPHS_ONLY = Sources([], Glyphs(GLYPH, np.array([1])), [], [])


def random_pages(sources, count, side=192):
    rng = np.random.default_rng(3)
    return [pages.random_page(sources, rng, side) for _ in range(count)]


@pytest.mark.parametrize("sources", [STROKES_ONLY, GLYPHS_ONLY], ids=["strokes", "glyphs"])
def test_boxes_of_digits_are_in_the_picture(sources):
    generated = random_pages(sources, 24)
    labels = np.concatenate([page.labels for page in generated])
    assert len(labels) > 100
    assert set(labels) <= {IGNORED, *range(10)}
    for page in generated:
        assert page.picture.shape == (192, 192) and page.picture.dtype == np.uint8
        x, _, width, height = page.boxes[page.labels != IGNORED].T
        inside = np.clip(x + width, 0, 192) - np.clip(x, 0, 192)
        assert (inside > 0.5 * width).all()
        assert (np.maximum(width, height) > 0.5 * pages.MIN_HEIGHT).all()
        assert (np.maximum(width, height) < 2.5 * pages.MAX_HEIGHT).all()


def test_a_few_pages_have_no_digits():
    counts = [len(page.labels) for page in random_pages(STROKES_ONLY, 40)]
    assert 0 < sum(count == 0 for count in counts) < 20


@pytest.mark.parametrize(
    ("content", "least", "most"),
    [("no digits", 0, 0), ("one negative", 0, 0), ("one number", 1, 12), ("one digit", 1, 1)],
)
def test_content_limits_the_number_of_digits(content, least, most):
    rng = np.random.default_rng(5)
    generated = [pages.written_page(STROKES_ONLY, rng, 192, content) for _ in range(12)]
    # Crossed out digits and single letters are recorded as IGNORED.
    assert min(len(page.labels) for page in generated) >= least
    assert max((page.labels != IGNORED).sum() for page in generated) <= most
    assert np.mean([np.ptp(page.picture) for page in generated]) > 50


def test_clear_pages_have_less_variability_and_damage(monkeypatch):
    calls = []
    monkeypatch.setattr(pages, "written_page", lambda *_, **options: calls.append(options))
    for seed in range(40):
        pages.clear_page(STROKES_ONLY, np.random.default_rng(seed), 192)
    limits = {"variability": pages._CLEAR_VARIABILITY, "damage": pages._CLEAR_DAMAGE}
    for name, (_, most) in limits.items():
        values = [options[name] for options in calls]
        assert 0 <= min(values) < max(values) <= most < 1


def test_each_line_of_a_page_is_a_row():
    page = pages.written_page(STROKES_ONLY, np.random.default_rng(6), 256, "lines", damage=0.0)
    rows = [mark.row for mark in page.marks]
    levels = [np.median([m.box[1] for m in page.marks if m.row == row]) for row in sorted({*rows})]
    assert len(levels) > 1 and levels == sorted(levels)


def test_clear_pages_have_large_digits():
    rng = np.random.default_rng(6)
    generated = [pages.clear_page(STROKES_ONLY, rng, 256) for _ in range(20)]
    boxes = np.concatenate([page.boxes[page.labels != IGNORED] for page in generated])
    assert len(boxes) > 100
    assert (boxes[:, 2:].max(axis=1) > 0.5 * pages._CLEAR_MIN_HEIGHT).all()


def test_the_same_seed_gives_the_same_page():
    first, second = (pages.random_page(STROKES_ONLY, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first.picture, second.picture)
    assert np.array_equal(first.boxes, second.boxes)


def test_printed_words_are_ink_without_labels():
    canvas = Canvas(300, 40.0, np.eye(3))
    end = pages._print_words(canvas, 20.0, 100.0, np.random.default_rng(0))
    rows, columns = np.nonzero(canvas.ink > 128)
    assert columns.min() / 2 > 19 and columns.max() / 2 < end + 1
    assert abs((rows.min() + rows.max()) / 4 - 100) < 10
    assert not canvas.labels


def test_boxes_of_a_scanned_page_stay_on_their_digits():
    picture = np.full((40, 90), 230, np.uint8)
    boxes = np.array([[10, 8, 12, 24], [50, 8, 12, 24]], np.float32)
    for x, y, width, height in boxes.astype(int):
        picture[y : y + height, x : x + width] = 20
    scan = Scan("two", picture, boxes, np.array([4, 7]))
    rng = np.random.default_rng(0)
    for _ in range(20):
        page = pages.scanned_page(Sources([], None, [], [scan]), rng, 192)
        assert page.labels.tolist() == [4, 7]
        grey = page.picture.astype(float)
        for x, y, width, height in page.boxes:
            middle = grey[int(y + height / 2), int(x + width / 2)]
            between = grey[int(y + height / 2), int(page.boxes[:, 0].mean() + width / 2)]
            assert abs(middle - between) > 20


def test_single_letters_are_ignored_and_words_have_no_labels():
    counts = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        canvas = Canvas(400, 30.0, np.eye(3))
        writer = Writer.random(STROKES_ONLY, 30.0, rng)
        end = pages._write_word(canvas, STROKES_ONLY.drawings, writer, 40.0, 200.0, rng)
        assert end > 40 and canvas.ink.any()
        assert set(canvas.labels) <= {IGNORED}
        counts.add(len(canvas.labels))
    assert counts == {0, 1}


def test_a_few_pages_are_flat_like_screenshots():
    rng = np.random.default_rng(2)
    flat = 0
    for _ in range(60):
        picture = pages.written_page(STROKES_ONLY, rng, 96, "lines").picture
        flat += np.bincount(picture.ravel()).max() > 0.5 * picture.size
    assert 1 <= flat <= 12


def test_ink_on_a_flat_page_has_contrast():
    ink = np.zeros((20, 20), np.float32)
    ink[5:10, 5:10] = 1
    for seed in range(40):
        page = pages._flat_picture(ink, np.random.default_rng(seed)).astype(int)
        assert abs(page[0, 0] - page[7, 7]) > 80

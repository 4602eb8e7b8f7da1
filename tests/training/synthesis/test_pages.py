"""Composed pages: each digit has its box, and the box has the digit's ink."""

import numpy as np
import pytest

from digitdraw.training.datasets import Drawing, Glyphs, Scan
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Canvas
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer
from tests.support.drawings import DIGITS

DRAWN = [
    Drawing(str(digit), writer, [np.array(stroke, float) for stroke in lines])
    for writer in ("a", "b")
    for digit, lines in DIGITS.items()
]
GLYPH = np.zeros((1, 28, 28), np.uint8)
GLYPH[0, 4:24, 12:16] = 255
STROKES_ALONE = Sources(DRAWN, None, DRAWN, [])
MNIST_ALONE = Sources([], Glyphs(GLYPH, np.array([1])), [], [])


def composed(sources, count, side=192):
    rng = np.random.default_rng(3)
    return [pages.compose(sources, rng, side) for _ in range(count)]


@pytest.mark.parametrize("sources", [STROKES_ALONE, MNIST_ALONE], ids=["strokes", "mnist"])
def test_pages_hold_digits_whose_boxes_are_in_the_picture(sources):
    made = composed(sources, 24)
    labels = np.concatenate([page.labels for page in made])
    assert len(labels) > 100
    assert set(labels) <= {IGNORED, *range(10)}
    for page in made:
        assert page.picture.shape == (192, 192) and page.picture.dtype == np.uint8
        whole = page.boxes[page.labels != IGNORED]
        x, _, width, height = whole.T
        inside = np.clip(x + width, 0, 192) - np.clip(x, 0, 192)
        assert (inside > 0.5 * width).all()
        assert (np.maximum(width, height) > 0.5 * pages.SMALLEST).all()
        assert (np.maximum(width, height) < 2.5 * pages.LARGEST).all()


def test_some_pages_have_no_digits_at_all():
    counts = [len(page.labels) for page in composed(STROKES_ALONE, 40)]
    assert 0 < sum(count == 0 for count in counts) < 20


@pytest.mark.parametrize(
    ("content", "least", "most"),
    [("no digits", 0, 0), ("one thing", 0, 0), ("one number", 1, 12), ("one digit", 1, 1)],
)
def test_a_page_can_be_asked_for_with_one_number_one_digit_or_none(content, least, most):
    rng = np.random.default_rng(5)
    made = [pages.written(STROKES_ALONE, rng, 192, content) for _ in range(12)]
    # What is crossed out, or a letter alone, may be taken for a digit or not.
    assert min(len(page.labels) for page in made) >= least
    assert max((page.labels != IGNORED).sum() for page in made) <= most
    assert np.mean([np.ptp(page.picture) for page in made]) > 50


def test_clear_pages_have_large_digits_written_in_less_haste_and_are_spoilt_less(monkeypatch):
    asked = []
    monkeypatch.setattr(pages, "written", lambda *rest, **how: asked.append(how))
    for seed in range(40):
        pages.clear(STROKES_ALONE, np.random.default_rng(seed), 192)
    for name, (_, most) in (("haste", pages._HASTE), ("harm", pages._HARM)):
        assert 0 <= min(how[name] for how in asked) < max(how[name] for how in asked) <= most < 1
    monkeypatch.undo()
    rng = np.random.default_rng(6)
    made = [pages.clear(STROKES_ALONE, rng, 256) for _ in range(20)]
    whole = np.concatenate([page.boxes[page.labels != IGNORED] for page in made])
    assert len(whole) > 100
    assert (whole[:, 2:].max(axis=1) > 0.5 * pages._CLEAR).all()


def test_the_same_chance_makes_the_same_page():
    one, other = (pages.compose(STROKES_ALONE, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one.picture, other.picture)
    assert np.array_equal(one.boxes, other.boxes)


def test_printed_words_are_drawn_and_are_no_digits():
    writing = Canvas(300, 40.0, np.eye(3))
    end = pages._print(writing, 20.0, 100.0, np.random.default_rng(0))
    rows, columns = np.nonzero(writing.ink > 128)
    assert columns.min() / 2 > 19 and columns.max() / 2 < end + 1
    assert abs((rows.min() + rows.max()) / 4 - 100) < 10
    assert not writing.labels


def test_scans_keep_their_boxes_on_their_digits():
    picture = np.full((40, 90), 230, np.uint8)
    boxes = np.array([[10, 8, 12, 24], [50, 8, 12, 24]], np.float32)
    for x, y, width, height in boxes.astype(int):
        picture[y : y + height, x : x + width] = 20
    scan = Scan("two", picture, boxes, np.array([4, 7]))
    rng = np.random.default_rng(0)
    for _ in range(20):
        page = pages.scanned(Sources([], None, [], [scan]), rng, 192)
        assert page.labels.tolist() == [4, 7]
        grey = page.picture.astype(float)
        for x, y, width, height in page.boxes:
            middle = grey[int(y + height / 2), int(x + width / 2)]
            beside = grey[int(y + height / 2), int(page.boxes[:, 0].mean() + width / 2)]
            assert abs(middle - beside) > 20


def test_of_a_letter_that_stands_alone_nothing_is_said_but_of_words_that_they_are_none():
    counts = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        writing = Canvas(400, 30.0, np.eye(3))
        hand = Writer.of(STROKES_ALONE, 30.0, rng)
        end = pages._word(writing, STROKES_ALONE.drawings, hand, 40.0, 200.0, rng)
        assert end > 40 and writing.ink.any()
        assert set(writing.labels) <= {IGNORED}
        counts.add(len(writing.labels))
    assert counts == {0, 1}


def test_some_pages_are_flat_as_screenshots_are():
    rng = np.random.default_rng(2)
    flat = 0
    for _ in range(60):
        picture = pages.written(STROKES_ALONE, rng, 96, "lines").picture
        flat += np.bincount(picture.ravel()).max() > 0.5 * picture.size
    assert 1 <= flat <= 12


def test_ink_on_a_flat_page_stands_out_from_its_paper():
    ink = np.zeros((20, 20), np.float32)
    ink[5:10, 5:10] = 1
    for seed in range(40):
        page = pages._flat(ink, np.random.default_rng(seed)).astype(int)
        assert abs(page[0, 0] - page[7, 7]) > 80

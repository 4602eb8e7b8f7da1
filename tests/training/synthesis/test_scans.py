"""Digits cut out of scans, and scans spliced into one number."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.training import datasets
from digitdraw.training.datasets import Scan
from digitdraw.training.synthesis.scans import cut_glyphs, splice_scans

PAPER, INK = 200, 40
BOXES = np.array([[20, 20, 24, 36], [70, 20, 24, 36], [130, 18, 6, 40]], np.float32)


def scan_of_shapes(*, connected=False, labels=(0, 4, 1)):
    """A ring, a cross and a vertical stroke, on paper that is lighter on the right."""
    picture = np.full((80, 170), 210, np.float32)
    cv2.ellipse(picture, (32, 38), (10, 16), 0, 0, 360, 60, 3)
    cv2.line(picture, (72, 38), (92, 38), 60, 3)
    cv2.line(picture, (82, 22), (82, 54), 60, 3)
    cv2.line(picture, (133, 20), (133, 56), 60, 4)
    if connected:
        cv2.line(picture, (32, 54), (82, 54), 60, 3)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.7) + np.linspace(-20, 20, 170)
    return Scan("shapes", picture.clip(0, 255).astype(np.uint8), BOXES, np.array(labels))


def scan_of_bars(height, count, *, paper=PAPER, gap=0.4, first=1):
    """Bars as digits with labels from `first` on, `height` pixels high."""
    pitch = round(height * (0.4 + gap))
    picture = np.full((2 * height, pitch * count + height), paper, np.uint8)
    width, top = round(0.4 * height), height // 2
    boxes = [[height // 2 + i * pitch, top, width, height] for i in range(count)]
    for x, y, w, h in boxes:
        picture[y : y + h, x : x + w] = INK
    labels = first + np.arange(count)
    return Scan(f"{count} of {height}", picture, np.array(boxes, np.float32), labels)


def test_each_digit_fills_its_own_glyph():
    glyphs = cut_glyphs([scan_of_shapes()])
    assert glyphs.labels.tolist() == [0, 4, 1]
    assert glyphs.pixels.shape == (3, 28, 28) and glyphs.pixels.dtype == np.uint8
    for glyph in glyphs.pixels:
        rows, columns = np.nonzero(glyph > 100)
        assert max(np.ptp(rows), np.ptp(columns)) >= 24
        assert glyph.max() > 200
    ring, cross, stroke = glyphs.pixels
    assert ring[14, 14] < 60 < cross[14, 14]
    assert np.ptp(np.nonzero(stroke > 100)[1]) < 7


def test_digits_that_touch_are_not_cut_out():
    assert cut_glyphs([scan_of_shapes(connected=True)]).labels.tolist() == [1]


def test_a_box_beside_its_digit_gives_no_glyph():
    scan = scan_of_shapes()
    moved = Scan(scan.name, scan.picture, scan.boxes + np.array([0, 26, 0, 0]), scan.labels)
    assert len(cut_glyphs([moved]).labels) == 0


@pytest.mark.parametrize("scans", [[], [Scan("empty", np.full((30, 60), PAPER, np.uint8),
                                            BOXES[:1], np.array([3]))]])  # fmt: skip
def test_there_are_no_glyphs_without_ink(scans):
    glyphs = cut_glyphs(scans)
    assert glyphs.pixels.shape == (0, 28, 28)
    assert glyphs.labels.shape == (0,)


def test_many_digits_of_real_scans_are_cut_out(data_folder):
    scans = datasets.scans(data_folder, "train")[:60]
    if not scans:
        pytest.skip("there is no orand-car-a in the data folder")
    glyphs = cut_glyphs(scans)
    assert 0.4 * sum(len(scan.labels) for scan in scans) < len(glyphs.labels)
    assert set(glyphs.labels) == set(range(10))


@given(
    heights=st.tuples(st.integers(20, 80), st.integers(20, 80)),
    counts=st.tuples(st.integers(2, 5), st.integers(2, 4)),
    seed=st.integers(0, 99),
)
def test_a_splice_has_the_first_digits_of_one_scan_and_the_last_of_another(heights, counts, seed):
    left = scan_of_bars(heights[0], counts[0])
    right = scan_of_bars(heights[1], counts[1], first=6)
    splice = splice_scans(left, right, np.random.default_rng(seed))
    first, last = splice.labels[splice.labels < 6], splice.labels[splice.labels >= 6]
    assert splice.labels.tolist() == [*first, *last]
    assert 1 <= len(first) < counts[0] and first.tolist() == left.labels[: len(first)].tolist()
    assert 1 <= len(last) < counts[1] and last.tolist() == right.labels[-len(last) :].tolist()
    assert np.allclose(splice.boxes[:, 3], heights[0], rtol=0.1)
    for x, y, width, height in np.rint(splice.boxes).astype(int):
        inside = splice.picture[y + 2 : y + height - 2, x + 2 : x + width - 2]
        assert inside.mean() < INK + 20
    ink = splice.picture < (INK + PAPER) / 2
    assert ink.sum() == pytest.approx(splice.boxes[:, 2:].prod(axis=1).sum(), rel=0.1)


def test_both_sides_of_a_splice_have_the_same_brightness():
    dark = scan_of_bars(40, 2, paper=120)
    splice = splice_scans(scan_of_bars(40, 2), dark, np.random.default_rng(0))
    assert splice.picture.dtype == np.uint8
    assert np.ptp(splice.picture[0].astype(int)) <= 1


@pytest.mark.parametrize("touching", ["left", "right"])
def test_a_scan_without_a_clear_gap_is_not_spliced(touching):
    tight, clear = scan_of_bars(40, 3, gap=0.0), scan_of_bars(40, 3)
    pair = (tight, clear) if touching == "left" else (clear, tight)
    assert splice_scans(*pair, np.random.default_rng(0)) is pair[0]


def test_a_splice_never_cuts_digits_off_above_or_below():
    scan = scan_of_bars(40, 3)
    cropped = Scan("cropped", scan.picture[15:], scan.boxes - [0, 15, 0, 0], scan.labels)
    shifted = Scan("shifted", scan.picture, scan.boxes - [0, 12, 0, 0], scan.labels)
    uneven = Scan("uneven", scan.picture, scan.boxes.copy(), scan.labels)
    uneven.boxes[0, [1, 3]] = 2, 76  # the first digit reaches far above and below the others
    for seed in range(8):
        assert splice_scans(uneven, cropped, np.random.default_rng(seed)) is uneven
        splice = splice_scans(cropped, shifted, np.random.default_rng(seed))
        assert (splice.boxes[:, 1] >= 0).all()
        assert (splice.boxes[:, 1] + splice.boxes[:, 3] <= splice.picture.shape[0]).all()

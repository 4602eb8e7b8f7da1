"""Two scans make one number, whose boxes stay on their digits; or the first stays as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.training.datasets import Scan
from digitdraw.training.synthesis import scans

PAPER, INK = 200, 40


def scan(tall, count, *, paper=PAPER, gap=0.4, first=1):
    """Bars as digits: number `first` and those after it, `tall` pixels high."""
    pitch = round(tall * (0.4 + gap))
    picture = np.full((2 * tall, pitch * count + tall), paper, np.uint8)
    boxes = [[tall // 2 + i * pitch, tall // 2, round(0.4 * tall), tall] for i in range(count)]
    for x, y, width, height in boxes:
        picture[y : y + height, x : x + width] = INK
    return Scan(
        f"{count} of {tall}", picture, np.array(boxes, np.float32), first + np.arange(count)
    )


@given(
    tall=st.tuples(st.integers(20, 80), st.integers(20, 80)),
    counts=st.tuples(st.integers(2, 5), st.integers(2, 4)),
    seed=st.integers(0, 99),
)
def test_the_first_digits_of_one_are_followed_by_the_last_of_another(tall, counts, seed):
    left, right = scan(tall[0], counts[0]), scan(tall[1], counts[1], first=6)
    made = scans.splice_scans(left, right, np.random.default_rng(seed))
    mine, theirs = made.labels[made.labels < 6], made.labels[made.labels >= 6]
    assert made.labels.tolist() == [*mine, *theirs]
    assert 1 <= len(mine) < counts[0] and mine.tolist() == left.labels[: len(mine)].tolist()
    assert 1 <= len(theirs) < counts[1] and theirs.tolist() == right.labels[-len(theirs) :].tolist()
    assert np.allclose(made.boxes[:, 3], tall[0], rtol=0.1)
    for x, y, width, height in np.rint(made.boxes).astype(int):
        inside = made.picture[y + 2 : y + height - 2, x + 2 : x + width - 2]
        assert inside.mean() < INK + 20
    ink = made.picture < (INK + PAPER) / 2
    assert ink.sum() == pytest.approx(made.boxes[:, 2:].prod(axis=1).sum(), rel=0.1)


def test_paper_is_as_light_on_both_sides():
    made = scans.splice_scans(scan(40, 2), scan(40, 2, paper=120), np.random.default_rng(0))
    assert made.picture.dtype == np.uint8
    assert np.ptp(made.picture[0].astype(int)) <= 1


@pytest.mark.parametrize("narrow", ["left", "right"])
def test_a_scan_without_a_clear_gap_is_not_taken_apart(narrow):
    touching, clear = scan(40, 3, gap=0.0), scan(40, 3)
    pair = (touching, clear) if narrow == "left" else (clear, touching)
    assert scans.splice_scans(*pair, np.random.default_rng(0)) is pair[0]


def test_digits_are_never_cut_off_above_or_below():
    low = scan(40, 3)
    lower = Scan("low", low.picture[15:], low.boxes - [0, 15, 0, 0], low.labels)
    uneven = Scan("uneven", low.picture, low.boxes - [0, 12, 0, 0], low.labels)
    tall = Scan("tall", low.picture, low.boxes.copy(), low.labels)
    tall.boxes[0, [1, 3]] = 2, 76  # the first reaches far above and below the others
    for seed in range(8):
        made = scans.splice_scans(tall, lower, np.random.default_rng(seed))
        assert made is tall
        made = scans.splice_scans(lower, uneven, np.random.default_rng(seed))
        assert (made.boxes[:, 1] >= 0).all()
        assert (made.boxes[:, 1] + made.boxes[:, 3] <= made.picture.shape[0]).all()

"""Paper is added around what is cropped, and to nothing else."""

import numpy as np
import pytest

from digitdraw.preprocessing.paper import pad_border, pad_with_paper


def block(around: int, paper: float = 0.9, ink: float = 0.2, side: int = 60) -> np.ndarray:
    """A cross of ink, (H, W) float32, with so much paper around it."""
    picture = np.full((side + 2 * around,) * 2, paper, np.float32)
    middle = around + side // 2
    picture[around : around + side, middle - 6 : middle + 6] = ink
    picture[middle - 6 : middle + 6, around : around + side] = ink
    return picture


@pytest.mark.parametrize(("paper", "ink"), [(0.9, 0.2), (0.1, 0.8)])
@pytest.mark.parametrize("around", [0, 5])
def test_a_cropped_picture_gets_more_of_its_own_paper(around, paper, ink):
    picture = block(around, paper, ink)
    larger, margin = pad_with_paper(picture)
    assert margin > 20
    inner = np.s_[margin:-margin, margin:-margin]
    assert np.array_equal(larger[inner], picture)
    assert larger.dtype == np.float32
    larger[inner] = paper
    assert larger == pytest.approx(paper, abs=0.01)


def test_a_picture_with_paper_around_its_ink_stays_as_it_is():
    picture = block(40)
    same, margin = pad_with_paper(picture)
    assert margin == 0 and same is picture


def test_a_picture_in_uneven_light_stays_as_it_is():
    picture = block(0) * np.linspace(0.2, 1, 60, dtype=np.float32)
    assert pad_with_paper(picture)[1] == 0


def test_a_page_whose_writing_begins_at_its_border_stays_as_it_is():
    page = np.full((600, 450), 0.9, np.float32)
    page[10:40, 10:400:60] = page[10:40, 14:404:60] = page[10:40, 17:407:60] = 0.2
    assert pad_with_paper(page)[1] == 0


@pytest.mark.parametrize("shape", [(60, 200), (300, 40), (2, 2)])
def test_any_picture_may_be_framed_with_what_most_of_it_is(shape):
    picture = np.full(shape, 0.7, np.float32)
    picture[:, ::5] = 0.1
    larger, margin = pad_border(picture)
    assert margin == round(0.15 * min(shape))
    assert larger.shape == tuple(side + 2 * margin for side in shape)
    assert larger.dtype == np.float32
    inner = np.s_[margin : shape[0] + margin, margin : shape[1] + margin]
    assert np.array_equal(larger[inner], picture)
    larger[inner] = np.median(picture)
    assert (larger == np.median(picture)).all()

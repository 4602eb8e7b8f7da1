"""Paper is added around cropped pictures, and the median level around any picture."""

import numpy as np
import pytest

from digitdraw.preprocessing.padding import pad_border, pad_with_paper


def cross(margin: int, paper: float = 0.9, ink: float = 0.2, side: int = 60) -> np.ndarray:
    """A cross of ink with `margin` pixels of paper around it, (H, W) float32."""
    picture = np.full((side + 2 * margin,) * 2, paper, np.float32)
    middle = margin + side // 2
    picture[margin : margin + side, middle - 6 : middle + 6] = ink
    picture[middle - 6 : middle + 6, margin : margin + side] = ink
    return picture


@pytest.mark.parametrize(("paper", "ink"), [(0.9, 0.2), (0.1, 0.8)])
@pytest.mark.parametrize("margin", [0, 5])
def test_cropped_pictures_are_padded_with_their_own_paper(margin, paper, ink):
    picture = cross(margin, paper, ink)
    larger, padding = pad_with_paper(picture)
    assert padding > 20
    inner = np.s_[padding:-padding, padding:-padding]
    assert np.array_equal(larger[inner], picture)
    assert larger.dtype == np.float32
    larger[inner] = paper
    assert larger == pytest.approx(paper, abs=0.01)


def test_pictures_with_paper_around_the_ink_are_unchanged():
    picture = cross(40)
    same, padding = pad_with_paper(picture)
    assert padding == 0 and same is picture


def test_pictures_in_uneven_light_are_unchanged():
    picture = cross(0) * np.linspace(0.2, 1, 60, dtype=np.float32)
    assert pad_with_paper(picture)[1] == 0


def test_pages_with_writing_at_the_border_are_unchanged():
    page = np.full((600, 450), 0.9, np.float32)
    page[10:40, 10:400:60] = page[10:40, 14:404:60] = page[10:40, 17:407:60] = 0.2
    assert pad_with_paper(page)[1] == 0


@pytest.mark.parametrize("shape", [(60, 200), (300, 40), (2, 2)])
def test_any_picture_can_be_padded_with_its_median_level(shape):
    picture = np.full(shape, 0.7, np.float32)
    picture[:, ::5] = 0.1
    larger, padding = pad_border(picture)
    assert padding == round(0.15 * min(shape))
    assert larger.shape == tuple(side + 2 * padding for side in shape)
    assert larger.dtype == np.float32
    inner = np.s_[padding : shape[0] + padding, padding : shape[1] + padding]
    assert np.array_equal(larger[inner], picture)
    larger[inner] = np.median(picture)
    assert (larger == np.median(picture)).all()

"""Two tones: ink on flat paper is told from light and shade, and paper from ink."""

import cv2
import numpy as np
import pytest

from digitdraw.preprocessing.paper import downscale, ink_paper_levels


def ring(width=20, around=8, ink=30, paper=230, noise=0.0) -> np.ndarray:
    """A ring of ink on paper, (H, W) float32 in [0, 1], with so much paper around it."""
    side = 2 * (40 + around)
    picture = np.full((side, side), float(paper))
    cv2.circle(picture, (side // 2, side // 2), 40 - width // 2, float(ink), width)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape)
    return (picture / 255).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("around", [0, 8, 40])
@pytest.mark.parametrize("width", [6, 20, 34])
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (90, 200), (255, 0), (220, 60)])
def test_paper_and_ink_are_told_apart(ink, paper, width, around):
    found = ink_paper_levels(ring(width, around, ink, paper, noise=3.0))
    assert found is not None
    assert (found.paper * 255, found.ink * 255) == pytest.approx((paper, ink), abs=4)


def test_light_and_shade_are_no_two_tones():
    y, x = np.mgrid[0:1:96j, 0:1:96j]
    for light in (np.where(x + 0.3 * y < 0.62, 0.4, 1.0), 0.2 + 0.8 * x):
        assert ink_paper_levels((ring(6, 8) * light).astype(np.float32)) is None


def test_pencil_on_grey_paper_may_be_shade():
    assert ink_paper_levels(ring(ink=170, paper=230)) is None


def test_one_tone_is_no_two():
    for level in (0.0, 0.5, 1.0):
        assert ink_paper_levels(np.full((28, 28), level, np.float32)) is None
    assert ink_paper_levels(np.zeros((1, 1), np.float32)) is None


def test_noise_is_no_two_tones():
    noise = np.random.default_rng(0).normal(0.5, 0.12, (96, 96)).clip(0, 1)
    assert ink_paper_levels(noise.astype(np.float32)) is None


def test_a_picture_is_reduced_by_its_longer_side_and_never_enlarged():
    grey = np.linspace(0, 1, 300, dtype=np.float32)[None].repeat(200, axis=0)
    assert downscale(grey).shape == (85, 128)
    assert downscale(grey[:20, :30]).shape == (20, 30)
    assert downscale(grey).dtype == np.uint8

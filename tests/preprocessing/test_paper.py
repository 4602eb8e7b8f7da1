"""The levels of ink and paper, and the region of a sheet of paper."""

import cv2
import numpy as np
import pytest

from digitdraw.preprocessing.paper import downscale, ink_paper_levels, paper_region
from tests.support.drawings import DIGITS


def ring(width=20, margin=8, ink=30, paper=230, noise=0.0) -> np.ndarray:
    """A ring of ink on paper with `margin` pixels of paper around it, (H, W) float32 in [0, 1]."""
    side = 2 * (40 + margin)
    picture = np.full((side, side), float(paper))
    cv2.circle(picture, (side // 2, side // 2), 40 - width // 2, float(ink), width)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape)
    return (picture / 255).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("margin", [0, 8, 40])
@pytest.mark.parametrize("width", [6, 20, 34])
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (90, 200), (255, 0), (220, 60)])
def test_levels_of_ink_and_paper_are_measured(ink, paper, width, margin):
    levels = ink_paper_levels(ring(width, margin, ink, paper, noise=3.0))
    assert levels is not None
    assert (levels.paper * 255, levels.ink * 255) == pytest.approx((paper, ink), abs=4)


def test_uneven_light_has_no_levels():
    y, x = np.mgrid[0:1:96j, 0:1:96j]
    for light in (np.where(x + 0.3 * y < 0.62, 0.4, 1.0), 0.2 + 0.8 * x):
        assert ink_paper_levels((ring(6, 8) * light).astype(np.float32)) is None


def test_low_contrast_has_no_levels():
    assert ink_paper_levels(ring(ink=170, paper=230)) is None


def test_flat_pictures_have_no_levels():
    for level in (0.0, 0.5, 1.0):
        assert ink_paper_levels(np.full((28, 28), level, np.float32)) is None
    assert ink_paper_levels(np.zeros((1, 1), np.float32)) is None


def test_noise_has_no_levels():
    noise = np.random.default_rng(0).normal(0.5, 0.12, (96, 96)).clip(0, 1)
    assert ink_paper_levels(noise.astype(np.float32)) is None


def test_downscale_limits_the_longer_side_and_never_enlarges():
    grey = np.linspace(0, 1, 300, dtype=np.float32)[None].repeat(200, axis=0)
    assert downscale(grey).shape == (85, 128)
    assert downscale(grey[:20, :30]).shape == (20, 30)
    assert downscale(grey).dtype == np.uint8


def photo_of_sheet(angle=0.0, written=True, table=50, paper=220) -> tuple[np.ndarray, np.ndarray]:
    """A sheet in the middle of a photo of 128 x 96 pixels, uint8, and its region, bool."""
    corners = cv2.boxPoints(((64, 48), (70, 50), angle)).astype(np.int32)
    region = cv2.fillConvexPoly(np.zeros((96, 128), np.uint8), corners, 1)
    picture = np.where(region, np.uint8(paper), np.uint8(table))
    if written:
        lines = [(np.array(stroke) * 0.3 + (50, 32)).astype(np.int32) for stroke in DIGITS[3]]
        cv2.polylines(picture, lines, False, 90, 3)
    return picture, region > 0


@pytest.mark.parametrize("angle", [0, 7, 30, 90])
def test_the_region_is_the_written_sheet_without_its_edge(angle):
    picture, sheet = photo_of_sheet(angle)
    region = paper_region(picture)
    assert region is not None
    assert not (region & ~sheet).any()
    assert region.sum() > 0.7 * sheet.sum()


def test_an_empty_sheet_has_no_region():
    assert paper_region(photo_of_sheet(written=False)[0]) is None


def test_a_picture_of_paper_alone_has_no_region():
    picture, _ = photo_of_sheet(table=220)
    assert paper_region(picture) is None
    assert paper_region(np.full((96, 128), 220, np.uint8)) is None


@pytest.mark.parametrize("width", [3, 8, 14])
@pytest.mark.parametrize("digit", DIGITS)
def test_light_strokes_on_a_dark_background_have_no_region(digit, width):
    picture = np.full((128, 128), 20, np.uint8)
    lines = [(np.array(stroke) * 0.9 + 19).astype(np.int32) for stroke in DIGITS[digit]]
    cv2.polylines(picture, lines, False, 235, width)
    assert paper_region(picture) is None


def test_small_pictures_have_no_region():
    small = cv2.resize(photo_of_sheet()[0], (32, 24), interpolation=cv2.INTER_AREA)
    assert paper_region(small) is None

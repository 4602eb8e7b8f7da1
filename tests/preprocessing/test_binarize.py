"""Pictures become the same glyph whatever their paper, light, size and file format."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitdraw.preprocessing import binarize, strokes
from digitdraw.training.synthesis import negatives
from tests.support.drawings import DIGITS
from tests.support.pictures import digit_picture, overlap

every_digit = pytest.mark.parametrize("digit", DIGITS)


def crop_to_ink(picture: np.ndarray) -> np.ndarray:
    """Crop a picture of dark ink on light paper to its ink."""
    rows, columns = np.nonzero(picture < 128)
    return picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@every_digit
def test_a_picture_and_its_strokes_give_nearly_the_same_glyph(digit):
    from_picture = binarize.to_glyph(digit_picture(digit))
    assert overlap(from_picture, strokes.to_glyph(DIGITS[digit])) > 0.8


@settings(max_examples=60)
@given(
    st.sampled_from(list(DIGITS)),
    st.floats(0.25, 0.9),
    st.floats(0.02, 0.11),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_place_size_and_pen_width_hardly_matter(digit, size, pen, x, y):
    size = min(size, 0.96 - pen)
    pen = min(pen, size * 0.2)
    room = 1 - size - pen - 0.04
    centre = 0.5 - room / 2 + np.array([x, y]) * room
    glyph = binarize.to_glyph(digit_picture(digit, place=centre, size=size, pen=pen))
    assert overlap(glyph, strokes.to_glyph(DIGITS[digit])) > 0.55


def test_pictures_of_one_level_are_blank():
    for level in (255, 128, 0):
        assert not binarize.to_glyph(np.full((64, 90), level, np.uint8)).any()
    assert not binarize.to_glyph(np.full((1, 1), 255, np.uint8)).any()


def test_noise_is_blank():
    noise = np.random.default_rng(0).normal(200, 8, (200, 200)).clip(0, 255).astype(np.uint8)
    assert not binarize.to_glyph(noise).any()


def test_light_ink_on_dark_paper_is_inverted():
    glyph = binarize.to_glyph(digit_picture(paper=20, ink=240))
    assert overlap(glyph, binarize.to_glyph(digit_picture())) > 0.95


def test_faint_pencil_is_ink():
    glyph = binarize.to_glyph(digit_picture(paper=230, ink=185))
    assert overlap(glyph, binarize.to_glyph(digit_picture())) > 0.9


@pytest.mark.parametrize("light", ["ramp", "edge", "lamp"])
def test_uneven_light_is_removed(light):
    y, x = np.mgrid[0:1:280j, 0:1:280j]
    factor = {
        "ramp": 0.35 + 0.65 * x,
        "edge": np.where(x + 0.3 * y < 0.62, 0.5, 1.0),
        "lamp": 0.3 + 0.7 * np.exp(-3 * ((x - 0.3) ** 2 + (y - 0.3) ** 2)),
    }[light]
    lit = (digit_picture(ink=40, paper=245) * factor).astype(np.uint8)
    assert overlap(binarize.to_glyph(lit), binarize.to_glyph(digit_picture())) > 0.8


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("pen", [0.03, 0.08, 0.13])
@every_digit
def test_tight_crops_give_the_same_glyph(digit, pen, inverted):
    whole = digit_picture(digit, size=0.5, pen=pen)
    tight = 255 - crop_to_ink(whole) if inverted else crop_to_ink(whole)
    assert overlap(binarize.to_glyph(tight), binarize.to_glyph(whole)) > 0.9


# Without the 1: in so few pixels, its stem covers as much of the picture as the paper.
@pytest.mark.parametrize("digit", [digit for digit in DIGITS if digit != 1])
def test_tight_crops_may_be_small_or_blurred(digit):
    whole = digit_picture(digit, size=0.5, pen=0.07)
    tight = Image.fromarray(crop_to_ink(whole))
    small = tight.resize([round(20 * side / max(tight.size)) for side in tight.size])
    blurred = small.resize(tight.size, Image.Resampling.BICUBIC)
    for picture in (small, blurred):
        assert overlap(binarize.to_glyph(picture), binarize.to_glyph(whole)) > 0.75


@pytest.mark.parametrize("angle", [0, 12])
@every_digit
def test_a_sheet_on_a_dark_table_is_paper(digit, angle):
    sheet = Image.fromarray(digit_picture(digit, paper=235, ink=60))
    photo = Image.new("L", (460, 420), 50)
    photo.paste(sheet.rotate(angle, expand=True, fillcolor=50), (40, 25))
    expected = sheet.rotate(angle, expand=True, fillcolor=235)
    assert overlap(binarize.to_glyph(photo), binarize.to_glyph(expected)) > 0.8


@pytest.mark.parametrize("side", [16, 28, 64, 1000])
def test_small_and_large_pictures_give_the_same_glyph(side):
    glyph = binarize.to_glyph(digit_picture(side=side, size=0.75, pen=0.1))
    assert overlap(glyph, binarize.to_glyph(digit_picture(size=0.75, pen=0.1))) > 0.75


def test_steps_show_the_picture_after_each_step():
    shown = binarize.steps(digit_picture())
    assert [step.name for step in shown] == ["grey", "flat", "ink", "clean", "pen", "glyph"]
    for step in shown:
        assert step.picture.dtype == np.uint8
        assert step.caption
    glyph = np.rint(binarize.to_glyph(digit_picture()) * 255).astype(np.uint8)
    assert np.array_equal(shown[-1].picture, 255 - glyph)


def test_steps_of_a_part_begin_with_the_whole_picture():
    whole = digit_picture(3).astype(np.float32) / 255
    shown = binarize.steps(whole[50:230, 60:220], whole)
    assert [step.name for step in shown[:3]] == ["grey", "digit", "flat"]
    assert shown[0].picture.shape == (280, 280)
    assert shown[1].picture.shape == (180, 160)


def test_steps_of_a_blank_picture_are_complete():
    shown = binarize.steps(np.full((50, 50), 255, np.uint8))
    assert len(shown) == 6
    assert (shown[-1].picture == 255).all()


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_stroke_width_is_measured(factor):
    ink = np.zeros((200, 200), np.uint8)
    width = round(20 * factor)
    ink[20:180, 80 : 80 + width] = 255
    assert binarize.stroke_width(ink) == pytest.approx(width, rel=0.2)


def test_distant_specks_give_a_valid_glyph():
    rng = np.random.default_rng(1)
    for _ in range(60):
        glyph = binarize.to_glyph(negatives.noise(rng))
        assert glyph.shape == (28, 28)
        assert np.isfinite(glyph).all()
    ink = np.zeros((440, 440), np.uint8)
    ink[[3, 430, 220], [5, 200, 430]] = 255
    assert binarize.normalize_pen(ink).any()

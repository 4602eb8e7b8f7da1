"""Pictures -> glyph: the same digit comes out, whatever paper, light and file it came in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from digitdraw.preprocessing import binarize, strokes
from digitdraw.training.synthesis import negatives
from tests.support.drawings import DIGITS


def page(digit=3, side=280, place=(0.5, 0.5), size=0.55, pen=0.05, paper=255, ink=0) -> np.ndarray:
    """A picture of a digit: (side, side) uint8. `place` is its middle, `size` its longer side
    and `pen` its line's width, all in parts of the side."""
    picture = Image.new("L", (side * 3, side * 3), paper)
    pencil = ImageDraw.Draw(picture)
    lines = DIGITS[digit]
    points = np.concatenate([np.array(stroke) for stroke in lines])
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    for stroke in lines:
        at = ((np.array(stroke) - low - span / 2) / span.max() * size + place) * side * 3
        width = round(pen * side * 3)
        pencil.line([tuple(xy) for xy in at], fill=ink, width=width, joint="curve")
        for x, y in at:
            r = width / 2
            pencil.ellipse([x - r, y - r, x + r, y + r], fill=ink)
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two glyphs' ink."""
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


@pytest.mark.parametrize("digit", DIGITS)
def test_a_picture_and_the_strokes_of_a_drawing_give_nearly_the_same_glyph(digit):
    seen, drawn = binarize.to_glyph(page(digit)), strokes.to_glyph(DIGITS[digit])
    assert overlap(seen, drawn) > 0.8


@settings(max_examples=60)
@given(
    st.sampled_from(list(DIGITS)),
    st.floats(0.25, 0.9),
    st.floats(0.02, 0.11),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_place_size_and_pen_of_a_picture_hardly_matter(digit, size, pen, x, y):
    size = min(size, 0.96 - pen)
    pen = min(pen, size * 0.2)
    room = 1 - size - pen - 0.04
    middle = 0.5 - room / 2 + np.array([x, y]) * room
    seen = binarize.to_glyph(page(digit, place=middle, size=size, pen=pen))
    assert overlap(seen, strokes.to_glyph(DIGITS[digit])) > 0.55


def test_white_and_flat_pictures_are_blank():
    for level in (255, 128, 0):
        assert not binarize.to_glyph(np.full((64, 90), level, np.uint8)).any()
    assert not binarize.to_glyph(np.full((1, 1), 255, np.uint8)).any()


def test_noise_alone_is_blank():
    noise = np.random.default_rng(0).normal(200, 8, (200, 200)).clip(0, 255).astype(np.uint8)
    assert not binarize.to_glyph(noise).any()


def test_light_ink_on_dark_paper_is_inverted():
    dark = binarize.to_glyph(page(paper=20, ink=240))
    assert overlap(dark, binarize.to_glyph(page())) > 0.95


def test_faint_pencil_is_found():
    assert overlap(binarize.to_glyph(page(paper=230, ink=185)), binarize.to_glyph(page())) > 0.9


@pytest.mark.parametrize("shade", ["ramp", "edge", "lamp"])
def test_uneven_light_does_not_matter(shade):
    y, x = np.mgrid[0:1:280j, 0:1:280j]
    light = {
        "ramp": 0.35 + 0.65 * x,
        "edge": np.where(x + 0.3 * y < 0.62, 0.5, 1.0),
        "lamp": 0.3 + 0.7 * np.exp(-3 * ((x - 0.3) ** 2 + (y - 0.3) ** 2)),
    }[shade]
    lit = (page(ink=40, paper=245) * light).astype(np.uint8)
    assert overlap(binarize.to_glyph(lit), binarize.to_glyph(page())) > 0.8


def test_specks_and_page_edges_are_left_out():
    dirty = page().copy()
    rng = np.random.default_rng(1)
    for x, y in rng.integers(10, 265, (40, 2)):
        dirty[y : y + 2, x : x + 2] = 60
    dirty[:, :9] = 30  # the page's edge in shadow, along the left and the bottom
    dirty[-7:, :] = 30
    assert overlap(binarize.to_glyph(dirty), binarize.to_glyph(page())) > 0.9


def cropped(picture: np.ndarray) -> np.ndarray:
    """A picture of dark ink on light paper without the paper around its ink."""
    rows, columns = np.nonzero(picture < 128)
    return picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@pytest.mark.parametrize("is_light", [False, True])
@pytest.mark.parametrize("pen", [0.03, 0.08, 0.13])
@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_cropped_tightly_is_the_same_digit(digit, pen, is_light):
    whole = page(digit, size=0.5, pen=pen)
    tight = 255 - cropped(whole) if is_light else cropped(whole)
    assert overlap(binarize.to_glyph(tight), binarize.to_glyph(whole)) > 0.9


# Not the one: its stem all along a side of so few pixels is no more ink than paper.
@pytest.mark.parametrize("digit", [digit for digit in DIGITS if digit != 1])
def test_a_digit_cropped_tightly_may_be_small_or_blurred(digit):
    whole = page(digit, size=0.5, pen=0.07)
    tight = Image.fromarray(cropped(whole))
    small = tight.resize([round(20 * side / max(tight.size)) for side in tight.size])
    blurred = small.resize(tight.size, Image.Resampling.BICUBIC)
    for picture in (small, blurred):
        assert overlap(binarize.to_glyph(picture), binarize.to_glyph(whole)) > 0.75


def test_a_five_cropped_tightly_keeps_body_and_hat():
    lines = page(5, pen=0.04)
    lines = lines.copy()
    lines[93:99, 110:200] = 255  # a gap under the hat
    assert overlap(binarize.to_glyph(cropped(lines)), binarize.to_glyph(lines)) > 0.9


@pytest.mark.parametrize("turn", [0, 12])
@pytest.mark.parametrize("digit", DIGITS)
def test_a_sheet_on_a_dark_table_is_paper(digit, turn):
    sheet = Image.fromarray(page(digit, paper=235, ink=60))
    photo = Image.new("L", (460, 420), 50)
    photo.paste(sheet.rotate(turn, expand=True, fillcolor=50), (40, 25))
    flat = page(digit, paper=235, ink=60)
    turned = Image.fromarray(flat).rotate(turn, expand=True, fillcolor=235)
    assert overlap(binarize.to_glyph(photo), binarize.to_glyph(turned)) > 0.8


@pytest.mark.parametrize("side", [16, 28, 64, 1000])
def test_small_and_large_pictures_give_the_same_glyph(side):
    seen = binarize.to_glyph(page(side=side, size=0.75, pen=0.1))
    assert overlap(seen, binarize.to_glyph(page(size=0.75, pen=0.1))) > 0.75


def test_a_five_keeps_its_hat():
    lines = page(5)
    lines = lines.copy()
    lines[93:99, 100:200] = 255  # a gap under the hat
    glyph = binarize.to_glyph(lines)
    assert glyph[4:8].sum() > 3


@pytest.mark.parametrize("digit", DIGITS)
def test_a_line_under_a_digit_is_left_out(digit):
    lined = page(digit, size=0.4).copy()
    lined[215:225, 60:220] = 0
    assert overlap(binarize.to_glyph(lined), binarize.to_glyph(page(digit, size=0.4))) > 0.95


def test_a_foot_that_is_no_line_under_the_digit_stays():
    two = page(2).copy()
    foot = np.argmax((two < 128).any(axis=1)[::-1])  # rows of paper below it
    row = 280 - foot - 22
    two[row : row + 3] = 255  # broken just above its foot
    glyph = binarize.to_glyph(two)
    assert overlap(glyph, binarize.to_glyph(page(2))) > 0.7


def test_of_a_part_the_whole_picture_is_shown_first():
    whole = page(3).astype(np.float32) / 255
    shown = binarize.steps(whole[50:230, 60:220], whole)
    assert [step.name for step in shown[:3]] == ["grey", "found", "evened"]
    assert shown[0].picture.shape == (280, 280)
    assert shown[1].picture.shape == (180, 160)


def test_the_picture_after_each_step_can_be_asked_for():
    shown = binarize.steps(page())
    assert [step.name for step in shown] == ["grey", "evened", "ink", "clean", "pen", "glyph"]
    for step in shown:
        assert step.picture.dtype == np.uint8
        assert step.caption
    seen = np.rint(binarize.to_glyph(page()) * 255).astype(np.uint8)
    assert np.array_equal(shown[-1].picture, 255 - seen)


def test_the_steps_of_a_blank_picture_are_there_too():
    shown = binarize.steps(np.full((50, 50), 255, np.uint8))
    assert len(shown) == 6
    assert (shown[-1].picture == 255).all()


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_stroke_width_is_measured(factor):
    ink = np.zeros((200, 200), np.uint8)
    width = round(20 * factor)
    ink[20:180, 80 : 80 + width] = 255
    assert binarize.stroke_width(ink) == pytest.approx(width, rel=0.2)


def test_specks_far_apart_are_read_as_something_and_never_fail():
    rng = np.random.default_rng(1)
    for _ in range(60):
        glyph = binarize.to_glyph(negatives.noise(rng))
        assert glyph.shape == (28, 28)
        assert np.isfinite(glyph).all()
    ink = np.zeros((440, 440), np.uint8)
    ink[[3, 430, 220], [5, 200, 430]] = 255
    assert binarize.normalize_pen(ink).any()

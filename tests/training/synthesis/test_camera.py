"""Papers stay papers, light stays light, and a photo can still be read."""

import numpy as np
import pytest

from digitdraw.training.synthesis import camera

SHAPE = (120, 160)


@pytest.mark.parametrize("seed", range(12))
def test_a_paper_is_mostly_light_and_follows_its_seed(seed):
    one, other = (camera.paper(SHAPE, 24, np.random.default_rng(seed)) for _ in range(2))
    assert one.shape == SHAPE and one.dtype == np.float32
    assert one.min() >= 0 and one.max() <= 1
    assert np.median(one) > 0.25
    assert np.array_equal(one, other)


@pytest.mark.parametrize("seed", range(12))
def test_light_never_makes_a_sheet_more_than_half_again_as_bright_nor_black(seed):
    sheet = np.full(SHAPE, 0.6, np.float32)
    lit = camera.light(sheet, np.random.default_rng(seed))
    assert lit.shape == SHAPE and lit.dtype == np.float32
    assert lit.max() <= 0.6 * 1.5
    assert lit.min() > 0.02


@pytest.mark.parametrize("seed", range(12))
def test_a_stroke_still_stands_out_in_a_photograph(seed):
    scene = np.full(SHAPE, 0.9, np.float32)
    scene[40:80, 60:66] = 0.1
    picture = camera.photograph(scene, 40, np.random.default_rng(seed))
    assert picture.shape == SHAPE and picture.dtype == np.uint8
    stroke, around = picture[45:75, 61:65].mean(), picture[45:75, 100:140].mean()
    assert abs(stroke - around) > 40


def test_the_less_harm_the_nearer_a_photograph_is_to_what_it_is_of():
    scene = np.full(SHAPE, 0.9, np.float32)
    scene[40:80, 60:66] = 0.1

    def away(harm):
        made = (camera.photograph(scene, 40, np.random.default_rng(n), harm) for n in range(40))
        seen = (each if each[0, 0] > 128 else 255 - each for each in made)  # chalk on a board
        return np.mean([np.abs(each / 255 - scene).mean() for each in seen])

    assert away(0.0) < away(0.5) < away(1.0)


def test_the_less_harm_the_smoother_is_a_paper():
    def roughness(harm):
        made = (camera.paper(SHAPE, 24, np.random.default_rng(n), harm) for n in range(40))
        return np.mean([np.abs(np.diff(each)).mean() for each in made])

    assert roughness(0.0) < 0.7 * roughness(1.0)


@pytest.mark.parametrize("seed", range(24))
def test_a_desk_never_covers_a_digit(seed):
    rng = np.random.default_rng(seed)
    scene = np.full(SHAPE, 0.9, np.float32)
    boxes = np.array([[70, 50, 10, 16], [90, 52, 10, 16]])
    seen = camera.desk(scene, boxes, 20, rng)
    assert seen.shape == SHAPE and seen.dtype == np.float32
    assert (seen[50:68, 70:100] == scene[50:68, 70:100]).all()
    assert (seen != scene).mean() > 0.02


def test_without_room_there_is_no_desk():
    scene = np.full(SHAPE, 0.9, np.float32)
    whole = np.array([[0, 0, 160, 120]])
    assert (camera.desk(scene, whole, 20, np.random.default_rng(0)) == scene).all()

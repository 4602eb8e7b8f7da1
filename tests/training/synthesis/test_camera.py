"""Uneven light stays in bounds, and a photo stays readable."""

import numpy as np
import pytest

from digitdraw.training.synthesis import camera

SHAPE = (120, 160)
SCENE = np.full(SHAPE, 0.9, np.float32)
SCENE[40:80, 60:66] = 0.1  # a stroke


@pytest.mark.parametrize("seed", range(12))
def test_uneven_light_brightens_by_half_at_most_and_leaves_nothing_black(seed):
    sheet = np.full(SHAPE, 0.6, np.float32)
    lit = camera.uneven_light(sheet, np.random.default_rng(seed))
    assert lit.shape == SHAPE and lit.dtype == np.float32
    assert lit.max() <= 0.6 * 1.5
    assert lit.min() > 0.02


@pytest.mark.parametrize("seed", range(12))
def test_a_stroke_has_contrast_in_a_photo(seed):
    picture = camera.photograph(SCENE, 40, np.random.default_rng(seed))
    assert picture.shape == SHAPE and picture.dtype == np.uint8
    stroke, paper = picture[45:75, 61:65].mean(), picture[45:75, 100:140].mean()
    assert abs(stroke - paper) > 40


def test_a_photo_differs_more_from_the_scene_with_more_damage():
    def difference(damage):
        rngs = map(np.random.default_rng, range(40))
        photos = (camera.photograph(SCENE, 40, rng, damage) for rng in rngs)
        upright = (photo if photo[0, 0] > 128 else 255 - photo for photo in photos)  # negatives
        return np.mean([np.abs(photo / 255 - SCENE).mean() for photo in upright])

    assert difference(0.0) < difference(0.5) < difference(1.0)

"""Sheets are mostly light, and a desk never covers a digit."""

import numpy as np
import pytest

from digitdraw.training.synthesis import paper

SHAPE = (120, 160)
SCENE = np.full(SHAPE, 0.9, np.float32)


@pytest.mark.parametrize("seed", range(12))
def test_a_sheet_is_mostly_light_and_the_same_for_the_same_seed(seed):
    first, second = (paper.random_sheet(SHAPE, 24, np.random.default_rng(seed)) for _ in range(2))
    assert first.shape == SHAPE and first.dtype == np.float32
    assert first.min() >= 0 and first.max() <= 1
    assert np.median(first) > 0.25
    assert np.array_equal(first, second)


def test_a_sheet_is_smoother_without_damage():
    def roughness(damage):
        rngs = map(np.random.default_rng, range(40))
        textures = (paper.random_sheet(SHAPE, 24, rng, damage) for rng in rngs)
        return np.mean([np.abs(np.diff(sheet)).mean() for sheet in textures])

    assert roughness(0.0) < 0.7 * roughness(1.0)


@pytest.mark.parametrize("seed", range(24))
def test_a_desk_never_covers_a_digit(seed):
    boxes = np.array([[70, 50, 10, 16], [90, 52, 10, 16]])
    picture = paper.add_desk(SCENE, boxes, 20, np.random.default_rng(seed))
    assert picture.shape == SHAPE and picture.dtype == np.float32
    assert (picture[50:68, 70:100] == SCENE[50:68, 70:100]).all()
    assert (picture != SCENE).mean() > 0.02


def test_there_is_no_desk_without_a_free_margin():
    whole = np.array([[0, 0, 160, 120]])
    assert (paper.add_desk(SCENE, whole, 20, np.random.default_rng(0)) == SCENE).all()

"""The dataset of the orientation network."""

from pathlib import Path

import numpy as np
import pytest

from digitdraw.models import weights
from digitdraw.models.orientation import SIDE, TURNS
from digitdraw.training import orientation
from tests.support.synthesis import STROKES_ONLY

NOWHERE = Path("nowhere")


def load(seed, **pages):
    """The patches of a few pages, made of the strokes of a test alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orientation, "PAGES", pages)
        patch.setattr(orientation, "load_text_sources", lambda root, split: STROKES_ONLY)
        return orientation.load(NOWHERE, weights.FOLDER, seed, workers=0)


@pytest.fixture(scope="module")
def labelled():
    return load(1, train=2, validation=1, test=1)


def test_each_patch_is_there_in_all_four_ways(labelled):
    assert (labelled.data.classes, labelled.data.side) == (TURNS, SIDE)
    for glyphs in (labelled.train, labelled.validation, labelled.test):
        assert glyphs.pixels.dtype == np.uint8
        assert glyphs.pixels.shape[1:] == (SIDE, SIDE)
        assert len(glyphs.labels) == len(glyphs.pixels) > 0
        assert np.bincount(glyphs.labels).tolist() == [len(glyphs.labels) // 4] * 4
        for label in range(4):
            turned = np.rot90(glyphs.pixels[glyphs.labels == 0], -label, (1, 2))
            assert np.array_equal(turned, glyphs.pixels[glyphs.labels == label])


def test_the_splits_differ_and_the_seed_decides(labelled):
    assert not np.array_equal(labelled.validation.pixels[:4], labelled.test.pixels[:4])
    again, other = load(1, train=1, validation=1, test=1), load(2, train=1, validation=1, test=1)
    assert np.array_equal(again.test.pixels, labelled.test.pixels)
    assert not np.array_equal(other.test.pixels[:4], again.test.pixels[:4])

"""Augmented glyphs are still glyphs, and follow the seed."""

import numpy as np
import torch

from digitdraw.preprocessing import strokes
from digitdraw.training.classifier import augment
from tests.support.drawings import DIGITS


def test_augmented_glyphs_are_glyphs_and_follow_the_seed():
    glyphs = torch.from_numpy(np.stack([strokes.to_glyph(DIGITS[d]) for d in DIGITS]))
    first, same, different = (
        augment.augment_glyphs(glyphs, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert first.shape == glyphs.shape and first.dtype == torch.float32
    assert first.min() >= 0 and first.max() <= 1
    assert torch.equal(first, same)
    assert not torch.equal(first, different)
    assert (first.flatten(1).sum(1) > 10).all()


def test_only_a_fraction_of_the_glyphs_changes():
    glyphs = torch.from_numpy(np.stack([strokes.to_glyph(DIGITS[d]) for d in DIGITS] * 40))
    for fraction in (0.0, 0.5, 1.0):
        augmented = augment.augment_glyphs(glyphs, torch.Generator().manual_seed(0), fraction)
        changed = (augmented != glyphs).flatten(1).any(1).float().mean()
        assert abs(changed - fraction) < 0.08

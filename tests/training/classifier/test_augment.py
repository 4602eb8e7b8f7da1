"""Varied glyphs stay glyphs and follow their seed."""

import numpy as np
import torch

from digitdraw.preprocessing import strokes
from digitdraw.training.classifier import augment
from tests.support.drawings import DIGITS


def test_varied_glyphs_stay_glyphs_and_follow_their_seed():
    glyphs = torch.from_numpy(np.stack([strokes.to_glyph(DIGITS[d]) for d in DIGITS]))
    one, other, third = (
        augment.augment_glyphs(glyphs, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == glyphs.shape and one.dtype == torch.float32
    assert one.min() >= 0 and one.max() <= 1
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    assert (one.flatten(1).sum(1) > 10).all()


def test_only_a_share_of_glyphs_is_varied_and_the_others_stay_as_they_are():
    glyphs = torch.from_numpy(np.stack([strokes.to_glyph(DIGITS[d]) for d in DIGITS] * 40))
    for share in (0.0, 0.5, 1.0):
        varied = augment.augment_glyphs(glyphs, torch.Generator().manual_seed(0), share)
        changed = (varied != glyphs).flatten(1).any(1).float().mean()
        assert abs(changed - share) < 0.08

"""The test cases: digits in few pixels are still digits."""

import numpy as np

from digitdraw.preprocessing import strokes
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing
from digitdraw.training.evaluation import test_sets
from tests.support.drawings import DIGITS


def test_pictures_of_few_pixels_still_show_their_digits(recognizer):
    drawn = [Drawing(str(d), "w", [np.array(s, float) for s in DIGITS[d]]) for d in DIGITS]
    painted = test_sets._pixelated(drawn)
    assert painted.shape == (10, 28, 28) and set(np.unique(painted)) == {0, 255}
    assert (painted[:, [0, -1]] == 255).all() and (painted[:, :, [0, -1]] == 255).all()
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    shrunk = test_sets._shrunk((glyphs * 255).astype(np.uint8), 16)
    assert shrunk.shape == (10, 16, 16) and shrunk.dtype == np.uint8
    cropped = [
        test_sets._cropped(255 - painted),
        test_sets._cropped((glyphs * 255).astype(np.uint8), 16),
    ]
    resized = [
        dataset.renormalized(each, workers=1) / np.float32(255) for each in (painted, shrunk)
    ]
    for seen in cropped + resized:
        labels = [each.ranking[0] for each in recognizer.predict_batch(seen)]
        assert sum(a == b for a, b in zip(labels, DIGITS, strict=True)) >= 9

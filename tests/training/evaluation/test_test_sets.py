"""The test sets: digits in few pixels are still digits."""

import numpy as np

from digitdraw.preprocessing import strokes
from digitdraw.training.classifier import dataset
from digitdraw.training.evaluation import test_sets
from tests.support.drawings import DIGITS
from tests.support.trainings import DRAWINGS


def test_pictures_of_few_pixels_are_still_read(recognizer):
    pixelated = test_sets._pixelate(DRAWINGS)
    assert pixelated.shape == (10, 28, 28) and set(np.unique(pixelated)) == {0, 255}
    assert (pixelated[:, [0, -1]] == 255).all() and (pixelated[:, :, [0, -1]] == 255).all()
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    small = (glyphs * 255).astype(np.uint8)
    batches = [
        test_sets._crop(255 - pixelated),
        dataset.renormalized(pixelated, workers=1) / np.float32(255),
        test_sets._crop(small, 16),
        test_sets._few_pixels(small),
    ]
    for batch in batches:
        answers = [prediction.ranking[0] for prediction in recognizer.predict_batch(batch)]
        assert sum(a == b for a, b in zip(answers, DIGITS, strict=True)) >= 9

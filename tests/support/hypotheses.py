"""Number hypotheses for tests of the photo reader."""

from dataclasses import replace

import numpy as np

from digitdraw.photo.fusion import NumberHypothesis


def number_at(*boxes, **fields):
    """A number with digits in these boxes, all of them likely; other fields as given."""
    count = len(boxes)
    logits = np.zeros((count, 11), np.float32)
    logits[:, 10] = 5
    number = NumberHypothesis(
        boxes=np.array(boxes, float).reshape(-1, 4),
        ctc_logits=logits,
        is_detected=np.ones(count, bool),
        scores=np.full(count, 0.9),
        detector_logits=np.zeros((count, 10)),
        glyphs=np.zeros((count, 28, 28), np.float32),
        is_whole=np.ones(count, bool),
        ink_rows=np.tile((4, 28), (count, 1)),
        classifier_logits=np.zeros((count, 10), np.float32),
    )
    return replace(number, **fields)


def number_of(ctc_logits, **fields):
    """A number with these logits (n, 11), at no place in particular; other fields as given."""
    return number_at(*[(0, 0, 0, 0)] * len(ctc_logits), ctc_logits=ctc_logits, **fields)

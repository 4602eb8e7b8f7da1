"""Pages of painted blots with their truth, and the networks that read them."""

import numpy as np

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo.reader import GLYPH_CLASSIFIER
from digitdraw.training.synthesis.canvas import Mark, Page
from tests.support.painted import (
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
    photo,
)

BLOTS = [(40, 40), (54, 40), (68, 40), (120, 110)]
"""What reads as 074 and 0."""


def page_of(marks):
    """A page without ink, with these marks."""
    picture = np.full((160, 240), 230, np.uint8)
    return Page(picture, np.zeros((0, 4), np.float32), np.zeros(0, np.int64), tuple(marks))


def page_with(*texts):
    """A page with a blot, and a mark with its true text, for each of `texts`: the first three are
    one number, and the fourth is another one in the next row."""
    places = BLOTS[: len(texts)]
    marks = [
        Mark([x - 2, y - 4, 6, 10], text, y, y) for (x, y), text in zip(places, texts, strict=True)
    ]
    return Page(photo(places), np.zeros((0, 4), np.float32), np.zeros(0, np.int64), tuple(marks))


def weights_of(network, name):
    return Weights(name, network, 0.0, 1.0, PhotoCalibration(), "")


def painted_weights():
    """The weights of detector, line recognizer and classifier."""
    return (
        weights_of(PaintedDetector(), "detector"),
        weights_of(PaintedLineRecognizer(), "line-recognizer"),
        weights_of(PaintedClassifier(), GLYPH_CLASSIFIER),
    )

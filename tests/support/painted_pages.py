"""Pages of painted blots with their truth, and the networks that read them."""

import numpy as np

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo.reader import GLYPH_CLASSIFIER
from digitdraw.training.synthesis.canvas import Page
from tests.support.painted import (
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
    painted_reader,
    photo,
)

EMPTY = Page(np.full((90, 120), 200, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0))
BLOTS = [(40, 40), (54, 40), (68, 40), (120, 110)]


def page_with(labels, places=BLOTS):
    """A page that reads 074 and 0, with the true labels at some of these places."""
    reading = painted_reader().read(photo(BLOTS))
    boxes = np.array([digit.box for digit in reading.digits], np.float32)
    known = [BLOTS.index(place) for place in places]
    return Page(photo(BLOTS), boxes[known], np.array(labels))


def weights_of(network, name):
    return Weights(name, network, 0.0, 1.0, PhotoCalibration(), "")


def painted_weights():
    """The weights of detector, line recognizer and classifier."""
    return (
        weights_of(PaintedDetector(), "detector"),
        weights_of(PaintedLineRecognizer(), "line-recognizer"),
        weights_of(PaintedClassifier(), GLYPH_CLASSIFIER),
    )

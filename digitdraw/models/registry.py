"""The networks, and a registry of them by name. Nothing of training, files or devices.

Every network of MODELS takes normalized glyphs, (N, 1, 28, 28) float32, and returns (N, 10)
logits of the digits, or (N, 11) where the last column is the logit of "this is a digit at all".
READER finds the digits of a whole picture, SEQUENCE reads a number cut out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from digitdraw.errors import UnknownModelError
from digitdraw.models.calibration import Calibration, PhotoCalibration
from digitdraw.models.classifiers import (
    Cnn,
    DigitNet,
    FromScratch,
    TinyNet,
    mlp_relu,
    mlp_tanh,
    softmax,
)
from digitdraw.models.detector import DigitDetector
from digitdraw.models.line_recognizer import LineRecognizer

__all__ = ["DETECTOR", "MODELS", "Architecture", "architecture"]


@dataclass(frozen=True)
class Architecture:
    """A network by name: how to build it, and what its glyphs are normalized with."""

    name: str
    summary: str
    build: Callable[[], nn.Module]
    mean: float = 0.1307
    std: float = 0.3081
    calibration: type[Calibration] = Calibration


DETECTOR = Architecture("detector", "finds the digits of a photo", DigitDetector, 0.0, 1.0)

LINE_RECOGNIZER = Architecture(
    "line-recognizer", "reads each number", LineRecognizer, 0.0, 1.0, PhotoCalibration
)

PHOTO_MODELS = {each.name: each for each in (DETECTOR, LINE_RECOGNIZER)}
"""Models that no single glyph is given to by itself."""

MODELS: dict[str, Architecture] = {
    each.name: each
    for each in (
        Architecture("softmax", "one linear layer: logistic regression", softmax, 0.0, 1.0),
        Architecture("from-scratch", "784-500-10 in plain tensors", FromScratch, 0.0, 1.0),
        Architecture("mlp-relu", "784-128-64-10 with ReLU", mlp_relu),
        Architecture("mlp-tanh", "784-128-64-10 with ReLU and tanh", mlp_tanh, 0.5, 0.5),
        Architecture("cnn", "two convolutions, two linear layers", Cnn),
        Architecture("tiny", "small network of separable blocks", TinyNet),
        Architecture("default", "residual network, the one the page uses", DigitNet),
    )
}


def architecture(name: str) -> Architecture:
    """Look a model up by name; raises UnknownModelError, which lists the known ones."""
    known = MODELS | PHOTO_MODELS
    try:
        return known[name]
    except (KeyError, TypeError):
        listed = ", ".join(known)
        raise UnknownModelError(f"There is no model {name!r}; known are: {listed}.") from None

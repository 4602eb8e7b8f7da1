"""The registry of models by name, with the normalization of their inputs.

MODELS holds the glyph classifiers, see `models.classifiers`. PHOTO_MODELS holds the networks of
the photo reader."""

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


@dataclass(frozen=True)
class Architecture:
    """How to build a network, and the mean and standard deviation that normalize its input."""

    name: str
    summary: str
    build: Callable[[], nn.Module]
    mean: float = 0.1307
    std: float = 0.3081
    calibration: type[Calibration] = Calibration


DETECTOR = Architecture("detector", "locates the digits of a photo", DigitDetector, 0.0, 1.0)
LINE_RECOGNIZER = Architecture(
    "line-recognizer", "reads each number", LineRecognizer, 0.0, 1.0, PhotoCalibration
)
PHOTO_MODELS = {model.name: model for model in (DETECTOR, LINE_RECOGNIZER)}
MODELS: dict[str, Architecture] = {
    model.name: model
    for model in (
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
    """Look up a model by name. Raises UnknownModelError, which lists the known names."""
    known = MODELS | PHOTO_MODELS
    try:
        return known[name]
    except (KeyError, TypeError):
        listed = ", ".join(known)
        raise UnknownModelError(f"There is no model {name!r}; known are: {listed}.") from None

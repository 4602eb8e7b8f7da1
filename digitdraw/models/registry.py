"""The registry of models by name, with the normalization of their inputs.

MODELS holds the glyph classifiers, see `models.classifiers`. PHOTO_MODELS holds the networks of
the photo reader. READING_MODELS has these and the scorer that reads numbers from strokes."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from digitdraw.errors import UnknownModelError
from digitdraw.languages import Message
from digitdraw.models import classifiers
from digitdraw.models.calibration import Calibration, PhotoCalibration
from digitdraw.models.detector import DigitDetector
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.models.orientation import OrientationNet
from digitdraw.models.stroke_scorer import StrokeScorer


@dataclass(frozen=True)
class Architecture:
    """How to build a network, and the mean and standard deviation that normalize its input.

    `build(outputs, side)` builds a glyph classifier, by default for ten digits of 28x28 pixels.
    It raises DataError for a side that the network cannot take. The networks of the photo reader
    take no arguments."""

    name: str
    summary: str
    build: Callable[..., nn.Module]
    mean: float = 0.1307
    std: float = 0.3081
    calibration: type[Calibration] = Calibration
    has_digitness: bool = False
    """Whether a classifier of digits has a digitness logit, after those of the digits."""
    command: str = "digitdraw train {name}"
    """The command that makes its weights."""


DETECTOR = Architecture("detector", "locates the digits of a photo", DigitDetector, 0.0, 1.0)
LINE_RECOGNIZER = Architecture(
    "line-recognizer", "reads each number", LineRecognizer, 0.0, 1.0, PhotoCalibration
)
ORIENTATION = Architecture("orientation", "finds how a photo is turned", OrientationNet, 0.0, 1.0)
STROKE_SCORER = Architecture(
    "stroke-scorer", "scores what groups of strokes are", StrokeScorer, 0.0, 1.0,
    command="python benchmarks/tools/fit_stroke_scorer.py",
)  # fmt: skip
PHOTO_MODELS = {model.name: model for model in (DETECTOR, LINE_RECOGNIZER, ORIENTATION)}
READING_MODELS = {**PHOTO_MODELS, STROKE_SCORER.name: STROKE_SCORER}
_CLASSIFIERS = (
    Architecture("softmax", Message("model.softmax"), classifiers.softmax, 0.0, 1.0),
    Architecture("from-scratch", Message("model.from_scratch"), classifiers.FromScratch, 0.0, 1.0),
    Architecture("mlp-relu", Message("model.mlp_relu"), classifiers.mlp_relu),
    Architecture("mlp-tanh", Message("model.mlp_tanh"), classifiers.mlp_tanh, 0.5, 0.5),
    Architecture("cnn", Message("model.cnn"), classifiers.Cnn),
    Architecture(
        "tiny", Message("model.tiny"), classifiers.TinyNet, has_digitness=True
    ),
    Architecture(
        "default", Message("model.default"), classifiers.DigitNet,
        has_digitness=True,
    ),
)  # fmt: skip
MODELS = {model.name: model for model in _CLASSIFIERS}


def architecture(name: str) -> Architecture:
    """Look up a model by name. Raises UnknownModelError, which lists the known names."""
    known = MODELS | READING_MODELS
    if name not in known:
        raise UnknownModelError(f"There is no model {name!r}; known are: {', '.join(known)}.")
    return known[name]

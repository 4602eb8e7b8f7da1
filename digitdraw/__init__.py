"""digitdraw: reads handwritten digits from pen strokes and pictures.

>>> import digitdraw
>>> recognizer = digitdraw.load()
>>> recognizer.predict_strokes([[(10, 0), (10, 100)]]).digit
1
"""

from importlib import import_module
from typing import TYPE_CHECKING

from digitdraw.errors import (
    BadImageError,
    BadStrokesError,
    BadWeightsError,
    DataError,
    DigitDrawError,
    TrainingError,
    UnknownDeviceError,
    UnknownModelError,
)
from digitdraw.prediction import Prediction

if TYPE_CHECKING:
    from digitdraw.photo.reader import ReadDigit, Reading
    from digitdraw.recognizer import Recognizer, load

__all__ = [
    "BadImageError",
    "BadStrokesError",
    "BadWeightsError",
    "DataError",
    "DigitDrawError",
    "Prediction",
    "ReadDigit",
    "Reading",
    "Recognizer",
    "TrainingError",
    "UnknownDeviceError",
    "UnknownModelError",
    "__version__",
    "load",
]

__version__ = "0.2.0"

_LAZY = {
    "ReadDigit": "photo.reader",
    "Reading": "photo.reader",
    "Recognizer": "recognizer",
    "load": "recognizer",
}
"""Names by their module. These modules import torch, which takes seconds."""


def __getattr__(name: str) -> object:
    """Import a name of `_LAZY` at its first use (PEP 562): the server process never does."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)

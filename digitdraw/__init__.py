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
    BadMemoryError,
    BadStrokesError,
    BadWeightsError,
    DataError,
    DigitDrawError,
    TrainingError,
    UnknownDeviceError,
    UnknownModelError,
    UnsupportedError,
)
from digitdraw.prediction import Prediction

if TYPE_CHECKING:
    from digitdraw.memory.memory import AdaptedPrediction, Memory
    from digitdraw.photo.reader import NumberItem, ReadDigit, Reading
    from digitdraw.recognizer import Recognizer, load

__all__ = [
    "AdaptedPrediction",
    "BadImageError",
    "BadMemoryError",
    "BadStrokesError",
    "BadWeightsError",
    "DataError",
    "DigitDrawError",
    "Memory",
    "NumberItem",
    "Prediction",
    "ReadDigit",
    "Reading",
    "Recognizer",
    "TrainingError",
    "UnknownDeviceError",
    "UnknownModelError",
    "UnsupportedError",
    "__version__",
    "load",
]

__version__ = "0.3.0"
_MODULES_WITH_TORCH = {
    "AdaptedPrediction": "memory.memory",
    "Memory": "memory.memory",
    "NumberItem": "photo.reader",
    "ReadDigit": "photo.reader",
    "Reading": "photo.reader",
    "Recognizer": "recognizer",
    "load": "recognizer",
}


def __getattr__(name: str) -> object:
    """Import names that need torch on first use (PEP 562).

    The import takes seconds, and the server's main process needs none of these names."""
    if name not in _MODULES_WITH_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES_WITH_TORCH[name]}"), name)

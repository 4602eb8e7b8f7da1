"""digitdraw: reads handwritten digits from pen strokes and pictures.

>>> import digitdraw
>>> recognizer = digitdraw.load()
>>> recognizer.predict_strokes([[(10, 0), (10, 100)]]).digit
1
"""

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
from digitdraw.reading import ReadDigit, Reading
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

__version__ = "0.1.0"

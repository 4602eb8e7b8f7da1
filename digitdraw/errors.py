"""Every error that the package raises on purpose. This module knows nothing of the rest.

A message says what came and what is allowed, in words that can be shown to the
person who sent it: it never holds a traceback or a path of the server, save
where the path is the answer (weights that are missing or damaged).
"""

__all__ = [
    "BadImageError",
    "BadStrokesError",
    "BadWeightsError",
    "BusyError",
    "DataError",
    "DigitDrawError",
    "SettingError",
    "TrainingError",
    "UnknownDeviceError",
    "UnknownModelError",
    "WorkerError",
]


class DigitDrawError(Exception):
    """Base of all errors below; catch this one to catch them all."""


class BadImageError(DigitDrawError):
    """What came is no picture that can be read: wrong format, damaged, or too large."""


class BadStrokesError(DigitDrawError):
    """What came is no drawing: wrong nesting, not numbers, not finite, or too much of it."""


class UnknownModelError(DigitDrawError):
    """No model of that name; the message lists the known ones."""


class UnknownDeviceError(DigitDrawError):
    """No such device, or it does not work on this machine; the message lists the known ones."""


class BadWeightsError(DigitDrawError):
    """Weights are missing, damaged, or made for another architecture."""


class DataError(DigitDrawError):
    """Training data is missing or damaged; the message says which file, and what was expected."""


class TrainingError(DigitDrawError):
    """Training cannot go on: the loss is not finite, or a file cannot be written."""


class SettingError(DigitDrawError):
    """A setting of the server has a value that is not allowed; the message names both."""


class BusyError(DigitDrawError):
    """More is asked than can be answered now; the same question may be answered in a moment."""


class WorkerError(DigitDrawError):
    """A process that works for the server has failed, and so has the one that took its place."""

"""Defines the exceptions that the package raises on purpose.

Messages name the wrong input and what is allowed. They can be shown to the sender: they hold no
traceback, and no path of the server except that of missing or damaged weights."""


class DigitDrawError(Exception):
    """Base class of all errors below."""

    @property
    def message(self) -> str:
        """The text of the error; a `Message` where the page can say it in other languages."""
        return self.args[0] if self.args else ""


class BadImageError(DigitDrawError):
    """The input is not a readable picture: wrong format, damaged, or too large."""


class BadStrokesError(DigitDrawError):
    """The input is not a drawing: wrong nesting, too large numbers, or too many points."""


class BadMemoryError(DigitDrawError):
    """Remembered drawings are not as they must be: a wrong label, or a damaged or large file."""


class UnknownModelError(DigitDrawError):
    """No model has this name. The message lists the known names."""


class UnknownDeviceError(DigitDrawError):
    """The device does not exist or does not work here. The message lists the known devices."""


class BadWeightsError(DigitDrawError):
    """Weights are missing, damaged, or made for another architecture."""


class UnsupportedError(DigitDrawError):
    """The model cannot do this, because it was trained on other classes or pictures."""


class DataError(DigitDrawError):
    """Training data is missing or damaged, or the model cannot take it.

    The message names the file and what was expected."""


class TrainingError(DigitDrawError):
    """Training cannot go on: the loss is not finite, or a file cannot be written."""


class SettingError(DigitDrawError):
    """A setting of the server has an invalid value. The message names both."""


class BusyError(DigitDrawError):
    """The server has too many requests now. A retry may succeed."""


class WorkerError(DigitDrawError):
    """A worker process of the server failed, and so did its replacement."""

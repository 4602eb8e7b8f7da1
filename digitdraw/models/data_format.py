"""Describes the data that a classifier is trained on: classes, size and preparation of pictures."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Preparation = Literal["handwriting", "none"]


@dataclass(frozen=True)
class DataFormat:
    """The classes of a data set, and how its pictures become the input of a classifier.

    The manifest stores it with the weights, so a loaded model names its classes itself."""

    dataset: str
    """Name of the data set, for people; it does not say where the data is."""
    classes: tuple[str, ...]
    """Names of the classes, in the order of the outputs."""
    side: int = 28
    """Width and height of the input in pixels."""
    preparation: Preparation = "handwriting"
    """"handwriting": crop, resize, invert and normalize, as the page does. "none": resize only."""

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "DataFormat":
        """Return the format whose `dataclasses.asdict` went through JSON as `fields`.

        Raises TypeError or ValueError if they are not those of a data format."""
        data = cls(**{**fields, "classes": tuple(fields["classes"])})
        if len(data.classes) < 2 or not all(isinstance(name, str) for name in data.classes):
            raise ValueError(f"classes {data.classes!r}")
        if data.preparation not in get_args(Preparation):
            raise ValueError(f"preparation {data.preparation!r}")
        is_glyph = data.side == DIGITS.side or data.preparation == "none"
        if not isinstance(data.side, int) or data.side < 1 or not is_glyph:
            raise ValueError(f"side {data.side!r}")
        return data

    @property
    def is_digits(self) -> bool:
        """Whether these are the ten digits as the page draws them, which some features need."""
        return (self.classes, self.side, self.preparation) == (DIGITS.classes, 28, "handwriting")


DIGITS = DataFormat("mnist", tuple("0123456789"))
"""The digits of MNIST. Models without a stored format were trained on them."""

"""The classes of the line recognizer: digits, the symbols of numbers, a gap, and anything else."""

import numpy as np

DIGITS = "0123456789"
SEPARATORS = ".,'-/:"
"""Symbols that may stand between the digits of a number."""
SYMBOLS = SEPARATORS + "+=\N{MULTIPLICATION SIGN}÷()%$€£"
"""Symbols that people write in or beside numbers."""
SPACE = " "
"""A gap that separates what stands beside it, or a ruled line between two cells."""
OTHER = "?"
"""A letter, or any other mark. A run of these, such as a word, is one of them."""
CLASSES = (*DIGITS, *SYMBOLS, SPACE, OTHER)
"""All classes. The digits come first, so class 7 is the digit 7."""
BLANK = len(CLASSES)
"""Index of the blank of connectionist temporal classification, after all classes."""
OUTPUTS = len(CLASSES) + 1
"""Classes and the blank."""
_INDEX = {character: index for index, character in enumerate(CLASSES)}


def encode(text: str) -> np.ndarray:
    """Return the classes (n,) int64 of a text. Characters without a class of their own become
    OTHER, and a run of these, or of spaces, becomes one."""
    labels = np.array([_INDEX.get(character, _INDEX[OTHER]) for character in text], np.int64)
    repeats = np.diff(labels, prepend=-1) == 0
    return labels[~(repeats & np.isin(labels, [_INDEX[SPACE], _INDEX[OTHER]]))]


def spell(labels: np.ndarray) -> str:
    """Return the text of classes (n,)."""
    return "".join(CLASSES[label] for label in labels)


def canonical(text: str) -> str:
    """Return a text without what does not change its numbers: spaces at its ends and beside the
    operators of a sum, and all but one of several words in a row."""
    for operator in "+=\N{MULTIPLICATION SIGN}÷":
        text = operator.join(part.strip(SPACE) for part in text.split(operator))
    words = f"{OTHER}{SPACE}{OTHER}"
    while words in text or OTHER * 2 in text:
        text = text.replace(words, OTHER).replace(OTHER * 2, OTHER)
    return text.strip(SPACE)

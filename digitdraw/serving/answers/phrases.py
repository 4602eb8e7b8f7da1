"""Phrases: predictions and readings in plain words, for the page and for screen readers."""

from collections.abc import Sequence

from digitdraw.prediction import Prediction

INVITATION = "Draw a digit"
UPLOAD_INVITATION = "Add a picture of a digit"
COMPARE_INVITATION = "Draw a digit, and all models answer"
PHOTO_INVITATION = "Add a photo of numbers"
CHOOSE_DIGIT = "Choose a digit in the picture"
NO_PHOTO_READER = "Photos cannot be read here: the network that finds digits is missing or damaged."
TOO_MUCH_MEMORY = "This picture takes too much memory to be read."
PERHAPS_FROM = 0.10
"""A runner-up with at least this probability is named beside the answer."""
PERHAPS_NONE_BELOW = 0.6
"""A digit of a photo with a lower digitness may be no digit at all."""


def sentence(prediction: Prediction) -> str:
    """Return the verdict as a short sentence, such as "That looks like a 7"."""
    if prediction.verdict == "blank":
        return INVITATION
    if prediction.verdict == "not a digit":
        return "This does not look like a digit"
    best, second = prediction.ranking[:2]
    if prediction.verdict == "unsure":
        return f"I can't tell: {best} or {second}"
    if prediction.probabilities[second] >= PERHAPS_FROM:
        return f"{best}, or perhaps {second}"
    return _looks_like(best)


def big(prediction: Prediction) -> str:
    """Return the large character of an answer: the digit, "?", a dash, or "" for a blank."""
    if prediction.verdict == "digit":
        return str(prediction.digit)
    return {"unsure": "?", "not a digit": "\N{EN DASH}"}.get(prediction.verdict, "")


def marked(prediction: Prediction) -> list[int]:
    """Return the digits with highlighted bars: one, two if the verdict is "unsure", or none."""
    count = {"digit": 1, "unsure": 2}.get(prediction.verdict, 0)
    return list(prediction.ranking[:count])


def invitation(text: str) -> dict:
    """Return the answer that the page shows before there is any ink: flat bars and `text`."""
    return {
        "verdict": "blank",
        "big": "",
        "words": text,
        "marked": [],
        "probabilities": [0.0] * 10,
        "glyph": "",
        "model_ms": 0.0,
    }


def label(prediction: Prediction) -> str:
    """Return the verdict in few words: "7", "4 or 9", "no digit", or "" for a blank."""
    if prediction.verdict == "blank":
        return ""
    return " or ".join(str(digit) for digit in marked(prediction)) or "no digit"


def differ(prediction: Prediction, other: Prediction) -> bool:
    """True where two verdicts cannot both be correct. "4" and "4 or 9" can."""
    digits, other_digits = set(marked(prediction)), set(marked(other))
    return bool(digits or other_digits) and not digits & other_digits


def doubtful(prediction: Prediction) -> bool:
    """True for a digit of a photo that people should check."""
    return _may_be_another(prediction) or _may_be_none(prediction)


def photo_digit(prediction: Prediction) -> str:
    """Return the phrase for a digit of a photo: "7, or perhaps 1", "1, or perhaps no digit"."""
    best, second = prediction.ranking[:2]
    alternatives = [str(second)] * _may_be_another(prediction)
    alternatives += ["no digit"] * _may_be_none(prediction)
    if alternatives:
        return f"{best}, or perhaps {' or '.join(alternatives)}"
    return _looks_like(best)


def numbers_found(numbers: Sequence[str], reason: str) -> str:
    """Return all numbers in a sentence, such as "2 numbers found: 12 and 7", or else `reason`."""
    if not numbers:
        return reason
    return f"{len(numbers)} number{'s' if numbers[1:] else ''} found: {_listing(numbers)}"


def agreement(predictions: Sequence[tuple[str, Prediction]]) -> str:
    """Summarize the answers of several models: "3 of 4 say 7; softmax says 1".

    `predictions` are pairs of a model's name and its answer. The most common answer comes first."""
    groups: dict[str, list[str]] = {}
    for name, prediction in predictions:
        groups.setdefault(label(prediction), []).append(name)
    (top, agreed), *rest = sorted(groups.items(), key=lambda group: -len(group[1]))
    count = len(predictions)
    if not rest:
        return f"All {count} say {top}" if count > 1 else f"{agreed[0]} says {top}"
    parts = [f"{len(agreed)} of {count} say {top}"]
    for answer, names in rest:
        parts.append(f"{_listing(names)} {'say' if names[1:] else 'says'} {answer}")
    return "; ".join(parts)


def legend(prediction: Prediction) -> list[str]:
    """Return what the two ink colours mean, for the two likeliest digits; [] if no digit."""
    if prediction.verdict not in ("digit", "unsure"):
        return []
    first, second = prediction.ranking[:2]
    return [f"Blue ink speaks for {first}", f"orange ink for {second}"]


def place(x: float, y: float) -> str:
    """Name a place in a drawing; x and y in [0, 1] from the upper left."""
    across = "left" if x < 0.35 else "right" if x > 0.65 else ""
    down = "top" if y < 0.35 else "bottom" if y > 0.65 else ""
    if down:
        return f"at the {down} {across}".rstrip()
    return f"on the {across}" if across else "in the middle"


def _may_be_another(prediction: Prediction) -> bool:
    second = prediction.ranking[1]
    return prediction.verdict != "digit" or prediction.probabilities[second] >= PERHAPS_FROM


def _may_be_none(prediction: Prediction) -> bool:
    return prediction.digitness < PERHAPS_NONE_BELOW


def _listing(names: Sequence[str]) -> str:
    """Join names: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1])] * bool(names[1:]) + [names[-1]])


def _looks_like(digit: int) -> str:
    return f"That looks like {'an' if digit == 8 else 'a'} {digit}"

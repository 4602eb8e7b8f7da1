"""Phrases: predictions and readings in plain words, for the page and for screen readers.

The texts are in the catalogues of `digitdraw.languages`."""

from collections.abc import Sequence

from digitdraw.languages import Message
from digitdraw.prediction import Prediction

INVITATION = Message("answer.draw")
COMPARE_INVITATION = Message("compare.invitation")
PHOTO_INVITATION = Message("answer.add_photo")
CHOOSE_DIGIT = Message("answer.choose_digit")
NO_PHOTO_READER = Message("photo.no_reader")
TOO_MUCH_MEMORY = Message("picture.too_much_memory")
NO_DIGIT = Message("answer.no_digit")
OTHER = Message("compare.not_a_digit")
PERHAPS_FROM = 0.10
"""A runner-up with at least this probability is named beside the answer."""
PERHAPS_NONE_BELOW = 0.6
"""A digit of a photo with a lower digitness may be no digit at all."""
_PLACES = (
    ("place.top_left", "place.top", "place.top_right"),
    ("place.left", "place.middle", "place.right"),
    ("place.bottom_left", "place.bottom", "place.bottom_right"),
)


def sentence(prediction: Prediction) -> Message:
    """Return the verdict as a short sentence, such as "That looks like a 7"."""
    if prediction.verdict == "blank":
        return INVITATION
    if prediction.verdict == "not a digit":
        return Message("answer.not_a_digit")
    best, second = prediction.ranking[:2]
    if prediction.verdict == "unsure":
        return Message("answer.cannot_tell", first=best, second=second)
    if prediction.probabilities[second] >= PERHAPS_FROM:
        return Message("answer.perhaps", digit=best, other=second)
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
    digits = marked(prediction)
    return _either(digits) if digits else NO_DIGIT


def differ(prediction: Prediction, other: Prediction) -> bool:
    """True where two verdicts cannot both be correct. "4" and "4 or 9" can."""
    digits, other_digits = set(marked(prediction)), set(marked(other))
    return bool(digits or other_digits) and not digits & other_digits


def doubtful(prediction: Prediction) -> bool:
    """True for a digit of a photo that people should check."""
    return _may_be_another(prediction) or _may_be_none(prediction)


def photo_digit(prediction: Prediction) -> Message:
    """Return the phrase for a digit of a photo: "7, or perhaps 1", "1, or perhaps no digit"."""
    best, second = prediction.ranking[:2]
    alternatives = [str(second)] * _may_be_another(prediction)
    alternatives += [NO_DIGIT] * _may_be_none(prediction)
    if alternatives:
        return Message("answer.perhaps", digit=best, other=_either(alternatives))
    return _looks_like(best)


def numbers_found(numbers: Sequence[str], doubtful: Sequence[str], reason: str) -> str:
    """Return all numbers in a sentence, such as "2 numbers found: 12 and 7", and then those that
    are doubtful; `reason` where there are none at all."""
    if not numbers and not doubtful:
        return reason
    found = Message("photo.none_certain")
    if numbers:
        key = "photo.found" if numbers[1:] else "photo.found_one"
        found = Message(key, count=len(numbers), numbers=list(numbers))
    if not doubtful:
        return found
    return join("list.parts", [found, Message("photo.perhaps", numbers=list(doubtful))])


def agreement(predictions: Sequence[tuple[str, Prediction]]) -> Message:
    """Summarize the answers of several models: "3 of 4 say 7; softmax says 1".

    `predictions` are pairs of a model's name and its answer. The most common answer comes first.
    Of equally common ones that is "not a digit": most models cannot say so, and guess instead."""
    groups: dict[str, list[str]] = {}
    for name, prediction in predictions:
        is_other = prediction.verdict == "not a digit"
        groups.setdefault(OTHER if is_other else label(prediction), []).append(name)
    by_size = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0] is not OTHER))
    (top, agreed), *rest = by_size
    count = len(predictions)
    if not rest:
        if count > 1:
            return Message("compare.all_say", count=count, answer=top)
        return Message("compare.it_says", model=agreed[0], answer=top)
    parts = [Message("compare.some_say", count=len(agreed), all=count, answer=top)]
    for answer, names in rest:
        if names[1:]:
            parts.append(Message("compare.they_say", models=names, answer=answer))
        else:
            parts.append(Message("compare.it_says", model=names[0], answer=answer))
    return join("list.parts", parts)


def legend(prediction: Prediction) -> list[str]:
    """Return what the two ink colours mean, for the two likeliest digits; [] if no digit."""
    if prediction.verdict not in ("digit", "unsure"):
        return []
    first, second = prediction.ranking[:2]
    return [Message("why.for", digit=first), Message("why.against", digit=second)]


def place(x: float, y: float) -> Message:
    """Name a place in a drawing; x and y in [0, 1] from the upper left."""
    across = 0 if x < 0.35 else 2 if x > 0.65 else 1
    down = 0 if y < 0.35 else 2 if y > 0.65 else 1
    return Message(_PLACES[down][across])


def join(key: str, messages: Sequence[Message]) -> Message:
    """Join messages with the text `key`, which has the placeholders {first} and {rest}."""
    *start, joined = messages
    for first in reversed(start):
        joined = Message(key, first=first, rest=joined)
    return joined


def _may_be_another(prediction: Prediction) -> bool:
    second = prediction.ranking[1]
    return prediction.verdict != "digit" or prediction.probabilities[second] >= PERHAPS_FROM


def _may_be_none(prediction: Prediction) -> bool:
    return prediction.digitness < PERHAPS_NONE_BELOW


def _either(answers: Sequence[int | str]) -> str:
    """Return one or two answers: "4", "4 or 9"."""
    first, *rest = answers
    if rest:
        return Message("answer.or", first=first, second=rest[0])
    return first if isinstance(first, str) else str(first)  # a message stays one


def _looks_like(digit: int) -> Message:
    return Message("answer.looks_like_an" if digit == 8 else "answer.looks_like", digit=digit)

"""What a prediction is called in plain words. Knows nothing of pages, components or models.

Every function takes anything shaped like a `digitdraw.Prediction`: it reads `verdict`, `digit`,
`runner_up` and `probabilities`, and where that is said also `ranking` and `digitness`.
"""

from collections.abc import Sequence

__all__ = [
    "CHOOSE_DIGIT",
    "COMPARE_INVITATION",
    "INVITATION",
    "NO_READER",
    "PERHAPS_FROM",
    "PHOTO_INVITATION",
    "UPLOAD_INVITATION",
    "agreement",
    "big",
    "differ",
    "doubtful",
    "find",
    "found",
    "invitation",
    "label",
    "legend",
    "marked",
    "place",
    "sentence",
]

INVITATION = "Draw a digit"

UPLOAD_INVITATION = "Add a picture of a digit"

COMPARE_INVITATION = "Draw a digit, and all models answer"

PHOTO_INVITATION = "Add a photo of numbers"

CHOOSE_DIGIT = "Choose a digit in the picture"

NO_READER = "Photos cannot be read here: the network that finds digits is missing or damaged."

PERHAPS_FROM = 0.10  # a runner-up at least this likely is named beside the winner

PERHAPS_NONE_BELOW = 0.6  # a find that is a digit with less than this chance may be none


def sentence(prediction) -> str:
    """The verdict as one short sentence, such as "That looks like a 7"."""
    if prediction.verdict == "blank":
        return INVITATION
    if prediction.verdict == "not a digit":
        return "This does not look like a digit"
    best = _best(prediction)
    runner_up = prediction.runner_up
    if prediction.verdict == "unsure":
        if runner_up is None:
            return f"I can't tell: perhaps {_article(best)} {best}"
        return f"I can't tell: {best} or {runner_up}"
    if runner_up is not None and prediction.probabilities[runner_up] >= PERHAPS_FROM:
        return f"{best}, or perhaps {runner_up}"
    return f"That looks like {_article(best)} {best}"


def big(prediction) -> str:
    """The one or two characters for the large slot: the digit, "?" for a doubt, a dash, or ""."""
    if prediction.verdict == "digit":
        return str(_best(prediction))
    return {"unsure": "?", "not a digit": "\N{EN DASH}"}.get(prediction.verdict, "")


def marked(prediction) -> list[int]:
    """The digits whose bars stand out: the winner, the two candidates of a doubt, or none."""
    if prediction.verdict == "digit":
        return [_best(prediction)]
    if prediction.verdict == "unsure":
        candidates = [_best(prediction), prediction.runner_up]
        return [digit for digit in candidates if digit is not None]
    return []


def invitation(text: str) -> dict:
    """The answer shown before there is anything to answer: flat bars and `text`."""
    return {
        "verdict": "blank",
        "big": "",
        "words": text,
        "marked": [],
        "probabilities": [0.0] * 10,
        "glyph": "",
        "model_ms": 0.0,
    }


def label(prediction) -> str:
    """The verdict in a word or three: "7", "4 or 9", "no digit", or "" for a blank."""
    if prediction.verdict == "blank":
        return ""
    return " or ".join(str(digit) for digit in marked(prediction)) or "no digit"


def differ(prediction, other) -> bool:
    """Whether two verdicts cannot both be right: "4" and "4 or 9" can."""
    candidates, others = set(marked(prediction)), set(marked(other))
    return bool(candidates or others) and not candidates & others


def doubtful(prediction) -> bool:
    """Whether a digit found in a photo is to be marked as one to look at. Needs `ranking` and
    `digitness` too."""
    return _may_be_another(prediction) or _may_be_none(prediction)


def find(prediction) -> str:
    """A digit found in a photo, which is given in any case: "7, or perhaps 1", "1, or perhaps no
    digit". Needs `ranking` and `digitness` too."""
    best, second = prediction.ranking[:2]
    others = [str(second)] * _may_be_another(prediction) + ["no digit"] * _may_be_none(prediction)
    if others:
        return f"{best}, or perhaps {' or '.join(others)}"
    return f"That looks like {_article(best)} {best}"


def found(numbers: Sequence[str], reason: str) -> str:
    """All numbers of a photo in a sentence, such as "2 numbers found: 12 and 7"; without any, the
    reading's `reason`."""
    if not numbers:
        return reason
    return f"{len(numbers)} number{'s' if numbers[1:] else ''} found: {_listing(numbers)}"


def agreement(named: Sequence[tuple[str, object]]) -> str:
    """What several models say, the most common verdict first: "3 of 4 say 7; softmax says 1".

    `named` are (name, prediction); those who say the same are named together.
    """
    groups: dict[str, list[str]] = {}
    for name, prediction in named:
        groups.setdefault(label(prediction), []).append(name)
    (most, agreed), *rest = sorted(groups.items(), key=lambda group: -len(group[1]))
    if not rest:
        return f"All {len(named)} say {most}" if len(named) > 1 else f"{agreed[0]} says {most}"
    parts = [f"{len(agreed)} of {len(named)} say {most}"]
    parts += [f"{_listing(names)} {'say' if names[1:] else 'says'} {said}" for said, names in rest]
    return "; ".join(parts)


def legend(prediction) -> list[str]:
    """What coloured ink means, as two parts of a sentence; none where there is no digit to doubt.

    Needs `ranking` too: the two likeliest digits, which are compared.
    """
    if prediction.verdict not in ("digit", "unsure"):
        return []
    first, second = prediction.ranking[:2]
    return [f"Blue ink speaks for {first}", f"orange ink for {second}"]


def place(x: float, y: float) -> str:
    """A place in a drawing, as shares of its width and height from the upper left, in words."""
    across = "left" if x < 0.35 else "right" if x > 0.65 else ""
    down = "top" if y < 0.35 else "bottom" if y > 0.65 else ""
    if across and down:
        return f"at the {down} {across}"
    if down:
        return f"at the {down}"
    return f"on the {across}" if across else "in the middle"


def _may_be_another(prediction) -> bool:
    second = prediction.ranking[1]
    return prediction.verdict != "digit" or prediction.probabilities[second] >= PERHAPS_FROM


def _may_be_none(prediction) -> bool:
    return prediction.digitness < PERHAPS_NONE_BELOW


def _listing(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1])] * bool(names[1:]) + [names[-1]])


def _best(prediction) -> int:
    """The likeliest digit; `prediction.digit` is None unless the verdict is "digit"."""
    if prediction.digit is not None:
        return prediction.digit
    return max(range(10), key=lambda digit: prediction.probabilities[digit])


def _article(digit: int) -> str:
    """ "an" before eight, "a" before every other digit."""
    return "an" if digit == 8 else "a"

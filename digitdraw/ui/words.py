"""What a prediction is called in plain words. Knows nothing of pages, components or models.

Every function takes anything shaped like a `digitdraw.Prediction`: it reads `verdict`, `digit`,
`runner_up` and `probabilities`, and nothing else.
"""

__all__ = ["INVITATION", "PERHAPS_FROM", "UPLOAD_INVITATION", "big", "marked", "sentence"]

INVITATION = "Draw a digit"
UPLOAD_INVITATION = "Add a picture of a digit"
PERHAPS_FROM = 0.10  # a runner-up at least this likely is named beside the winner


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


def _best(prediction) -> int:
    """The likeliest digit; `prediction.digit` is None unless the verdict is "digit"."""
    if prediction.digit is not None:
        return prediction.digit
    return max(range(10), key=lambda digit: prediction.probabilities[digit])


def _article(digit: int) -> str:
    """ "an" before eight, "a" before every other digit."""
    return "an" if digit == 8 else "a"

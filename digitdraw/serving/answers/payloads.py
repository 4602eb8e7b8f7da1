"""Predictions, their reasons and pictures as the JSON that the page's scripts read.

Knows nothing of Gradio.
"""

import base64
import io
import logging
from collections.abc import Sequence
from time import perf_counter

import numpy as np
from PIL import Image

from digitdraw import explain
from digitdraw.errors import BadWeightsError, DigitDrawError
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.image_io import FORMATS, open_image
from digitdraw.preprocessing.strokes import to_glyph
from digitdraw.serving.answers import data_urls, phrases

__all__ = ["answer_drawings", "answer_picture", "compare_strokes", "explain_strokes", "read_photo"]

log = logging.getLogger(__name__)

STRONGEST = 0.95  # ink above this quantile is shown in full colour

THIN = 0.5  # of the height: what is narrower has no left and right worth naming

STEP_EDGE = 360  # longest side, in pixels, of a step's picture as sent: sharp at 180 CSS pixels

PHOTO_EDGE = 1600  # the same of a photo: sharp on a phone, and zoomed in on a desk


def answer_drawings(recognizer, questions: Sequence[object]) -> list[dict]:
    """Answer drawings that came from browsers, whatever they hold, in one pass of the network.

    Returns for each what `_answer` does, or {"error": words to show} where the drawing is none.
    """
    started = perf_counter()
    answers: list[dict] = [{}] * len(questions)
    glyphs: dict[int, np.ndarray] = {}
    for place, question in enumerate(questions):
        try:
            glyphs[place] = to_glyph(question)
        except DigitDrawError as error:
            answers[place] = {"error": str(error)}
    predictions = recognizer.predict_batch(list(glyphs.values()))
    seconds = (perf_counter() - started) / len(questions)
    for place, prediction in zip(glyphs, predictions, strict=True):
        answers[place] = _answer(prediction, seconds)
    return answers


def explain_strokes(recognizer, strokes: object) -> dict:
    """Which of a drawing's ink spoke for the answer, and which for the runner-up.

    Returns {"legend": two parts of a sentence, or none where there is nothing to explain;
    "lines": for each stroke [x, y, value] in the unit that came, values from -100 (for the
    runner-up) to 100; "described": the same in words}, or {"error": words to show}.
    """
    try:
        prediction = recognizer.predict_strokes(strokes)
        legend = phrases.legend(prediction)
        if not legend:
            return {"legend": [], "lines": [], "described": ""}
        glyph, (digit, other) = prediction.glyph, prediction.ranking[:2]
        credit = explain.smooth(
            explain.attribute(recognizer.classifier, glyph, digit, other), glyph
        )
        lines = explain.sample_along_strokes(strokes, credit, glyph)
    except DigitDrawError as error:
        return {"error": str(error)}
    points = np.concatenate(lines)
    # The strongest few would make all the rest look grey.
    full = float(np.quantile(np.abs(points[:, 2]), STRONGEST)) or 1.0
    return {
        "legend": legend,
        "lines": [_line(line, full) for line in lines],
        "described": _described(points, digit, other),
    }


def compare_strokes(lineup, strokes: object) -> dict:
    """What all models of a `Lineup` take one drawing for.

    Returns {"blank": bool, "words": who agrees, "models": {name: what `_card` does}}, or
    {"error": words to show} where the drawing is none.
    """
    try:
        glyph = to_glyph(strokes)
    except DigitDrawError as error:
        return {"error": str(error)}
    entries = lineup.answers(glyph)
    given = [(entry.name, entry.prediction) for entry in entries if entry.prediction]
    blank = not glyph.any()
    reference = dict(given).get(lineup.reference)
    return {
        "blank": blank,
        "words": phrases.COMPARE_INVITATION if blank else phrases.agreement(given),
        "models": {entry.name: _card(entry, reference) for entry in entries},
    }


def answer_picture(recognizer, picture: bytes) -> dict:
    """Answer an uploaded file, whatever it holds.

    Returns what `_answer` does and "steps", a list of {"name", "caption", "src"} with `src` a
    data URL; or {"error": words to show} where the file is no picture of this project's limits.
    """
    started = perf_counter()
    try:
        prediction, part, whole = recognizer.locate_and_predict(picture)
        seconds = perf_counter() - started
        steps = [_step(step) for step in binarize.steps(part, whole)]
    except DigitDrawError as error:
        return {"error": str(error)}
    answer = _answer(prediction, seconds)
    if prediction.verdict == "blank":
        answer["words"] = "I see no ink in this picture"
    return {**answer, "steps": steps}


def read_photo(recognizer, photo: bytes) -> dict:
    """The numbers in an uploaded photo, whatever the file holds.

    Returns {"src": a data URL of the photo, upright; "width" and "height" of the upright photo,
    the pixels that boxes are in; "ms"; "words"; "digits", what `_find` does, number by number;
    "numbers", a list of {"number", "confidence"}}, or {"error": words to show}.
    """
    started = perf_counter()
    try:
        reading = recognizer.read_numbers(photo)
        seconds = perf_counter() - started
        src, (width, height) = _upright(photo)
    except BadWeightsError as error:
        log.warning("a photo was not read: %s", error)  # it names a path: not for the page
        return {"error": phrases.NO_READER}
    except DigitDrawError as error:
        return {"error": str(error)}
    return {
        "src": src,
        "width": width,
        "height": height,
        "ms": round(seconds * 1000, 1),
        "words": phrases.found(reading.numbers, reading.reason),
        "digits": [_find(each) for each in reading.digits],
        "numbers": [
            {"number": number, "confidence": round(confidence, 4)}
            for number, confidence in zip(reading.numbers, reading.confidences, strict=True)
        ],
    }


def _answer(prediction, seconds: float) -> dict:
    """What the answer panel shows."""
    return {
        **_verdict(prediction),
        "words": phrases.sentence(prediction),
        "glyph": _ink(prediction.glyph),
        "model_ms": round(seconds * 1000, 1),
    }


def _find(each) -> dict:
    """One digit of a photo: where it is, what it was taken for, and what the panel shows."""
    prediction = each.prediction
    return {
        **_verdict(prediction),
        "big": str(each.label),  # part of a number, so it is given even where it is doubtful
        "words": phrases.find(prediction),
        "glyph": _ink(prediction.glyph),
        "box": [round(float(side), 1) for side in each.box],
        "number": each.number,
        "digit": each.label,
        "doubtful": phrases.doubtful(prediction),
        "confidence": round(float(prediction.confidence), 4),
        "digitness": round(float(prediction.digitness), 4),
    }


def _ink(glyph: np.ndarray) -> str:
    """784 bytes, row by row, 255 = ink, in base64."""
    ink = np.rint(np.asarray(glyph) * 255).clip(0, 255).astype(np.uint8)
    return base64.b64encode(ink.tobytes()).decode("ascii")


def _card(entry, reference) -> dict:
    """One model's answer on its card; {"error": words} where the model is not there."""
    prediction = entry.prediction
    if prediction is None:
        return {"error": "Weights missing or damaged"}
    return {
        **_verdict(prediction),
        "words": phrases.label(prediction),
        "differs": reference is not None and phrases.differ(prediction, reference),
        "model_ms": round(entry.seconds * 1000, 1),
    }


def _verdict(prediction) -> dict:
    """What every place that shows an answer needs; a blank has flat bars."""
    blank = prediction.verdict == "blank"
    shares = [0.0] * 10 if blank else prediction.probabilities
    return {
        "verdict": prediction.verdict,
        "big": phrases.big(prediction),
        "marked": phrases.marked(prediction),
        "probabilities": [round(float(share), 4) for share in shares],
    }


def _line(line: np.ndarray, full: float) -> list[list[float]]:
    values = np.rint((line[:, 2] / full).clip(-1, 1) * 100).astype(int)
    return [
        [round(float(x), 1), round(float(y), 1), int(value)]
        for (x, y), value in zip(line[:, :2], values, strict=True)
    ]


def _described(points: np.ndarray, digit: int, other: int) -> str:
    """Where the ink for each of two digits is, for who cannot see it; (n, 3) x, y, value."""
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    span = np.ptp(points[:, :2], axis=0)
    # What is thin, such as a one, is in the middle of its width.
    span = np.maximum(span, max(THIN * span.max(), 1e-9))
    parts = []
    for sign, each in ((1, digit), (-1, other)):
        weight = np.maximum(sign * points[:, 2], 0)
        if weight.sum() > 0.05 * np.abs(points[:, 2]).sum():
            weight = weight**3  # near the strongest place, not between two strong ones
            x, y = (weight @ (points[:, :2] - middle)) / weight.sum() / span + 0.5
            parts.append(f"The ink that speaks most for {each} is {phrases.place(x, y)}.")
    return " ".join(parts)


def _step(step) -> dict:
    """One preprocessing step for the page, its picture shrunk to what the page can show."""
    picture = Image.fromarray(step.picture)
    if max(picture.size) > STEP_EDGE:
        picture.thumbnail((STEP_EDGE, STEP_EDGE), Image.Resampling.LANCZOS)
    return {"name": step.name, "caption": step.caption, "src": data_urls.data_url(picture)}


def _upright(photo: bytes) -> tuple[str, tuple[int, int]]:
    """The picture to lay boxes on, and the width and height of the whole upright photo."""
    picture = open_image(photo)
    # A large JPEG was decoded at a fraction of its size, which the header still knows.
    with Image.open(io.BytesIO(photo), formats=FORMATS) as header:
        scale = max(header.size) / max(picture.size)
    width, height = picture.size
    return data_urls.jpeg(picture, PHOTO_EDGE), (round(width * scale), round(height * scale))

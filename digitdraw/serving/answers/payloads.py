"""The JSON that the page's scripts read: answers, explanations, comparisons and readings."""

import base64
from collections.abc import Sequence
from time import perf_counter

import numpy as np
from PIL import Image

from digitdraw import explain
from digitdraw.errors import DigitDrawError
from digitdraw.languages import Message
from digitdraw.photo.reader import ReadDigit
from digitdraw.prediction import Prediction
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.image_io import open_photo
from digitdraw.preprocessing.strokes import to_glyph
from digitdraw.recognizer import Recognizer
from digitdraw.serving.answers import data_urls, phrases
from digitdraw.serving.answers.comparison import Comparison, Entry

FULL_COLOUR_QUANTILE = 0.95
"""Ink above this quantile of the attribution has the full colour: a few extreme values would
make everything else look grey."""
MIN_SPAN = 0.5
"""Smallest width or height that `_describe` uses, relative to the larger of the two: a narrow
drawing has no left and right worth naming."""
STEP_EDGE = 360
"""Longest side of a preprocessing step in pixels: sharp at 180 CSS pixels."""
PHOTO_EDGE = 1600
"""Longest side of a photo in pixels: sharp on a phone, and zoomed in on a desktop."""


def answer_drawings(recognizer: Recognizer, drawings: Sequence[object]) -> list[dict]:
    """Recognize drawings from browsers, whatever they hold, in one batch.

    Returns `_answer` for each, or {"error": text} where it is not a drawing."""
    started = perf_counter()
    answers: list[dict] = [{}] * len(drawings)
    glyphs: dict[int, np.ndarray] = {}
    for index, drawing in enumerate(drawings):
        try:
            glyphs[index] = to_glyph(drawing)
        except DigitDrawError as error:
            answers[index] = {"error": error.message}
    predictions = recognizer.predict_batch(np.array(list(glyphs.values())))
    seconds = (perf_counter() - started) / len(drawings)
    for index, prediction in zip(glyphs, predictions, strict=True):
        answers[index] = _answer(prediction, seconds)
    return answers


def explain_strokes(recognizer: Recognizer, strokes: object) -> dict:
    """Show which ink of a drawing speaks for the answer, and which for the runner-up.

    Returns {"legend", "lines", "described"}. "legend" has the meaning of the two colours, [] where
    there is no digit. "lines" has [x, y, value] for each stroke, in the unit of the strokes, with
    values from -100 (runner-up) to 100. "described" says it in words. Raises BadStrokesError."""
    prediction = recognizer.predict_strokes(strokes)
    legend = phrases.legend(prediction)
    if not legend:
        return {"legend": [], "lines": [], "described": ""}
    glyph, (digit, other) = prediction.glyph, prediction.ranking[:2]
    attribution = explain.attribute(recognizer.classifier, glyph, digit, other)
    lines = explain.sample_along_strokes(strokes, explain.smooth(attribution, glyph), glyph)
    points = np.concatenate(lines)
    scale = float(np.quantile(np.abs(points[:, 2]), FULL_COLOUR_QUANTILE)) or 1.0
    return {
        "legend": legend,
        "lines": [_line(line, scale) for line in lines],
        "described": _describe(points, digit, other),
    }


def compare_strokes(comparison: Comparison, strokes: object) -> dict:
    """Recognize a drawing with all models of a `Comparison`.

    Returns {"blank": bool, "words": which models agree, "models": {name: `_card`}}. Raises
    BadStrokesError."""
    glyph = to_glyph(strokes)
    entries = comparison.answers(glyph)
    predictions = [(entry.name, entry.prediction) for entry in entries if entry.prediction]
    blank = not glyph.any()
    reference = dict(predictions).get(comparison.reference)
    return {
        "blank": blank,
        "words": phrases.COMPARE_INVITATION if blank else phrases.agreement(predictions),
        "models": {entry.name: _card(entry, reference) for entry in entries},
    }


def answer_picture(recognizer: Recognizer, picture: bytes) -> dict:
    """Recognize the digit in an uploaded file.

    Returns `_answer` and "steps", a list of {"name", "caption", "src"} with data URLs. Raises
    BadImageError."""
    started = perf_counter()
    prediction, part, whole = recognizer.locate_and_predict(picture)
    answer = _answer(prediction, perf_counter() - started)
    if prediction.verdict == "blank":
        answer["words"] = Message("answer.no_ink")
    return {**answer, "steps": [_step(step) for step in binarize.steps(part, whole)]}


def read_photo(recognizer: Recognizer, photo: bytes) -> dict:
    """Read the numbers in an uploaded file.

    Returns {"src": data URL of the upright photo, "width" and "height": of the upright photo in
    the pixels of the boxes, "ms", "words", "digits": `_photo_digit` for each, number by number,
    "numbers": list of {"number", "confidence"}}. Raises BadImageError or BadWeightsError."""
    started = perf_counter()
    picture, scale = open_photo(photo)
    reading = recognizer.read_numbers(picture)
    seconds = perf_counter() - started
    return {
        "src": data_urls.jpeg(picture, PHOTO_EDGE),
        "width": round(picture.width * scale),
        "height": round(picture.height * scale),
        "ms": round(seconds * 1000, 1),
        "words": phrases.numbers_found(reading.numbers, reading.reason),
        "digits": [_photo_digit(digit, scale) for digit in reading.digits],
        "numbers": [
            {"number": number, "confidence": round(confidence, 4)}
            for number, confidence in zip(reading.numbers, reading.confidences, strict=True)
        ],
    }


def _answer(prediction: Prediction, seconds: float) -> dict:
    """Return what the answer panel shows."""
    return {
        **_verdict(prediction),
        "words": phrases.sentence(prediction),
        "glyph": _encode_glyph(prediction.glyph),
        "model_ms": round(seconds * 1000, 1),
    }


def _photo_digit(digit: ReadDigit, scale: float) -> dict:
    """Return what the answer panel shows of one digit of a photo, and its box times `scale`."""
    prediction = digit.prediction
    return {
        **_verdict(prediction),
        "big": str(digit.label),  # a part of the number, even where it is doubtful
        "words": phrases.photo_digit(prediction),
        "glyph": _encode_glyph(prediction.glyph),
        "box": [round(float(side) * scale, 1) for side in digit.box],
        "number": digit.number,
        "digit": digit.label,
        "doubtful": phrases.doubtful(prediction),
        "confidence": round(float(prediction.confidence), 4),
        "digitness": round(float(prediction.digitness), 4),
    }


def _encode_glyph(glyph: np.ndarray) -> str:
    """Encode a glyph as 784 bytes in base64, row by row, 255 = ink."""
    ink = np.rint(np.asarray(glyph) * 255).clip(0, 255).astype(np.uint8)
    return base64.b64encode(ink.tobytes()).decode("ascii")


def _card(entry: Entry, reference: Prediction | None) -> dict:
    """Return what the card of a model shows; {"error": text} where the model is not loaded."""
    prediction = entry.prediction
    if prediction is None:
        return {"error": Message("compare.missing")}
    return {
        **_verdict(prediction),
        "words": phrases.label(prediction),
        "differs": reference is not None and phrases.differ(prediction, reference),
        "model_ms": round(entry.seconds * 1000, 1),
    }


def _verdict(prediction: Prediction) -> dict:
    """Return the fields that all answers share. A blank has flat bars."""
    blank = prediction.verdict == "blank"
    probabilities = [0.0] * 10 if blank else prediction.probabilities
    return {
        "verdict": prediction.verdict,
        "big": phrases.big(prediction),
        "marked": phrases.marked(prediction),
        "probabilities": [round(float(probability), 4) for probability in probabilities],
    }


def _line(line: np.ndarray, scale: float) -> list[list[float]]:
    values = np.rint((line[:, 2] / scale).clip(-1, 1) * 100).astype(int)
    return [
        [round(float(x), 1), round(float(y), 1), int(value)]
        for (x, y), value in zip(line[:, :2], values, strict=True)
    ]


def _describe(points: np.ndarray, digit: int, other: int) -> str:
    """Say where the ink for each of two digits is, for screen readers; (n, 3) x, y, value."""
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    span = np.ptp(points[:, :2], axis=0)
    span = np.maximum(span, max(MIN_SPAN * span.max(), 1e-9))
    sentences = []
    for sign, named in ((1, digit), (-1, other)):
        weight = np.maximum(sign * points[:, 2], 0)
        if weight.sum() > 0.05 * np.abs(points[:, 2]).sum():
            weight = weight**3  # near the strongest place, not between two strong ones
            x, y = (weight @ (points[:, :2] - middle)) / weight.sum() / span + 0.5
            sentences.append(Message("why.place", digit=named, place=phrases.place(x, y)))
    return phrases.join("list.sentences", sentences) if sentences else ""


def _step(step: binarize.Step) -> dict:
    """Return one preprocessing step, with its picture shrunk to the size on the page."""
    picture = Image.fromarray(step.picture)
    if max(picture.size) > STEP_EDGE:
        picture.thumbnail((STEP_EDGE, STEP_EDGE), Image.Resampling.LANCZOS)
    return {"name": step.name, "caption": step.caption, "src": data_urls.data_url(picture)}

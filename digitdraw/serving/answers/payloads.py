"""The JSON that the page's scripts read: answers, explanations, comparisons and readings."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np
from PIL import Image

from digitdraw import explain
from digitdraw.errors import DigitDrawError
from digitdraw.languages import Message
from digitdraw.photo.boxes import Box
from digitdraw.photo.reader import NumberItem, ReadDigit, Reading
from digitdraw.prediction import Prediction
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.glyph import blank
from digitdraw.preprocessing.image_io import open_photo
from digitdraw.preprocessing.strokes import parse, to_glyph
from digitdraw.recognizer import Recognizer
from digitdraw.serving.answers import data_urls, drawn_numbers, phrases
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
NARROW_EDGE, LONGEST_EDGE = 400, 8000
"""Of a long or tall photo, the shorter side keeps this many pixels, so that its digits stay
legible, unless the longest side would exceed the second number."""
TURNS = {
    0: None,
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""How a photo is turned, by degrees clockwise."""
SINGLE_DIGITNESS = 0.9
"""Least digitness of a picture of one digit in which the photo reader found none. Letters rarely
have it."""


def answer_drawings(recognizer: Recognizer, drawings: Sequence[object]) -> list[dict]:
    """Recognize drawings from browsers, whatever they hold, in one batch.

    Returns `_answer` for each, `drawn_numbers.answer` with "model_ms" where it has several
    characters, or {"error": text} where it is not a drawing."""
    started = perf_counter()
    answers: list[dict] = [{}] * len(drawings)
    parsed: dict[int, list[np.ndarray]] = {}
    for index, drawing in enumerate(drawings):
        try:
            parsed[index] = parse(drawing)
        except DigitDrawError as error:
            answers[index] = {"error": error.message}
    readings = recognizer.drawing_reader.read_batch(list(parsed.values()))
    alone = [reading for reading in readings if not drawn_numbers.is_number(reading)]
    predictions = iter(_predictions(recognizer, alone))
    seconds = (perf_counter() - started) / len(drawings)
    for index, reading in zip(parsed, readings, strict=True):
        if drawn_numbers.is_number(reading):
            milliseconds = round(seconds * 1000, 1)
            answers[index] = drawn_numbers.answer(reading) | {"model_ms": milliseconds}
        else:
            answers[index] = _answer(next(predictions), seconds)
    return answers


def answer_digit(recognizer: Recognizer, drawing: object) -> dict:
    """Recognize a drawing as one digit, whatever it holds: `_answer`. Raises BadStrokesError."""
    started = perf_counter()
    prediction = recognizer.predict_strokes(drawing)
    return _answer(prediction, perf_counter() - started)


def _predictions(recognizer: Recognizer, readings: Sequence[Reading]) -> list[Prediction]:
    """Return the predictions for drawings of one character, or of none, by the page's model."""
    known = [reading.items[0].digits[0].prediction for reading in readings if reading.items]
    is_same_model = recognizer.classifier is recognizer.drawing_reader.classifier
    if is_same_model and len(known) == len(readings):
        return known
    glyphs = iter([prediction.glyph for prediction in known])
    batch = [next(glyphs) if reading.items else blank() for reading in readings]
    return recognizer.predict_batch(np.array(batch))


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


def answer_program(recognizer: Recognizer, strokes: object) -> dict:
    """Answer a drawing of a program: the prediction for all of it as one digit, and in "reading"
    what is written there. Raises BadStrokesError."""
    reading = recognizer.drawing_reader.read(strokes).as_dict()
    return {**recognizer.predict_strokes(strokes).as_dict(), "reading": reading}


def compare_strokes(comparison: Comparison, strokes: object) -> dict:
    """Recognize a drawing with all models of a `Comparison`.

    Returns {"blank": bool, "words": which models agree, "models": {name: `_card`}, "digits":
    `drawn_numbers.digits` of several characters, else []}. Of several, the models see the last
    digit: the page asks about another one by its strokes alone. Raises BadStrokesError."""
    reading = comparison.read(strokes)
    is_number = drawn_numbers.is_number(reading)
    glyph = reading.items[-1].digits[-1].prediction.glyph if is_number else to_glyph(strokes)
    entries = comparison.answers(glyph)
    predictions = [(entry.name, entry.prediction) for entry in entries if entry.prediction]
    blank = not glyph.any()
    reference = dict(predictions).get(comparison.reference)
    return {
        "blank": blank,
        "words": phrases.COMPARE_INVITATION if blank else phrases.agreement(predictions),
        "models": {entry.name: _card(entry, reference) for entry in entries},
        "digits": drawn_numbers.digits(reading) if is_number else [],
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


def read_photo(recognizer: Recognizer, photo: bytes, turn: int | None = None) -> dict:
    """Read the numbers, or the single digit, in an uploaded file.

    `turn` is one of TURNS, where a person turned the photo; with None, the reader may turn it.
    Returns {"src": data URL of
    the photo, turned, "width" and "height": of the turned photo in the pixels of the boxes,
    "turned": degrees clockwise by which the reader turned it, "ms", "words", "text": as in a
    `Reading`, "items": `_item` for each number, line by line, "numbers": {"number", "confidence"}
    for each listed one, "digits": `_photo_digit` for each digit of these, "doubtful_digits": for
    each digit of the others, "steps": as `answer_picture` has them for a picture of a single digit,
    else []}. Raises BadImageError or BadWeightsError."""
    started = perf_counter()
    picture, scale = open_photo(photo)
    picture = _turned(picture, turn or 0)
    reading = recognizer.read_numbers(picture, is_upright=turn is not None)
    turned, reading = reading.turned, replace(reading, turned=0)
    picture = _turned(picture, turned)
    steps: list[binarize.Step] = []
    if single := _single_digit(recognizer, picture, reading):
        reading, steps = single
    seconds = perf_counter() - started
    return {
        "src": data_urls.jpeg(picture, _edge_on_page(picture.size)),
        "width": round(picture.width * scale),
        "height": round(picture.height * scale),
        "turned": turned,
        "ms": round(seconds * 1000, 1),
        "words": _words(reading, bool(steps)),
        "text": reading.text,
        **_numbers(reading, scale, bool(steps)),
        "steps": [_step(step) for step in steps],
    }


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    turn = TURNS[degrees]
    return picture if turn is None else picture.transpose(turn)


def _single_digit(
    recognizer: Recognizer, picture: Image.Image, reading: Reading
) -> tuple[Reading, list[binarize.Step]] | None:
    """Return the reading of a picture of a single digit and its steps; None for other pictures.

    The photo reader found one digit, or it is sure of none and the classifier is confident of the
    ink on flat paper. Two digits are a number, whatever the classifier takes them for together."""
    if sum(len(item.digits) for item in reading.items) > 1:
        return None
    prediction, part, whole = recognizer.locate_and_predict(picture, reading)
    if reading.digits:
        box = reading.digits[0].box if prediction.verdict in ("digit", "unsure") else None
    else:
        found = binarize.glyph_and_ink_box(part)
        is_sure = prediction.digit is not None and prediction.digitness >= SINGLE_DIGITNESS
        box = found[1] if found and is_sure else None
    if box is None:
        return None
    digit = ReadDigit(box, prediction, 0)
    confidence, text = prediction.confidence * prediction.digitness, str(digit.label)
    item = NumberItem(text, confidence, "listed", box, 0, 0, (digit,))
    return Reading((item,), text), binarize.steps(part, whole)


def _words(reading: Reading, is_single: bool) -> str:
    if is_single:
        return phrases.sentence(reading.digits[0].prediction)
    doubtful = [item.text for item in reading.items if item.status == "doubtful"]
    return phrases.numbers_found(reading.numbers, doubtful, reading.reason)


def _numbers(reading: Reading, scale: float, is_single: bool) -> dict:
    """Return the fields of `read_photo` that say what was read; boxes times `scale`."""
    digits: dict[str, list[dict]] = {"listed": [], "doubtful": []}
    for index, item in enumerate(reading.items):
        digits[item.status] += [
            {**_photo_digit(digit, scale, is_single), "item": index} for digit in item.digits
        ]
    return {
        "items": [_item(item, scale) for item in reading.items],
        "numbers": [
            {"number": item.text, "confidence": round(item.confidence, 4)}
            for item in reading.listed
        ],
        "digits": digits["listed"],
        "doubtful_digits": digits["doubtful"],
    }


def _item(item: NumberItem, scale: float) -> dict:
    """Return a number as written, whether it is doubtful, and its place on the page."""
    return {
        "text": item.text,
        "confidence": round(item.confidence, 4),
        "status": item.status,
        "box": _scaled(item.box, scale),
        "line": item.line,
        "column": item.column,
    }


def _scaled(box: Box, scale: float) -> list[float]:
    return [round(float(side) * scale, 1) for side in box]


def _answer(prediction: Prediction, seconds: float) -> dict:
    """Return what the answer panel shows."""
    return {
        **_verdict(prediction),
        "words": phrases.sentence(prediction),
        "glyph": _encode_glyph(prediction.glyph),
        "model_ms": round(seconds * 1000, 1),
    }


def _photo_digit(digit: ReadDigit, scale: float, is_single: bool) -> dict:
    """Return what the answer panel shows of one digit of a photo, and its box times `scale`.

    A digit of a number is shown even where it is doubtful. A single digit is answered like a
    drawing."""
    prediction = digit.prediction
    return {
        **_verdict(prediction),
        "big": phrases.big(prediction) if is_single else str(digit.label),
        "words": (phrases.sentence if is_single else phrases.photo_digit)(prediction),
        "glyph": _encode_glyph(prediction.glyph),
        "box": _scaled(digit.box, scale),
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
    places = points[:, :2]
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.maximum(high - low, max(MIN_SPAN * (high - low).max(), 1e-9))
    offsets = (places - (low + high) / 2) / span  # from -0.5 to 0.5
    sentences = []
    for sign, named in ((1, digit), (-1, other)):
        weight = np.maximum(sign * points[:, 2], 0)
        if weight.sum() > 0.05 * np.abs(points[:, 2]).sum():
            weight = weight**3  # near the strongest place, not between two strong ones
            x, y = weight @ offsets / weight.sum() + 0.5
            sentences.append(Message("why.place", digit=named, place=phrases.place(x, y)))
    return phrases.join("list.sentences", sentences) if sentences else ""


def _step(step: binarize.Step) -> dict:
    """Return one preprocessing step, with its picture shrunk to the size on the page."""
    picture = Image.fromarray(step.picture)
    if max(picture.size) > STEP_EDGE:
        picture.thumbnail((STEP_EDGE, STEP_EDGE), Image.Resampling.LANCZOS)
    return {"name": step.name, "caption": step.caption, "src": data_urls.data_url(picture)}


def _edge_on_page(size: tuple[int, int]) -> int:
    """Return the longest side, in pixels, of a photo of `size` on the page."""
    return max(PHOTO_EDGE, min(LONGEST_EDGE, NARROW_EDGE * max(size) // min(size)))

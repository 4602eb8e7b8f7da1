"""Predictions and pictures as the JSON that the page's scripts read. Knows nothing of Gradio."""

import base64
import io
from time import perf_counter

import numpy as np
from PIL import Image

from digitdraw import preprocess
from digitdraw.errors import DigitDrawError
from digitdraw.ui import words

__all__ = ["answer_picture", "answer_strokes", "invitation"]

STEP_EDGE = 360  # longest side, in pixels, of a step's picture as sent: sharp at 180 CSS pixels


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


def answer_strokes(recognizer, strokes: object) -> dict:
    """Answer a drawing that came from a browser, whatever it holds.

    Returns what `_answer` does, or {"error": words to show} where the drawing is none.
    """
    started = perf_counter()
    try:
        prediction = recognizer.predict_strokes(strokes)
    except DigitDrawError as error:
        return {"error": str(error)}
    return _answer(prediction, perf_counter() - started)


def answer_picture(recognizer, picture: bytes) -> dict:
    """Answer an uploaded file, whatever it holds.

    Returns what `_answer` does and "steps", a list of {"name", "caption", "src"} with `src` a
    data URL; or {"error": words to show} where the file is no picture of this project's limits.
    """
    started = perf_counter()
    try:
        prediction = recognizer.predict_image(picture)
        seconds = perf_counter() - started
        steps = [_step(step) for step in preprocess.steps(picture)]
    except DigitDrawError as error:
        return {"error": str(error)}
    answer = _answer(prediction, seconds)
    if prediction.verdict == "blank":
        answer["words"] = "I see no ink in this picture"
    return {**answer, "steps": steps}


def _answer(prediction, seconds: float) -> dict:
    """What the answer panel shows; `glyph` is 784 bytes, row by row, 255 = ink, in base64."""
    ink = np.rint(np.asarray(prediction.glyph) * 255).clip(0, 255).astype(np.uint8)
    return {
        "verdict": prediction.verdict,
        "big": words.big(prediction),
        "words": words.sentence(prediction),
        "marked": words.marked(prediction),
        "probabilities": [round(float(share), 4) for share in prediction.probabilities],
        "glyph": base64.b64encode(ink.tobytes()).decode("ascii"),
        "model_ms": round(seconds * 1000, 1),
    }


def _step(step) -> dict:
    """One preprocessing step for the page, its picture shrunk to what the page can show."""
    picture = Image.fromarray(step.picture)
    if max(picture.size) > STEP_EDGE:
        picture.thumbnail((STEP_EDGE, STEP_EDGE), Image.Resampling.LANCZOS)
    return {"name": step.name, "caption": step.caption, "src": _data_url(picture)}


def _data_url(picture: Image.Image) -> str:
    """A photo as JPEG, everything else as PNG: ink must keep its hard edges."""
    kind, options = ("jpeg", {"quality": 88}) if picture.mode == "RGB" else ("png", {})
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"

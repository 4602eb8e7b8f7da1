"""The OpenAPI document of the REST routes, and the JSON schemas of what goes in and out."""

from collections.abc import Sequence
from typing import Any

import digitdraw
from digitdraw.serving.settings import Settings

_FRACTION = {"type": "number", "minimum": 0, "maximum": 1}
_BOX = {
    "description": "x, y, width and height in pixels of the upright, turned picture, or in the "
    "unit of the drawing.",
    "type": "array",
    "items": {"type": "number"},
    "minItems": 4,
    "maxItems": 4,
}
STROKES: dict[str, Any] = {
    "description": "A drawing: a list of strokes, each a list of [x, y] points in any unit, y "
    "down, up to 1e9. At most 500 strokes and 20,000 points. An empty list is a blank drawing.",
    "type": "array",
    "maxItems": 500,
    "items": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
}
_PREDICTION_FIELDS: dict[str, Any] = {
    "digit": {
        "description": "The digit; null where the verdict is not digit.",
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": 9,
    },
    "verdict": {"type": "string", "enum": ["digit", "unsure", "not a digit", "blank"]},
    "confidence": {"description": "The largest of the probabilities, calibrated.", **_FRACTION},
    "digitness": {"description": "The probability that this is a digit at all.", **_FRACTION},
    "probabilities": {
        "description": "One for each digit from 0 to 9; they sum to 1.",
        "type": "array",
        "items": _FRACTION,
        "minItems": 10,
        "maxItems": 10,
    },
}


def _closed(**fields: Any) -> dict[str, Any]:
    """Return the schema of an object with these fields and no others."""
    required = list(fields)
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


PREDICTION = _closed(**_PREDICTION_FIELDS)
_NUMBER = {
    "description": "As written: digits, with points, commas, apostrophes, dashes, slashes and "
    "colons between them, and maybe a minus sign.",
    "type": "string",
    "pattern": "^-?[0-9]+([-.,'/:][0-9]+)*$",
}
_CORRECT = {"description": "The probability that the number is correct as written.", **_FRACTION}
_INDEX = {"type": "integer", "minimum": 0}
READING = _closed(
    reason={"description": "Why there are no numbers; empty where there are.", "type": "string"},
    text={
        "description": "One line for each line of the page, without words.",
        "type": "string",
    },
    turned={
        "description": "Degrees clockwise by which the picture was turned to be upright.",
        "enum": [0, 90, 180, 270],
    },
    numbers={
        "description": "From top to bottom, then from left to right.",
        "type": "array",
        "items": _closed(number=_NUMBER, confidence=_CORRECT, box=_BOX),
    },
    items={
        "description": "The same numbers and those that are doubtful, line by line.",
        "type": "array",
        "items": _closed(
            text=_NUMBER,
            confidence=_CORRECT,
            status={"type": "string", "enum": ["listed", "doubtful"]},
            box=_BOX,
            line={"description": "Line of the page, from 0 at the top.", **_INDEX},
            column={"description": "Column of the table, or place in the line.", **_INDEX},
        ),
    },
    digits={
        "description": "All digits of numbers, number by number.",
        "type": "array",
        "items": _closed(
            box=_BOX,
            number={"description": "Index in numbers.", **_INDEX},
            **_PREDICTION_FIELDS,
        ),
    },
)
ERROR = _closed(
    error={"description": "What is wrong, and what is allowed.", "type": "string"},
    id={"description": "Number of the request, as in the server's log.", "type": "string"},
)
DRAWING = _closed(**_PREDICTION_FIELDS, reading=READING)
"""The prediction for a drawing as one digit, and the numbers that are written there."""
SCHEMAS = {
    "Strokes": STROKES,
    "Drawing": DRAWING,
    "Prediction": PREDICTION,
    "Reading": READING,
    "Error": ERROR,
}

_DRAWING = [[[10, 0], [10, 100]]]
_PROBABILITIES = "0.0009 0.991 0.0004 0.0007 0.0045 0.0003 0.0007 0.0004 0.0004 0.0007"
_DIGIT_ONE = {
    "digit": 1,
    "verdict": "digit",
    "confidence": 0.991,
    "digitness": 0.9574,
    "probabilities": [float(number) for number in _PROBABILITIES.split()],
}
_PICTURES = ("png", "jpeg", "webp", "bmp", "gif", "tiff", "heic")
_RETRY = {
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("BadRequest", "The body is no JSON, or there is no picture.", {}),
    "401": ("Unauthorized", "The server asks for a user name and a password.", {}),
    "403": ("Forbidden", "The request comes from a page of another site.", {}),
    "408": ("Timeout", "The body took too long to arrive.", {}),
    "413": ("TooLarge", "The body is too large. The text has the limit.", {}),
    "421": ("Misdirected", "The server does not answer to this host name.", {}),
    "422": ("Unprocessable", "This is no drawing, or no picture that can be read.", {}),
    "429": ("TooMany", "Too many requests of one address.", _RETRY),
    "500": ("Failed", "The server had a problem. The log has more under this id.", {}),
    "503": ("Busy", "Too many are asking at once.", _RETRY),
}
"""Name, description and headers of every error, by its status."""


def document(chosen: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of a server with these settings."""
    picture = {
        "description": f"A picture of at most {chosen.max_upload} MB and 40 megapixels: PNG, JPEG, "
        "WebP, BMP, GIF, TIFF or HEIC. Its content decides, not its type.",
        "required": True,
        "content": {
            **{f"image/{name}": {} for name in _PICTURES},
            "multipart/form-data": {"schema": _file_form()},
        },
    }
    strokes = {
        "description": "At most 1 MB of JSON.",
        "required": True,
        "content": {"application/json": {"schema": _ref("schemas/Strokes"), "example": _DRAWING}},
    }
    return {
        "openapi": "3.1.1",
        "info": _info(chosen),
        "servers": [{"url": chosen.public_url or chosen.root_path or "/"}],
        "security": [{"basic": []}] if chosen.auth else [],
        "paths": {
            "/api/v1/strokes": _path("predictStrokes", "Say which digit or numbers a drawing shows",
                                     strokes, "Drawing", _drawing()),
            "/api/v1/image": _path("predictImage", "Say which digit is in a picture",
                                   picture, "Prediction", _DIGIT_ONE),
            "/api/v1/numbers": _path("readNumbers", "Read the numbers in a photo",
                                     picture, "Reading", _reading()),
        },
        "components": {
            "schemas": SCHEMAS,
            "responses": {name: _refusal(text, more) for name, text, more in _REFUSALS.values()},
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        },
    }  # fmt: skip


def _info(chosen: Settings) -> dict[str, Any]:
    return {
        "title": "digitdraw",
        "version": digitdraw.__version__,
        "summary": "Reads handwritten digits in drawings, pictures and photos",
        "description": f"One address may send {_rate(chosen.rate, 'drawings')}, where each 8 kB "
        f"of a drawing count as one more, and {_rate(chosen.photo_rate, 'pictures')}. Nothing "
        "that is sent is kept.",
        "license": {"name": "MIT", "identifier": "MIT"},
    }


def _rate(rate: str, things: str) -> str:
    count, unit = rate.split("/")
    return f"{count} {things} {'an' if unit == 'hour' else 'a'} {unit}"


def _path(operation: str, summary: str, body: dict, schema: str, example: object) -> dict[str, Any]:
    answer = {"schema": _ref(f"schemas/{schema}"), "example": example}
    refusals = {status: _ref(f"responses/{name}") for status, (name, *_) in _REFUSALS.items()}
    answers = {"200": {"description": "The answer.", "content": {"application/json": answer}}}
    post = {
        "operationId": operation,
        "summary": summary,
        "requestBody": body,
        "responses": answers | refusals,
    }
    return {"post": post}


def _file_form() -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"type": "object", "properties": {"file": file}, "required": ["file"]}


def _refusal(description: str, headers: dict) -> dict[str, Any]:
    example = {"error": description, "id": "0123456789ab"}
    content = {"application/json": {"schema": _ref("schemas/Error"), "example": example}}
    return {"description": description, "headers": headers, "content": content}


def _drawing() -> dict[str, Any]:
    return {**_DIGIT_ONE, "reading": _reading(box=[10.0, 0.0, 0.0, 100.0])}


def _reading(box: Sequence[float] = (40.0, 32.0, 18.0, 96.0)) -> dict[str, Any]:
    box = list(box)
    place = {"box": box, "line": 0, "column": 0}
    return {
        "reason": "",
        "text": "1",
        "turned": 0,
        "numbers": [{"number": "1", "confidence": 0.9801, "box": box}],
        "items": [{"text": "1", "confidence": 0.9801, "status": "listed", **place}],
        "digits": [{"box": box, "number": 0, **_DIGIT_ONE}],
    }


def _ref(path: str) -> dict[str, str]:
    return {"$ref": f"#/components/{path}"}

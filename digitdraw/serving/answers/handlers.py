"""Answers to questions about drawings, JSON in and JSON out.

The worker process of the model and the Ray Serve deployment share them. `payloads` defines the
contents."""

from collections.abc import Callable, Sequence
from itertools import compress

import orjson

from digitdraw.errors import DigitDrawError, SettingError
from digitdraw.models import weights
from digitdraw.recognizer import Recognizer
from digitdraw.serving.answers import features, payloads
from digitdraw.serving.answers.comparison import Comparison
from digitdraw.serving.responses import to_json

LISTED = 10
"""Classes that a message lists."""


class Answers:
    """The answers of one model, compared with those of `comparison`. Many threads may use it.

    Raises SettingError for a model of other classes than the ten digits."""

    def __init__(self, recognizer: Recognizer, comparison: Comparison | None = None) -> None:
        if not recognizer.data.is_digits:
            raise SettingError(_refusal(recognizer))
        self._recognizer = recognizer
        recognizer.drawing_reader.read([])  # load it before the first drawing
        self._comparison = comparison or Comparison(recognizer)
        self._on_demand: dict[bytes, Callable[[object], dict]] = {
            b"why": lambda drawing: payloads.explain_strokes(recognizer, drawing),
            b"compare": lambda drawing: payloads.compare_strokes(self._comparison, drawing),
            b"strokes": lambda drawing: payloads.answer_program(recognizer, drawing),
        }

    def facts(self) -> bytes:
        """Return name, device and checksum of the model, and the cards of all compared models.

        `model_card` is the document about all shipped models, in Markdown."""
        model = self._recognizer
        return to_json(
            {
                "model": model.name,
                "device": str(model.device),
                "note": model.device_note,
                "sha256": model.sha256,
                "has_features": model.classifier.has_features,
                "cards": self._comparison.cards(),
                "model_card": _model_card(),
            }
        )

    def drawings(self, requests: Sequence[bytes]) -> list[bytes]:
        """Recognize a batch of drawings.

        A request is a drawing, or what `features.question` takes in place of one."""
        questions = [features.question(orjson.loads(request)) for request in requests]
        drawings = [question.drawing for question in questions]
        answers = payloads.answer_drawings(self._recognizer, drawings)
        for index, question in enumerate(questions):
            if question.is_digit and "digits" in answers[index]:
                answers[index] = payloads.answer_digit(self._recognizer, question.drawing)
        wanted = [question.wants_features for question in questions]
        features.add(self._recognizer, list(compress(answers, wanted)))
        return list(map(to_json, answers))

    def on_demand(self, kind: bytes, body: bytes) -> bytes:
        """Answer b"why" or b"compare" for the page, or b"strokes" for programs."""
        try:
            return to_json(self._on_demand[kind](orjson.loads(body)))
        except DigitDrawError as error:
            return to_json({"error": error.message})


def _model_card() -> str:
    card = weights.FOLDER / "MODEL_CARD.md"
    return card.read_text(encoding="utf-8") if card.is_file() else ""


def _refusal(recognizer: Recognizer) -> str:
    data, count = recognizer.data, len(recognizer.data.classes)
    names = ", ".join(data.classes[:LISTED]) + " and others" * (count > LISTED)
    return (
        f"The page shows drawings of ten digits; {recognizer.name!r} was trained on "
        f"{data.dataset}, with {count} classes: {names}. "
        "Use it with digitdraw predict --weights FOLDER, or in Python."
    )

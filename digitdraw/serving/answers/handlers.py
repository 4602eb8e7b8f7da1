"""What a model is asked about drawings, and its answers: JSON in, JSON out.

The same in the server's own worker and in a deployment elsewhere. What an answer holds is
`ui.payload`'s.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import orjson

from digitdraw.errors import DigitDrawError
from digitdraw.recognizer import Recognizer
from digitdraw.serving.answers import payloads
from digitdraw.serving.answers.comparison import Comparison

__all__ = ["Answers"]


class Answers:
    """A model's; `lineup` is what it is compared with. Safe to call from many threads."""

    def __init__(self, recognizer: Recognizer, lineup: Comparison | None = None) -> None:
        self._recognizer = recognizer
        self._lineup = lineup or Comparison(recognizer)
        self._asides: dict[bytes, Callable[[object], dict]] = {
            b"why": lambda drawing: payloads.explain_strokes(recognizer, drawing),
            b"compare": lambda drawing: payloads.compare_strokes(self._lineup, drawing),
            b"strokes": self._for_programs,
        }

    def facts(self) -> bytes:
        """Which model it is, where it runs and why, and the cards of all that are compared."""
        model = self._recognizer
        return orjson.dumps(
            {
                "model": model.name,
                "device": str(model.device),
                "note": model.device_note,
                "sha256": model.sha256,
                "cards": [asdict(card) for card in self._lineup.cards()],
            }
        )

    def drawings(self, bodies: Sequence[bytes]) -> list[bytes]:
        """What each of several drawings looks like."""
        asked = [orjson.loads(body) for body in bodies]
        return [orjson.dumps(each) for each in payloads.answer_drawings(self._recognizer, asked)]

    def aside(self, kind: bytes, body: bytes) -> bytes:
        """What else is asked of one drawing: b"why", b"compare", or, by programs, b"strokes"."""
        return orjson.dumps(self._asides[kind](orjson.loads(body)))

    def _for_programs(self, drawing: object) -> dict:
        try:
            return self._recognizer.predict_strokes(drawing).as_dict()
        except DigitDrawError as error:
            return {"error": str(error)}

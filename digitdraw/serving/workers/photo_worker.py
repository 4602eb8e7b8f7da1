"""A process that reads pictures for the server: `python -m digitdraw.serving.photo_worker`.

It answers one question at a time. It is a process of its own, so that a photo takes neither
Python's lock nor the first right to a core from those who draw, and can die alone.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import orjson
import torch

from digitdraw.errors import BadWeightsError, DigitDrawError
from digitdraw.recognizer import Recognizer, load
from digitdraw.serving.answers import payloads, phrases
from digitdraw.serving.workers import loop

__all__ = ["KINDS", "main", "serve"]

_POLITENESS = 10  # those who draw come first

KINDS: dict[bytes, Callable[[Recognizer, bytes], dict]] = {
    b"photo": payloads.read_photo,
    b"picture": payloads.answer_picture,
    b"numbers": lambda recognizer, photo: recognizer.read_numbers(photo).as_dict(),
    b"digit": lambda recognizer, picture: recognizer.predict_image(picture).as_dict(),
}
"""What may be asked of a picture: for the page, and for programs."""


def serve(recognizer: Recognizer, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the questions end: b"ok" or b"failed", and JSON."""
    with ThreadPoolExecutor(1) as one:
        loop.serve(
            (b"ready", b""),
            lambda kind, content: _answer(recognizer, kind, content),
            lambda kind: one,
            questions,
            answers,
        )


def _answer(recognizer: Recognizer, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    try:
        return b"ok", orjson.dumps(KINDS[kind](recognizer, content))
    except BadWeightsError as error:  # whose words name a path: not for the page
        print(error, file=sys.stderr)
        return b"ok", orjson.dumps({"error": phrases.NO_READER})
    except DigitDrawError as error:
        return b"ok", orjson.dumps({"error": str(error)})
    except Exception as error:  # the next picture may be read all the same
        print(f"a picture was not read: {type(error).__name__}: {error}", file=sys.stderr)
        return b"failed", b""


def main() -> int:
    """Load the model named by the first argument on the device of the second, and serve."""
    questions, answers = loop.streams()
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    name, device = sys.argv[1:3]
    serve(load(name, device=device), questions, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())

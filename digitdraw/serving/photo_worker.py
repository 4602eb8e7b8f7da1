"""A process that reads pictures for the server: `python -m digitdraw.serving.photo_worker`.

Takes questions on its standard input and gives answers on its standard output, one at a time,
each a length and so many bytes. It is a process of its own, so that a photo takes neither
Python's lock nor the first right to a core from those who draw, and can die alone.
"""

import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

import orjson
import torch

from digitdraw.errors import BadWeightsError, DigitDrawError
from digitdraw.recognizer import Recognizer, load
from digitdraw.ui import payload, words

__all__ = ["KINDS", "LENGTH", "main", "pack", "serve", "unpack"]

LENGTH = struct.Struct(">I")
"""How the length of a part is written before it."""
_POLITENESS = 10  # those who draw come first

KINDS: dict[bytes, Callable[[Recognizer, bytes], dict]] = {
    b"photo": payload.read_photo,
    b"picture": payload.answer_picture,
    b"numbers": lambda recognizer, photo: recognizer.read_numbers(photo).as_dict(),
    b"digit": lambda recognizer, picture: recognizer.predict_image(picture).as_dict(),
}
"""What may be asked of a picture: for the page, and for programs."""


def pack(kind: bytes, content: bytes) -> bytes:
    """A question or an answer as it is sent: two parts, each after its length."""
    return b"".join(LENGTH.pack(len(part)) + part for part in (kind, content))


def unpack(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next question or answer; None where the stream has ended."""
    parts = []
    for _ in range(2):
        head = stream.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return None
        parts.append(stream.read(LENGTH.unpack(head)[0]))
    return parts[0], parts[1]


def serve(recognizer: Recognizer, questions: BinaryIO, answers: BinaryIO) -> None:
    """Say b"ready", then answer until the questions end: b"ok" or b"failed", and JSON."""
    answers.write(pack(b"ready", b""))
    answers.flush()
    while (question := unpack(questions)) is not None:
        kind, content = question
        answers.write(pack(*_answer(recognizer, kind, content)))
        answers.flush()


def _answer(recognizer: Recognizer, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    try:
        return b"ok", orjson.dumps(KINDS[kind](recognizer, content))
    except BadWeightsError as error:  # whose words name a path: not for the page
        print(error, file=sys.stderr)
        return b"ok", orjson.dumps({"error": words.NO_READER})
    except DigitDrawError as error:
        return b"ok", orjson.dumps({"error": str(error)})
    except Exception as error:  # the next picture may be read all the same
        print(f"a picture was not read: {type(error).__name__}: {error}", file=sys.stderr)
        return b"failed", b""


def main() -> int:
    """Load the model named by the first argument on the device of the second, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's, which then ends this
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    name, device = sys.argv[1:3]
    serve(load(name, device=device), sys.stdin.buffer, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())

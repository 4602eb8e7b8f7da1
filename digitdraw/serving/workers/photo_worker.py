"""The process that reads photos: `python -m digitdraw.serving.workers.photo_worker`.

Its arguments are MODEL DEVICE FOLDER. An empty FOLDER stands for the models of digitdraw.

It reads one picture at a time. A process of its own has its own interpreter lock and a lower
priority, so photos do not slow down drawings. The server survives its death."""

import ctypes
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import BinaryIO

import torch

from digitdraw.errors import BadWeightsError, DigitDrawError
from digitdraw.recognizer import Recognizer, load
from digitdraw.serving.answers import payloads, phrases
from digitdraw.serving.responses import to_json
from digitdraw.serving.workers import loop

_NICENESS = 10
"""Added to the process's niceness: drawings come first."""
MEMORY = 1200 << 20
"""Bytes that a picture may take. The largest ones that are allowed take 850 MB."""
_STACKS = 24 << 20
"""Bytes for the stacks of the threads that libraries start, for each core."""
KINDS: dict[bytes, Callable[[Recognizer, bytes], dict]] = {
    b"photo": payloads.read_photo,
    **{b"photo-%d" % turn: partial(payloads.read_photo, turn=turn) for turn in payloads.TURNS},
    b"picture": payloads.answer_picture,
    b"numbers": lambda recognizer, photo: recognizer.read_numbers(photo).as_dict(),
    b"digit": lambda recognizer, picture: recognizer.predict_image(picture).as_dict(),
}
"""The kinds of questions about a picture: of the page, as it is or turned, and of programs."""


def serve(recognizer: Recognizer, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the questions end, with b"ok" or b"failed" and JSON."""
    with ThreadPoolExecutor(1) as thread:
        answering = partial(answer, recognizer)
        loop.serve((b"ready", b""), answering, lambda kind: thread, questions, answers)


def answer(recognizer: Recognizer, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return b"ok" and the JSON of an answer or of an error for people, or b"failed"."""
    try:
        return b"ok", to_json(KINDS[kind](recognizer, content))
    except BadWeightsError as error:  # its text names a path of the server
        print(error, file=sys.stderr)
        return b"ok", to_json({"error": phrases.NO_PHOTO_READER})
    except DigitDrawError as error:
        return b"ok", to_json({"error": error.message})
    except MemoryError:
        return b"ok", to_json({"error": phrases.TOO_MUCH_MEMORY})
    except Exception as error:  # the next picture may well succeed
        print(f"a picture was not read: {type(error).__name__}: {error}", file=sys.stderr)
        return b"failed", b""
    finally:
        _return_memory()


def limit_memory() -> None:
    """Let pictures take at most MEMORY; beyond that, they raise MemoryError. Linux only."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    has = pages * resource.getpagesize() + (os.cpu_count() or 1) * _STACKS
    given = [n for n in resource.getrlimit(resource.RLIMIT_DATA) if n != resource.RLIM_INFINITY]
    limit = min([has + MEMORY, *given])
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _return_memory() -> None:
    """Give freed memory back to the system, which the GNU C library would keep for later."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def main() -> int:
    """Load the model that the arguments name, and serve."""
    questions, answers = loop.streams()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    name, device, folder = sys.argv[1:4]
    recognizer = load(name, device, folder or None)
    if recognizer.device.type == "cpu":  # a GPU's driver reserves far more than it uses
        limit_memory()
    serve(recognizer, questions, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())

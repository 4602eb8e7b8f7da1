"""What the server's worker processes have in common: their streams, and question by question."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import BinaryIO

from digitdraw.serving.workers.framing import pack, unpack

__all__ = ["serve", "streams"]


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Where questions come from and answers go to. Ctrl+C is the server's, which ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    return sys.stdin.buffer, answers


def serve(
    hello: tuple[bytes, ...],
    answer: Callable[..., tuple[bytes, ...]],
    who: Callable[[bytes], Executor],
    questions: BinaryIO,
    answers: BinaryIO,
) -> None:
    """Say `hello`, then answer until the questions end.

    A question is a number, a kind, and what goes with it. `who(kind)` answers it, by
    `answer(kind, *rest)`, which raises nothing; the answer goes out behind the same number.
    """
    writing = threading.Lock()

    def say(*parts: bytes) -> None:
        with writing:
            answers.write(pack(*parts))
            answers.flush()

    def reply(number: bytes, kind: bytes, *rest: bytes) -> None:
        said = answer(kind, *rest)
        try:
            say(number, *said)
        except BrokenPipeError:  # the server has gone
            return

    say(*hello)
    while (question := unpack(questions)) is not None:
        number, kind, *rest = question
        who(kind).submit(reply, number, kind, *rest)

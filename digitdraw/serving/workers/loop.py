"""The main loop of a worker process: reads questions from a pipe and writes the answers."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import BinaryIO

from digitdraw.serving.workers.framing import pack, unpack


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams of questions and of answers.

    Ctrl+C is ignored from here on: the server handles it and ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    return sys.stdin.buffer, answers


def serve(
    greeting: tuple[bytes, ...],
    answer: Callable[..., tuple[bytes, ...]],
    executor_for: Callable[[bytes], Executor],
    questions: BinaryIO,
    answers: BinaryIO,
) -> None:
    """Send `greeting`, then answer questions until their stream ends.

    A question is (number, kind, *rest). `executor_for(kind)` runs `answer(kind, *rest)`, which
    raises nothing. The answer is sent as (number, *answer); the order of answers is free."""
    writing = threading.Lock()

    def send(*parts: bytes) -> None:
        with writing:
            answers.write(pack(*parts))
            answers.flush()

    def reply(number: bytes, kind: bytes, *rest: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # the server has ended
            send(number, *answer(kind, *rest))

    send(*greeting)
    while (question := unpack(questions)) is not None:
        number, kind, *rest = question
        executor_for(kind).submit(reply, number, kind, *rest)

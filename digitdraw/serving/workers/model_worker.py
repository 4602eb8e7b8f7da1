"""The process that runs the model: `python -m digitdraw.serving.workers.model_worker`.

Its arguments are MODEL DEVICE FOLDER. An empty FOLDER stands for the models of digitdraw.

A process of its own has its own interpreter lock, so answers and HTTP do not slow each other down.
It loads the model while the server builds the page, and the server survives its death."""

import gc
import sys
from concurrent.futures import Executor, ThreadPoolExecutor

import cv2
import torch

from digitdraw.errors import DigitDrawError
from digitdraw.recognizer import load
from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.workers import loop
from digitdraw.serving.workers.framing import pack

SLOW_KINDS = (b"why", b"compare")
"""Questions that take tens of milliseconds."""


def answer(answers: Answers, kind: bytes, *requests: bytes) -> tuple[bytes, ...]:
    """Return b"ok" and the answers to a question, or b"failed"."""
    try:
        if kind == b"drawings":
            return b"ok", *answers.drawings(requests)
        if kind == b"facts":
            return b"ok", answers.facts()
        return b"ok", answers.on_demand(kind, *requests)
    except Exception as error:  # the next question may well succeed
        print(f"a drawing was not answered: {type(error).__name__}: {error}", file=sys.stderr)
        return (b"failed",)


def main() -> int:
    """Load the model that the arguments name, and serve."""
    questions, out = loop.streams()
    # Drawings are small: splitting one among threads takes longer than answering it, and the
    # threads are missing for other questions.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    name, device, folder = sys.argv[1:4]
    try:
        answers = Answers(load(name, device, folder or None))
    except DigitDrawError as error:
        out.write(pack(b"refused", str(error).encode()))
        out.flush()
        return 2
    gc.freeze()  # collecting all imported objects would delay answers
    # Programs' drawings do not wait for explanations and comparisons, which take far longer.
    with ThreadPoolExecutor(1) as quick, ThreadPoolExecutor(1) as slow:

        def executor_for(kind: bytes) -> Executor:
            return slow if kind in SLOW_KINDS else quick

        greeting = (b"ready", answers.facts())
        loop.serve(greeting, lambda *parts: answer(answers, *parts), executor_for, questions, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

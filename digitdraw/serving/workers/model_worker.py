"""A process that answers drawings for the server: `python -m digitdraw.serving.model_worker`.

It is a process of its own, so that answers and HTTP do not wait for the same lock of Python's,
and so that the model is loaded while the page is. It may die alone.
"""

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

__all__ = ["ON_DEMAND_THREADS", "answer", "main"]

ON_DEMAND_THREADS = 2
"""Comparisons and reasons that are worked out side by side: they take the cores from drawings."""


def answer(answers: Answers, kind: bytes, *bodies: bytes) -> tuple[bytes, ...]:
    """b"ok" and what is answered to one question, or b"failed"."""
    try:
        if kind == b"drawings":
            return b"ok", *answers.drawings(bodies)
        if kind == b"facts":
            return b"ok", answers.facts()
        return b"ok", answers.aside(kind, *bodies)
    except Exception as error:  # the next question may be answered all the same
        print(f"a drawing was not answered: {type(error).__name__}: {error}", file=sys.stderr)
        return (b"failed",)


def main() -> int:
    """Load the model named by the first argument on the device of the second, and serve."""
    questions, out = loop.streams()
    # Drawings are small: to share one out among threads takes longer than to answer it, and
    # keeps them from the other questions.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    name, device = sys.argv[1:3]
    try:
        answers = Answers(load(name, device=device))
    except DigitDrawError as error:
        out.write(pack(b"refused", str(error).encode()))
        out.flush()
        return 2
    gc.freeze()  # a collection of all that was imported would hold up answers
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(ON_DEMAND_THREADS) as few:

        def who(kind: bytes) -> Executor:
            return one if kind == b"drawings" else few

        hello = (b"ready", answers.facts())
        loop.serve(hello, lambda *asked: answer(answers, *asked), who, questions, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

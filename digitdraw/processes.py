"""Work that is shared out among processes, and comes back in order."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import cv2

__all__ = ["in_order"]

Part, Result = TypeVar("Part"), TypeVar("Result")


def in_order(
    function: Callable[[Part], Result], parts: Sequence[Part], workers: int
) -> list[Result]:
    """`function` of each part, in their order, by so many processes; what they are given and give
    back is pickled. One worker, or one part, needs none."""
    if workers < 2 or len(parts) < 2:
        return [function(part) for part in parts]
    # Forking a process that holds CUDA or threads is not safe.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=cv2.setNumThreads, initargs=(1,)) as p:
        return list(p.map(function, parts))

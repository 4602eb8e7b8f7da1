"""Batches made ahead by processes of their own, while a network learns from those before.

Knows nothing of what a batch is: whoever feeds says how one is made. A batch hangs on its key
alone, so that it does not matter how many processes make them, nor which of them.

Work that is shared out among processes, and comes back in order.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

import cv2
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

__all__ = ["BatchLoader", "map_in_order"]


class BatchLoader:
    """Makes batches by `make(key)` in `workers` processes, or with none in this one. They start
    once, with the first batches, and stay for all that follow: each takes seconds to start.

    `make` is sent to each of them: a partial of a module's own function, say. Tensors that it
    holds are shared, not copied.
    """

    def __init__(self, make: Callable[[Any], Any], workers: int) -> None:
        self._keys = _Keys()
        self._loader = DataLoader(
            _Made(make),
            batch_size=None,
            sampler=self._keys,
            num_workers=workers,
            collate_fn=_as_it_is,
            worker_init_fn=_one_thread,
            multiprocessing_context="spawn" if workers else None,
            persistent_workers=workers > 0,
        )

    def batches(self, keys: Sequence[Any]) -> Iterator[Any]:
        """The batches of these keys, in their order; to be used up before the next are asked for.

        Raises whatever `make` raises.
        """
        self._keys.now = keys
        return iter(self._loader)


class _Keys(Sampler):
    def __init__(self) -> None:
        self.now: Sequence[Any] = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.now)


class _Made(Dataset):
    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __getitem__(self, key: Any) -> Any:
        return self._make(key)


def _as_it_is(batch: Any) -> Any:
    return batch


def _one_thread(worker: int) -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


Part, Result = TypeVar("Part"), TypeVar("Result")


def map_in_order(
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

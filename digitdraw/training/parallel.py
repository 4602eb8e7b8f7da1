"""Work in other processes: batches made ahead of the training, and a parallel `map`.

A batch depends on its key alone, so the number of processes does not change it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

import cv2
import torch
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

Part = TypeVar("Part")
Result = TypeVar("Result")


class BatchLoader:
    """Makes batches by `make(key)` in `workers` processes, or in this process if 0.

    The processes start with the first batches and stay for all later ones, because a start takes
    seconds. `make` is pickled: for example a partial of a module's function. Tensors that it holds
    are shared, not copied."""

    def __init__(self, make: Callable[[Any], Any], workers: int) -> None:
        self._keys: list[Any] = []
        self._loader = DataLoader(
            _BatchDataset(make),
            batch_size=None,
            sampler=self._keys,
            num_workers=workers,
            collate_fn=_unchanged,
            worker_init_fn=_use_one_thread,
            multiprocessing_context="spawn" if workers else None,
            persistent_workers=workers > 0,
        )

    def batches(self, keys: Sequence[Any]) -> Iterator[Any]:
        """Yield the batches of `keys`, all before the next call. Raises what `make` raises."""
        self._keys[:] = keys
        return iter(self._loader)


class _BatchDataset(Dataset):
    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __getitem__(self, key: Any) -> Any:
        return self._make(key)


def _unchanged(batch: Any) -> Any:
    return batch


def _use_one_thread(worker: int) -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def map_in_order(
    function: Callable[[Part], Result], parts: Sequence[Part], workers: int, description: str = ""
) -> list[Result]:
    """Return `function(part)` for each part, in order, computed by `workers` processes.

    Parts and results are pickled. With one worker, or one part, no process is started. A terminal
    shows the progress after the description."""
    show = partial(tqdm, desc=description, total=len(parts), disable=None, leave=False)
    if workers < 2 or len(parts) < 2:
        return [function(part) for part in show(parts)]
    # Forking a process that holds CUDA or threads is not safe.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=cv2.setNumThreads, initargs=(1,)) as p:
        return list(show(p.map(function, parts)))

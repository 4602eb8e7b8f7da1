"""One training over many processes, as `torchrun` starts them; knows nothing of what is trained.

torchrun --nproc-per-node 2 -m digitdraw.train --model default
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

__all__ = ["ProcessGroup", "process_group"]


@dataclass(frozen=True)
class ProcessGroup:
    """This process's place among those that train together; alone by default."""

    rank: int = 0
    size: int = 1

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch; all parts are of the same length."""
        whole = len(batch) - len(batch) % self.size
        return batch[self.rank : whole : self.size]

    def total(self, values: Tensor) -> Tensor:
        """The sum of `values` over all processes."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def wait(self) -> None:
        """Return when all processes are here."""
        if self.size > 1:
            dist.barrier()


@contextmanager
def process_group(device: torch.device) -> Iterator[ProcessGroup]:
    """Join the processes that torchrun started: NCCL between GPUs, Gloo between CPUs."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ProcessGroup()
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield ProcessGroup(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()

"""Process groups that train one network together, as `torchrun` starts them.

    torchrun --nproc-per-node 2 -m digitdraw train default

Knows nothing of what is trained."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from digitdraw.device import choose_device
from digitdraw.errors import TrainingError


@dataclass(frozen=True)
class ProcessGroup:
    """The rank of this process and the size of its group. By default a process is alone."""

    rank: int = 0
    size: int = 1

    def shard(self, batch: Tensor) -> Tensor:
        """Return this process's part of a batch. All parts have the same length."""
        whole = len(batch) - len(batch) % self.size
        return batch[self.rank : whole : self.size]

    def all_reduce(self, values: Tensor) -> Tensor:
        """Replace `values` with their sum over all processes, and return them."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def barrier(self) -> None:
        """Wait until all processes call this."""
        if self.size > 1:
            dist.barrier()

    def print(self, text: str) -> None:
        """Print a line in the first process only."""
        if self.rank == 0:
            print(text, flush=True)


def choose_own_device(wanted: str) -> tuple[torch.device, str]:
    """Return a device and a reason as `device.choose_device` does; each process has its own GPU.

    In a group, "auto" and "cuda" are the GPU whose number is the LOCAL_RANK that torchrun sets.
    Raises UnknownDeviceError; and TrainingError if there are fewer GPUs than processes."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", os.environ.get("WORLD_SIZE", "1")))
    is_cuda = wanted.startswith("cuda") or (wanted == "auto" and torch.cuda.is_available())
    if processes == 1 or not is_cuda:
        return choose_device(wanted)
    if ":" in wanted:
        raise TrainingError(
            f"--device {wanted} is one GPU, but {processes} processes need one each; "
            "--device cuda gives each process its own."
        )
    gpus = torch.cuda.device_count()
    if processes > gpus:
        raise TrainingError(
            f"{processes} processes need a GPU each, but this machine has {gpus}. "
            "Start fewer with --nproc-per-node, or use --device cpu."
        )
    device, reason = choose_device(f"cuda:{os.environ['LOCAL_RANK']}")
    torch.cuda.set_device(device)
    return device, reason


@contextmanager
def process_group(device: torch.device) -> Iterator[ProcessGroup]:
    """Join the processes that torchrun started: with NCCL on GPUs, with Gloo on CPUs."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ProcessGroup()
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield ProcessGroup(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()

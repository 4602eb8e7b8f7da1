"""Devices: which one a model runs on and why, and the way back to the CPU when a GPU fails."""

import copy
import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from digitdraw.errors import UnknownDeviceError

__all__ = ["CpuFallback", "choose_device"]

log = logging.getLogger(__name__)

T = TypeVar("T")

_KNOWN = "known are: auto, cpu, cuda, cuda:N."


def choose_device(wanted: str | torch.device = "auto") -> tuple[torch.device, str]:
    """Return a device that works, and the reason for the choice in a few words.

    `wanted` is "auto" (CUDA where it works, else the CPU), "cpu", "cuda", "cuda:N" or a
    torch.device. Raises UnknownDeviceError for a device that does not exist or does not work.
    """
    if wanted == "auto":
        trouble = _cuda_trouble(torch.device("cuda"))
        if trouble is None:
            return torch.device("cuda"), "CUDA, because it works here"
        return torch.device("cpu"), f"CPU, because {trouble}"
    try:
        device = torch.device(wanted)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UnknownDeviceError(f"There is no device {str(wanted)[:40]!r}; {_KNOWN}")
    if device.type == "cuda" and (trouble := _cuda_trouble(device)):
        raise UnknownDeviceError(
            f"The device {str(wanted)!r} does not work, because {trouble}; {_KNOWN}"
        )
    return device, f"{'CUDA' if device.type == 'cuda' else 'CPU'}, as asked for"


class CpuFallback:
    """Networks on a device, which move to the CPU once when the GPU fails.

    `device` and `note` say where the networks are now and why. Many threads may call `run`.
    """

    def __init__(self, networks: tuple[nn.Module, ...], device: torch.device, note: str) -> None:
        """Take over `networks`, in eval mode on the CPU, and move them to `device`."""
        self.device, self.note = device, note
        # A GPU that failed or is full can no longer be copied from, so the copy is made now.
        self._spare = copy.deepcopy(networks) if device.type != "cpu" else None
        self._networks = tuple(
            network.to(device, memory_format=torch.channels_last) for network in networks
        )
        self._lock = threading.Lock()

    def run(self, call: Callable[..., T]) -> T:
        """Return `call(*networks)`; on a RuntimeError of the GPU, call again on the CPU."""
        networks = self._networks
        try:
            return call(*networks)
        except RuntimeError as error:  # libraries raise different subclasses of it
            is_full = isinstance(error, torch.OutOfMemoryError)
            with self._lock:
                if networks is self._networks:  # else another thread has moved them already
                    if self._spare is None:
                        raise
                    self._move_to_cpu("the GPU's memory was full" if is_full else "the GPU failed")
        return self.run(call)

    def _move_to_cpu(self, reason: str) -> None:
        self._networks, self._spare = self._spare, None
        self.device = torch.device("cpu")
        self.note = f"CPU, because {reason}"
        log.warning("a model moved to the %s", self.note)


def _cuda_trouble(device: torch.device) -> str | None:
    """Return why `device` does not work, in a few words, or None where it works."""
    if not torch.cuda.is_available():
        return "there is no CUDA device"
    try:
        torch.zeros(1, device=device).add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0][:120]
    return None

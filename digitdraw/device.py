"""Chooses the device of a model, and moves models to the CPU when the GPU fails."""

import copy
import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from digitdraw.errors import UnknownDeviceError
from digitdraw.languages import Message

log = logging.getLogger(__name__)

T = TypeVar("T")
_KNOWN = "known are: auto, cpu, cuda, cuda:N."


def choose_device(wanted: str | torch.device = "auto") -> tuple[torch.device, str]:
    """Return a device that works, and a short reason for the choice.

    `wanted` is "auto" (CUDA if it works, else the CPU), "cpu", "cuda", "cuda:N" or a torch.device.
    Raises UnknownDeviceError if the device does not exist or does not work."""
    if wanted == "auto":
        failure = _cuda_failure(torch.device("cuda"))
        if failure is None:
            return torch.device("cuda"), Message("device.cuda_works")
        return torch.device("cpu"), Message("device.cpu_because", reason=failure)
    try:
        device = torch.device(wanted)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UnknownDeviceError(f"There is no device {str(wanted)[:40]!r}; {_KNOWN}")
    if device.type == "cuda" and (failure := _cuda_failure(device)):
        raise UnknownDeviceError(
            f"The device {str(wanted)!r} does not work, because {failure}; {_KNOWN}"
        )
    is_cuda = device.type == "cuda"
    return device, Message("device.cuda_requested" if is_cuda else "device.cpu_requested")


class CpuFallback:
    """Networks on a device. They move to the CPU, once and for good, if the GPU fails.

    `device` and `note` give the current device and the reason for it. Thread-safe."""

    def __init__(self, networks: tuple[nn.Module, ...], device: torch.device, note: str) -> None:
        """Take over `networks`, in eval mode on the CPU, and move them to `device`."""
        self.device, self.note = device, note
        # Nothing can be copied from a failed or full GPU, so the spare copy is made now.
        self._spare = copy.deepcopy(networks) if device.type != "cpu" else None
        for network in networks:
            network.to(device)
            network.to(memory_format=torch.channels_last)
        self._networks = networks
        self._lock = threading.Lock()

    def run(self, call: Callable[..., T]) -> T:
        """Return `call(*networks)`. If the GPU raises a RuntimeError, call again on the CPU."""
        networks = self._networks
        try:
            return call(*networks)
        except RuntimeError as error:  # libraries raise different subclasses of it
            is_full = isinstance(error, torch.OutOfMemoryError)
            with self._lock:
                if networks is self._networks:  # else another thread has already moved them
                    if self._spare is None:
                        raise
                    reason = Message("device.gpu_full" if is_full else "device.gpu_failed")
                    self._networks, self._spare = self._spare, None
                    self.device = torch.device("cpu")
                    self.note = Message("device.cpu_because", reason=reason)
                    log.warning("a model moved to the %s", self.note)
        return self.run(call)


def _cuda_failure(device: torch.device) -> str | None:
    """Return a short reason why `device` does not work, or None if it works."""
    if not torch.cuda.is_available():
        return Message("device.no_cuda")
    try:
        torch.zeros(1, device=device).add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0][:120]
    return None

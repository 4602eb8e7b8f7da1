"""What every kind of training must hold to."""

from collections.abc import Callable
from pathlib import Path

import torch

from digitdraw.training.trainer import Trainer


def resumed_beside_unbroken(start: Callable[[], Trainer], folder: Path) -> tuple[Trainer, Trainer]:
    """Three epochs, at once and with a break after the first, which end with the same weights."""
    unbroken, first, second = start(), start(), start()
    for _ in range(3):
        unbroken.one_epoch()
    first.one_epoch()
    first.store(folder / "checkpoint.pt")
    second.restore(folder / "checkpoint.pt")
    second.one_epoch()
    second.one_epoch()
    one, other = unbroken.result.state_dict(), second.result.state_dict()
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert second.seconds > first.seconds > 0
    return second, unbroken

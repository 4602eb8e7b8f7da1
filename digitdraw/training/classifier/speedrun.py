"""The speedrun, `digitdraw train --speedrun`: 99% of MNIST's validation digits in seconds.

One small network has one fixed short schedule, and is validated once, at the end, on the 5,000
validation digits. The time is from the first step to the last. It excludes loading the data,
building the network and one forward pass to warm up. The training is fast because of a stride of 2
in each layer, a one-cycle learning rate (Smith and Topin 2017, arXiv:1708.07120) and whole batches
that are shifted by a pixel (after KellerJordan/cifar10-airbench)."""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from digitdraw.models.layers import ConvNorm
from digitdraw.training import datasets

EPOCHS, BATCH, PEAK_RATE = 1.5, 128, 8e-3
_RISE = 0.25
"""Fraction of the training until the peak of the learning rate."""


@dataclass(frozen=True)
class Speedrun:
    """The seconds of a training, and its accuracy in [0, 1]."""

    seconds: float
    accuracy: float


def speedrun(root: Path, device: torch.device, seed: int = 0) -> Speedrun:
    """Train from scratch on the MNIST in `root`. Raises DataError."""
    torch.manual_seed(seed)
    x, y = _on(device, datasets.mnist(root, "train"))
    network = nn.Sequential(
        ConvNorm(1, 24, 5, stride=2, padding=2),
        ConvNorm(24, 48, 3, stride=2),
        ConvNorm(48, 96, 3, stride=2),
        nn.Flatten(),
        nn.Linear(96 * 4 * 4, 10),
    )
    network = network.to(device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, fused=device.type == "cuda")
    steps = max(1, int(len(x) * EPOCHS) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, steps, pct_start=_RISE)
    network(x[:2])  # the first pass chooses kernels
    _synchronize(device)
    started = time.perf_counter()
    network.train()
    order = torch.cat([torch.randperm(len(x), device=device) for _ in range(math.ceil(EPOCHS))])
    for index in order[: steps * BATCH].split(BATCH):
        shift = torch.randint(-1, 2, (2,)).tolist()
        loss = F.cross_entropy(network(x[index].roll(shift, (2, 3))), y[index])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    _synchronize(device)
    seconds = time.perf_counter() - started
    x, y = _on(device, datasets.mnist(root, "validation"))
    with torch.inference_mode():
        answers = torch.cat([network.eval()(part).argmax(1) for part in x.split(1000)])
    return Speedrun(seconds, (answers == y).float().mean().item())


def _on(device: torch.device, digits: datasets.Glyphs) -> tuple[Tensor, Tensor]:
    """Return normalized pixels (N, 1, 28, 28) float32 and labels (N,), on the device."""
    pixels = torch.from_numpy(digits.pixels).to(device).float().div(255)
    x = ((pixels - 0.1307) / 0.3081)[:, None].contiguous(memory_format=torch.channels_last)
    return x, torch.from_numpy(digits.labels).to(device)


def _synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)

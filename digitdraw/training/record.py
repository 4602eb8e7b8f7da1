"""The record of a training: what is needed to trust its weights, or to train them again."""

import argparse
import hashlib
import platform
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from digitdraw.models.weights import Weights
from digitdraw.training.trainer import Trainer

_NOT_RECORDED = {
    "model", "data", "dataset_cache", "explain", "force", "log", "out", "resume", "speedrun",
    "workers",
}  # fmt: skip
"""Options that do not change the weights, and the model, which is no option."""


def training_record(
    options: argparse.Namespace,
    trainer: Trainer,
    data_sha256: dict[str, str],
    started_from: Weights | None,
    averaged_with: Sequence[Weights],
    measured: dict[str, dict[str, float]],
) -> dict[str, Any]:
    """Return the record of a finished training, as JSON.

    `data_sha256` has the hashes of the training files by name. `measured` has the metrics of
    "validation" and of "test"."""
    on_gpu = trainer.device.type == "cuda"
    device = torch.cuda.get_device_name() if on_gpu else platform.processor()
    return {
        "model": options.model,
        "command": training_command(options),
        "seed": options.seed,
        "started_from_sha256": started_from and started_from.sha256,
        "recipe": asdict(trainer.recipe),
        "epochs": trainer.epochs,
        "examples_per_epoch": trainer.examples_per_epoch,
        "processes": trainer.group.size,
        "seconds": round(trainer.seconds),
        "device": device or platform.machine(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "data_sha256": data_sha256,
        "history": trainer.history,
        "averaged_with_sha256": [weights.sha256 for weights in averaged_with],
        **measured,
    }


def training_command(options: argparse.Namespace) -> str:
    """Return the command line that has the effect of these options."""
    words = ["digitdraw", "train", options.model]
    for option, value in _recorded(options).items():
        values = value if isinstance(value, list) else [] if value is True else [value]
        words += [option, *map(str, values)]
    return shlex.join(words)


def settings_to_resume(
    options: argparse.Namespace,
    trainer: Trainer,
    data_sha256: dict[str, str],
    started_from: Weights | None,
) -> dict[str, Any]:
    """Return all that a resumed training shares with its checkpoint, as plain values by name.

    If one of them differed, no record of one training would be true."""
    recorded = {**_recorded(options), "--epochs": trainer.epochs}
    recorded.pop("--device", None)  # "auto" may be the same device
    data = hashlib.sha256(repr(sorted(data_sha256.items())).encode()).hexdigest()
    return {
        **recorded,
        "the device": trainer.device.type,
        "the number of processes": trainer.group.size,
        "the SHA-256 of the training data": data[:12],
        "the SHA-256 of the first weights": started_from and started_from.sha256[:12],
        **{f"the recipe's {name}": value for name, value in asdict(trainer.recipe).items()},
    }


def _recorded(options: argparse.Namespace) -> dict[str, Any]:
    """Return the given options that change the weights, as they are written in a command."""
    return {
        f"--{key.replace('_', '-')}": value
        for key, value in vars(options).items()
        # `0 in (None, False)` is true in Python, and 0 is a seed.
        if key not in _NOT_RECORDED and value is not None and value is not False and value != []
    }

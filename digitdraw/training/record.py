"""The record of a training: what is needed to trust its weights, or to train them again."""

import argparse
import platform
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from digitdraw.models.weights import Weights
from digitdraw.training import datasets
from digitdraw.training.trainer import Trainer

_NOT_RECORDED = {"model", "dataset_cache", "data", "out", "resume", "workers"}
"""Options that do not change the weights, and the model, which is no option."""


def training_record(
    options: argparse.Namespace,
    trainer: Trainer,
    started_from: Weights | None,
    averaged_with: Sequence[Weights],
    validation: dict[str, float],
) -> dict[str, Any]:
    """Return the record of a finished training with its metrics of `validation`, as JSON."""
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
        "data_sha256": datasets.file_hashes(Path(options.data), trainer.recipe.mnist_only),
        "history": trainer.history,
        "averaged_with_sha256": [weights.sha256 for weights in averaged_with],
        "validation": validation,
    }


def training_command(options: argparse.Namespace) -> str:
    """Return the command line that has the effect of these options."""
    words = ["digitdraw", "train", options.model]
    for key, value in vars(options).items():
        if key not in _NOT_RECORDED and value not in (None, False, []):
            values = value if isinstance(value, list) else [] if value is True else [value]
            words += [f"--{key.replace('_', '-')}", *map(str, values)]
    return shlex.join(words)

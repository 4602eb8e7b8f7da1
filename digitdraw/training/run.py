"""Runs a training: epochs with validation and checkpoints, then weights, record and plots.

The last epoch is the result, never the best of many. Test sets are not used."""

import argparse
from pathlib import Path
from typing import Any

import torch

from digitdraw.device import choose_device
from digitdraw.models import weights
from digitdraw.models.weights import Weights
from digitdraw.training import charts, plots
from digitdraw.training.distributed import process_group
from digitdraw.training.recipes import recipe_for
from digitdraw.training.record import training_record
from digitdraw.training.tasks import TASKS, Validation
from digitdraw.training.trainer import Trainer


def train(options: argparse.Namespace) -> None:
    """Train a model with the options of the command `train`, and write the result.

    Raises DataError, UnknownModelError, UnknownDeviceError, BadWeightsError, TrainingError,
    OSError."""
    device, _ = choose_device(options.device)
    recipe = recipe_for(options.model, options.recipe)
    torch.backends.cudnn.deterministic = True
    with process_group(device) as group:
        task = TASKS[recipe.task](options, recipe, group)
        trainer, validation = task.trainer(device), task.validation()
        folder = Path(options.out)
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint = folder / f"{options.model}.checkpoint.pt"
        started_from = _start(options, trainer, checkpoint)
        averaged_with = [weights.load(options.model, Path(name)) for name in options.average_with]
        _train_epochs(trainer, validation, checkpoint)
        if averaged_with:
            trainer.average_with([loaded.network for loaded in averaged_with])
        if group.rank == 0:
            _write(options, trainer, validation, started_from, averaged_with)


def _start(options: argparse.Namespace, trainer: Trainer, checkpoint: Path) -> Weights | None:
    """Apply --start-from, --resume and --bfloat16. Returns the weights to start from, if any."""
    started_from = None
    if options.start_from:
        started_from = weights.load(options.model, Path(options.start_from))
        trainer.start_from(started_from.network)
    if options.resume and checkpoint.is_file():
        trainer.load_checkpoint(checkpoint)
    trainer.in_bfloat16 |= options.bfloat16
    if options.bfloat16 and trainer.device.type == "cpu" and not _has_bfloat16():
        trainer.group.print("This CPU has no bfloat16 instructions, so --bfloat16 is slower.")
    return started_from


def _has_bfloat16() -> bool:
    """Return False for an x86 CPU without bfloat16 instructions, as far as torch knows."""
    capabilities: dict = getattr(torch.cpu, "get_capabilities", dict)()
    if capabilities.get("architecture") != "x86_64":
        return True
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def _train_epochs(trainer: Trainer, validation: Validation, checkpoint: Path) -> None:
    """Train the remaining epochs. The first process validates and writes the checkpoint."""
    while trainer.epoch < trainer.epochs:
        trainer.train_epoch()
        if trainer.group.rank == 0:
            predictions: Any = validation.predict(trainer)
            trainer.history[-1].update(validation.measure(predictions))
            print(_epoch_line(trainer.history[-1]), flush=True)
            trainer.save_checkpoint(checkpoint)
        trainer.group.barrier()


def _write(
    options: argparse.Namespace,
    trainer: Trainer,
    validation: Validation,
    started_from: Weights | None,
    averaged_with: list[Weights],
) -> None:
    """Calibrate, and write weights, record, manifest and plots."""
    folder = Path(options.out)
    predictions: Any = validation.predict(trainer)
    measured = validation.measure(predictions)
    record = training_record(options, trainer, started_from, averaged_with, measured)
    calibration, figures = validation.calibrate(predictions)
    path = weights.save(options.model, trainer.result, calibration, record, folder)
    figures |= {"curves": charts.curves(trainer.history), "samples": trainer.samples()}
    for written in (path, *plots.write(folder, options.model, figures)):
        print(f"wrote {written}")


def _epoch_line(entry: dict[str, float]) -> str:
    parts = [
        f"{name} {value:.4f}" if "loss" in name else f"{name} {value:.2%}"
        for name, value in entry.items()
        if name != "epoch"
    ]
    return "  ".join([f"epoch {entry['epoch']}:", *parts])

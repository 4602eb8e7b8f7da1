"""Runs a training: epochs with validation and checkpoints, then weights, record and plots.

The last epoch is the result, never the best of many. Test digits are used once, after it."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from digitdraw.errors import TrainingError
from digitdraw.models import weights
from digitdraw.models.weights import Weights
from digitdraw.training import charts, plots
from digitdraw.training.classifier import walkthrough
from digitdraw.training.distributed import ProcessGroup, choose_own_device, process_group
from digitdraw.training.metric_log import Log, check_installed, metric_log
from digitdraw.training.recipes import RECIPES, recipe_for
from digitdraw.training.record import settings_to_resume, training_record
from digitdraw.training.tasks import TASKS, Task, Validation
from digitdraw.training.trainer import Trainer


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during the epochs of a training. The checkpoint after `epoch` is kept, if not 0."""

    def __init__(self, epoch: int, epochs: int) -> None:
        super().__init__()
        self.epoch, self.epochs = epoch, epochs


def train(options: argparse.Namespace) -> None:
    """Train a model with the options of the command `train`, and write the result.

    Raises DataError, UnknownModelError, UnknownDeviceError, BadWeightsError, TrainingError,
    OSError; and Interrupted after Ctrl-C."""
    check_installed(options.log)
    _check_output(options)
    device, reason = choose_own_device(options.device)
    recipe = recipe_for(options.model, options.recipe)
    torch.backends.cudnn.deterministic = True
    with process_group(device) as group:
        task = TASKS[recipe.task](options, recipe, group)
        trainer, validation = task.trainer(device), task.validation()
        Path(options.out).mkdir(parents=True, exist_ok=True)
        started_from = _start_from(options, trainer)
        averaged_with = [weights.load(options.model, Path(name)) for name in options.average_with]
        settings = settings_to_resume(options, trainer, task.data_sha256(), started_from)
        if options.resume:
            _resume(options, trainer, settings)
        group.print(_start_text(task, trainer, validation, reason))
        log = metric_log(options.log if group.rank == 0 else None, Path(options.out), options.model)
        try:
            with log as log_entry:
                _train_epochs(options, trainer, validation, settings, log_entry)
            if averaged_with:
                trainer.average_with([loaded.network for loaded in averaged_with])
            if group.rank == 0:
                _write(task, trainer, validation, started_from, averaged_with)
        except KeyboardInterrupt:
            raise Interrupted(trainer.saved_epoch, trainer.epochs) from None


def explain(options: argparse.Namespace) -> None:
    """Print the layers of a classifier, a batch, and one training step. Writes no file.

    The digits are those of MNIST, also for the models that learn from more. Raises DataError,
    UnknownDeviceError, BadWeightsError and TrainingError."""
    recipe = recipe_for(options.model, options.recipe)
    if recipe.task != "classifier":
        known = ", ".join(name for name, one in RECIPES.items() if one.task == "classifier")
        raise TrainingError(f"--explain is for {known}, not for {options.model}.")
    device, _ = choose_own_device(options.device)
    task = TASKS[recipe.task](options, replace(recipe, mnist_only=True), ProcessGroup())
    trainer: Any = task.trainer(device)
    _start_from(options, trainer)
    for line in walkthrough.explain(trainer):
        print(line)


def _checkpoint(options: argparse.Namespace) -> Path:
    return Path(options.out) / f"{options.model}.checkpoint.pt"


def _check_output(options: argparse.Namespace) -> None:
    """Refuse to overwrite another training without --force, and to resume where nothing is."""
    finished, checkpoint = Path(options.out) / f"{options.model}.pt", _checkpoint(options)
    if options.resume and not checkpoint.is_file():
        raise TrainingError(f"There is no {checkpoint} to resume; start without --resume.")
    if options.force:
        return
    if finished.is_file():
        done = "is finished; there is nothing to resume" if options.resume else "exists"
        raise TrainingError(
            f"{finished} {done}. --force replaces it; --out writes to another folder."
        )
    if checkpoint.is_file() and not options.resume:
        raise TrainingError(
            f"{checkpoint} is of a training that did not finish. --resume continues it; "
            "--force starts anew."
        )


def _start_from(options: argparse.Namespace, trainer: Trainer) -> Weights | None:
    """Apply --start-from and --bfloat16. Returns the weights to start from, if any."""
    started_from = None
    if options.start_from:
        started_from = weights.load(options.model, Path(options.start_from))
        trainer.start_from(started_from.network)
    trainer.in_bfloat16 |= options.bfloat16
    if options.bfloat16 and trainer.device.type == "cpu" and not _has_bfloat16():
        trainer.group.print("This CPU has no bfloat16 instructions, so --bfloat16 is slower.")
    return started_from


def _resume(options: argparse.Namespace, trainer: Trainer, settings: dict[str, Any]) -> None:
    trainer.load_checkpoint(_checkpoint(options), settings)
    finished = Path(options.out) / f"{options.model}.pt"
    if trainer.epoch >= trainer.epochs and finished.is_file():
        raise TrainingError(
            f"{finished} is finished: all {trainer.epochs} epochs are done. "
            "--force, without --resume, trains it anew."
        )


def _has_bfloat16() -> bool:
    """Return False for an x86 CPU without bfloat16 instructions, as far as torch knows."""
    capabilities: dict = getattr(torch.cpu, "get_capabilities", dict)()
    if capabilities.get("architecture") != "x86_64":
        return True
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def _train_epochs(
    options: argparse.Namespace,
    trainer: Trainer,
    validation: Validation,
    settings: dict[str, Any],
    log: Log,
) -> None:
    """Train the remaining epochs. The first process validates, and writes checkpoint and curves."""
    while trainer.epoch < trainer.epochs:
        before = trainer.seconds
        trainer.train_epoch()
        if trainer.group.rank == 0:
            predictions: Any = validation.predict(trainer)
            entry = trainer.history[-1]
            entry.update(validation.measure(predictions))
            seconds = _time_text(trainer.seconds - before)
            metrics = "  ".join(f"{name} {_number(name, entry[name])}" for name in list(entry)[1:])
            print(f"epoch {trainer.epoch}/{trainer.epochs}: {seconds}  {metrics}", flush=True)
            trainer.save_checkpoint(_checkpoint(options), settings)
            curves = {"curves": charts.curves(trainer.history)}
            plots.write(Path(options.out), options.model, curves)
            log(entry)
        trainer.group.barrier()


def _write(
    task: Task,
    trainer: Trainer,
    validation: Validation,
    started_from: Weights | None,
    averaged_with: list[Weights],
) -> None:
    """Test and calibrate, and write weights, record, manifest and plots."""
    options, folder = task.options, Path(task.options.out)
    predictions: Any = validation.predict(trainer)
    measured = {
        "validation": validation.measure(predictions),
        "test": task.test(trainer, validation),
    }
    print(f"trained in {_time_text(trainer.seconds)}")
    for split, metrics in measured.items():
        shown = {name: value for name, value in metrics.items() if "loss" not in name}
        if shown:
            text = ", ".join(f"{name} {_number(name, value)}" for name, value in shown.items())
            print(f"{split}: {text}")
    hashes = task.data_sha256()
    record = training_record(options, trainer, hashes, started_from, averaged_with, measured)
    calibration, figures = validation.calibrate(predictions)
    path = weights.save(
        options.model, trainer.result, calibration, record, folder, data=trainer.data
    )
    figures |= {"curves": charts.curves(trainer.history), "samples": trainer.samples()}
    paths = plots.write(folder, options.model, figures)
    print(f"wrote {path}, its record {options.model}.json, and {len(paths)} pictures beside them")


def _start_text(task: Task, trainer: Trainer, validation: Validation, reason: str) -> str:
    """Return what is trained, on which device, and on what, in one line each."""
    parameters = sum(parameter.numel() for parameter in trainer.network.parameters())
    recipe, design = trainer.recipe, trainer.design
    data = f"{trainer.examples_per_epoch:,} {task.examples} an epoch"
    return "\n".join(
        [
            f"device: {reason}",
            f"model: {design.name}, {design.summary}; {parameters:,} parameters",
            f"data: {trainer.data.dataset}; training: {data}; validation: {validation.count:,}",
            f"recipe: {trainer.epochs} epochs, batches of {recipe.batch_size:,}, "
            f"{recipe.optimizer}, learning rate {recipe.learning_rate:g}, loss: {recipe.loss}",
        ]
    )


def _number(name: str, value: float) -> str:
    return f"{value:.4f}" if "loss" in name else f"{value:.2%}"


def _time_text(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"

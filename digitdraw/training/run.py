"""The training script: `python -m digitdraw.train --model default`.

Trains on its recipe's digits, watches validation data only, and writes weights, record,
manifest and pictures. The last epoch is taken, never the best of many; the test sets are
`evaluate`'s. `torchrun --nproc-per-node N -m digitdraw.train` trains one model over N processes.
"""

import argparse
import platform
import shlex
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from digitdraw.device import choose_device
from digitdraw.errors import DataError, TrainingError
from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR
from digitdraw.training import datasets, distributed, plots
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.detector.trainer import DetectorTrainer
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import LineRecognizerTrainer
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import Recipe, recipe_for
from digitdraw.training.synthesis.sources import load_sources
from digitdraw.training.trainer import Trainer, trainer_for

__all__ = ["train"]

AnyValidation = ClassifierValidation | DetectorValidation | LineRecognizerValidation

_CORPUS_SEED = 0
"""Trainings differ by their seed in weights, order and variation; they may share glyphs. Strips,
which hold far fewer hands and papers, are made with the training's own seed."""


def train(options: argparse.Namespace) -> None:
    """Train as the options say.

    Raises DataError, UnknownModelError, UnknownDeviceError, BadWeightsError, TrainingError,
    OSError.
    """
    device, _ = choose_device(options.device)
    recipe = recipe_for(options.model, options.recipe)
    if options.more_strips and recipe.digits != "numbers":
        raise TrainingError(f"--more-strips is for the sequence reader alone, not {options.model}")
    torch.backends.cudnn.deterministic = True
    with distributed.process_group(device) as team:
        folder = Path(options.out)
        epochs = recipe.epochs if options.epochs is None else options.epochs
        trainer, validation = _training(options, recipe, epochs, device, team)
        checkpoint = folder / f"{options.model}.checkpoint.pt"
        folder.mkdir(parents=True, exist_ok=True)
        began_as = _begin(options, trainer, checkpoint)
        others = [weights.load(options.model, Path(each)) for each in options.average_with]
        answers = _run(trainer, validation, checkpoint, team)
        if others:
            trainer.average_with([each.network for each in others])
            answers = validation.logits(trainer.result, trainer.design, trainer.device)
        if team.rank == 0:
            record = _record(options, trainer, began_as)
            record |= {
                "averaged_with_sha256": [each.sha256 for each in others],
                "validation": validation.measure(answers, trainer.validation_loss),
            }
            _write(options, trainer, validation, answers, record)


def _begin(options: argparse.Namespace, trainer: Trainer, checkpoint: Path) -> str | None:
    """Put a training where it starts or goes on, computing as it is told to; returns the SHA-256 of
    the weights that it starts from, if any."""
    began_as = None
    if options.start_from:
        began_as = weights.load(options.model, Path(options.start_from))
        trainer.start_from(began_as.network)
    if options.resume and checkpoint.is_file():
        trainer.restore(checkpoint)
    trainer.in_bfloat16 |= options.bfloat16
    slower = options.bfloat16 and trainer.device.type == "cpu" and not _has_bfloat16()
    if slower and trainer.team.rank == 0:
        print("this CPU has no bfloat16 instructions: --bfloat16 makes it slower, not faster")
    return began_as and began_as.sha256


def _has_bfloat16() -> bool:
    """Whether this CPU computes in bfloat16 itself, as far as torch knows: of x86, by the newer."""
    can = getattr(torch.cpu, "get_capabilities", dict)()
    return can.get("architecture") != "x86_64" or any(map(can.get, ("avx512_bf16", "amx_bf16")))


def _training(
    options: argparse.Namespace,
    recipe: Recipe,
    epochs: int,
    device: torch.device,
    team: ProcessGroup,
) -> tuple[Trainer, AnyValidation]:
    """A training at its start, with all that it learns from, and what it is judged by."""
    root = Path(options.data)
    if recipe.digits == "pages":
        trainer = DetectorTrainer(options.model, recipe, epochs, options.seed, device, team)
        trainer.take(load_sources(root, "train"), options.share, options.workers)
        return trainer, DetectorValidation.load(root)
    if recipe.digits == "numbers":
        trainer = LineRecognizerTrainer(options.model, recipe, epochs, options.seed, device, team)
        trainer.take(_numbers(options, root), options.share, options.workers)
        return trainer, LineRecognizerValidation.load(root, _reader(options), options.workers)
    trainer = trainer_for(options.model, recipe, epochs, options.seed, device, team)
    trainer.take(_digits(options, recipe, root), options.share)
    return trainer, ClassifierValidation.load(root, recipe, options.workers)


def _digits(options: argparse.Namespace, recipe: Recipe, root: Path) -> dataset.GlyphDataset:
    if recipe.digits == "mnist":
        return dataset.mnist_only(root, recipe.validation)
    if not (root / "unipen-digits").is_dir():
        print(f"no unipen-digits/ in {root}: MNIST and fonts, and nothing that is no digit")
    make = partial(dataset.build, root, _CORPUS_SEED, options.variants, options.workers)
    return _kept(options, dataset.cached, make)


def _numbers(options: argparse.Namespace, root: Path) -> list[LineCrops]:
    others = [Path(each) for each in options.more_strips]
    gone = [str(each) for each in others if not each.is_file()]
    if gone:  # said before this training's own are made, which takes long
        raise DataError(f"--more-strips: no such file as {', '.join(gone)}")
    build = partial(line_crop_dataset.build, root, _reader(options), options.seed, options.workers)
    own = _kept(options, line_crop_dataset.cached, build)
    return line_crop_dataset.concatenate(
        [own, *(line_crop_dataset.cached(each, list) for each in others)]
    )


def _reader(options: argparse.Namespace) -> Path:
    """Where the reader is whose finds are learnt from: the one just trained, if there is one."""
    trained = Path(options.out)
    return trained if (trained / f"{DETECTOR.name}.json").is_file() else weights.FOLDER


def _kept(options: argparse.Namespace, keep: Callable, make: Callable[[], Any]) -> Any:
    """What `make` makes, or what `keep(path, make)` has kept of it where a file is named."""
    path = options.corpus and Path(options.corpus)
    there = path and path.is_file()
    print(f"taking {path}" if there else "making the training corpus ...", flush=True)
    return keep(path, make) if path else make()


def _run(
    trainer: Trainer, validation: AnyValidation, checkpoint: Path, team: ProcessGroup
) -> dict[str, Any]:
    """Train all epochs that remain; returns the answers to validation after the last."""
    answers = validation.logits(trainer.result, trainer.design, trainer.device)
    while trainer.epoch < trainer.epochs:
        trainer.one_epoch()
        if team.rank == 0:
            answers = validation.logits(trainer.result, trainer.design, trainer.device)
            trainer.history[-1].update(validation.measure(answers, trainer.validation_loss))
            _report(trainer.history[-1])
            trainer.store(checkpoint)
        team.wait()
    return answers


def _write(
    options: argparse.Namespace,
    trainer: Trainer,
    validation: AnyValidation,
    answers: dict[str, Any],
    record: dict[str, Any],
) -> None:
    """Weights, record, manifest, and the pictures of the training."""
    folder = Path(options.out)
    calibration, figures = validation.conclude(answers)
    path = weights.save(options.model, trainer.result, calibration, record, folder)
    print(f"wrote {path}")
    figures |= {"curves": plots.curves(trainer.history), "samples": trainer.samples()}
    for written in plots.write(folder, options.model, figures):
        print(f"wrote {written}")


def _report(entry: dict[str, float]) -> None:
    parts = [f"epoch {entry['epoch']}:"]
    for name, value in entry.items():
        if name != "epoch":
            parts.append(f"{name} {value:.4f}" if "loss" in name else f"{name} {value:.2%}")
    print("  ".join(parts), flush=True)


def _record(options: argparse.Namespace, trainer: Trainer, began_as: str | None) -> dict[str, Any]:
    """What a reader needs to trust the weights, or make them again."""
    on_gpu = trainer.device.type == "cuda"
    device = torch.cuda.get_device_name() if on_gpu else platform.processor()
    hidden = {"corpus", "data", "out", "resume", "workers"}
    arguments = [
        " ".join([f"--{key.replace('_', '-')}", *_said(value)])
        for key, value in vars(options).items()
        if key not in hidden and value not in (None, False, [])
    ]
    return {
        "model": options.model,
        "command": " ".join(["python -m digitdraw.train", *arguments]),
        "seed": options.seed,
        "started_from_sha256": began_as,
        "recipe": asdict(trainer.recipe),
        "epochs": trainer.epochs,
        "glyphs_per_epoch": sum(trainer.per_epoch),
        "processes": trainer.team.size,
        "seconds": round(trainer.seconds),
        "device": device or platform.machine(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "data_sha256": datasets.file_hashes(
            Path(options.data),
            drawn=trainer.recipe.digits != "mnist",
            scanned=trainer.recipe.digits != "mnist",
        ),
        "history": trainer.history,
    }


def _said(value: object) -> list[str]:
    """An option's value, or values, as they are written on a command line; none of a switch."""
    values = value if isinstance(value, list) else [] if value is True else [value]
    return [shlex.quote(str(each)) for each in values]

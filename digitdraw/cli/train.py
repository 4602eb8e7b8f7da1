"""The command `digitdraw train`: trains a model from a data folder."""

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from digitdraw.device import choose_device
from digitdraw.training.classifier import dataset, speedrun
from digitdraw.training.metric_log import LOGS
from digitdraw.training.recipes import RECIPES
from digitdraw.training.run import Interrupted, explain, train

_DESCRIPTION = """Train a model, and write its weights, record, plots and checkpoint.

examples:
  digitdraw train softmax --data data --explain    the layers and one step in numbers
  digitdraw train softmax --data data              MNIST is downloaded if it is missing
  digitdraw train cnn --data data --epochs 2 --out runs/short

docs/training.md describes data and recipes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.model is None and not options.speedrun:
        parser.error(f"NAME is missing; one of: {', '.join(sorted(RECIPES))}")
    try:
        if options.speedrun:
            _speedrun(options)
        elif options.explain:
            explain(options)
        else:
            train(options)
    except KeyboardInterrupt as stopped:
        print(f"\nstopped: {_kept(stopped, options, arguments)}")
        return 130
    return 0


def _kept(
    stopped: KeyboardInterrupt, options: argparse.Namespace, arguments: Sequence[str] | None
) -> str:
    """Return what a stopped command has kept, and how to continue."""
    if not isinstance(stopped, Interrupted) or not stopped.epoch:
        return "no epoch was finished, so nothing was kept and nothing was replaced"
    given = list(arguments or [])
    command = shlex.join(["digitdraw", "train", *given, *(["--resume"] * (not options.resume))])
    return (
        f"the checkpoint after epoch {stopped.epoch} of {stopped.epochs} is kept in {options.out}. "
        f"To continue: {command}"
    )


def _speedrun(options: argparse.Namespace) -> None:
    device, _ = choose_device(options.device)
    run = speedrun.speedrun(Path(options.data), device, options.seed)
    print(f"{run.seconds:.1f} s to {run.accuracy:.2%} of MNIST's validation digits on {device}")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return value


def _fraction(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not more than 0 and at most 1")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw train",
        usage="digitdraw train NAME [--data FOLDER] [--out FOLDER] [options]",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = sorted(RECIPES)
    parser.add_argument("model", nargs="?", metavar="NAME", choices=names, help=", ".join(names))
    add = parser.add_argument_group("training").add_argument
    add("--data", default="data", metavar="FOLDER",
        help="folder of MNIST/ and others (default: data)")  # fmt: skip
    add("--epochs", type=_positive, metavar="N",
        help="passes over the training set (default: that of the recipe)")  # fmt: skip
    add("--out", default="runs", metavar="FOLDER", help="folder for the result (default: runs)")
    add("--explain", action="store_true",
        help="print the layers, a batch and one step in numbers, and write nothing")  # fmt: skip
    add("--resume", action="store_true", help="continue from the checkpoint in --out")
    add("--force", action="store_true", help="replace the weights or the checkpoint in --out")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--speedrun", action="store_true", help="time a short training on MNIST; needs no NAME")
    add = parser.add_argument_group("advanced training").add_argument
    add("--recipe", help="another recipe of the model: from-scratch has `source`")
    add("--seed", type=int, default=0, help="seed of all random numbers (default: 0)")
    add("--start-from", metavar="FOLDER", help="start from the weights of the model in a folder")
    add("--average-with", nargs="*", default=[], metavar="FOLDER",
        help="average the result with the weights in these folders")  # fmt: skip
    add("--bfloat16", action="store_true", help="compute in bfloat16 on a CPU, too")
    add("--log", choices=LOGS, help="log each epoch to tensorboard or trackio, if installed")
    add = parser.add_argument_group("advanced data").add_argument
    add("--fraction", type=_fraction, default=1.0, metavar="F",
        help="use this fraction of an epoch's examples, more than 0 and at most 1")  # fmt: skip
    add("--variants", type=_positive, default=dataset.VARIANTS, metavar="N",
        help="variants of each drawing")  # fmt: skip
    add("--dataset-cache", metavar="FILE", help="file that keeps the generated dataset")
    add("--add-line-crops", nargs="*", default=[], metavar="FILE",
        help="add the line crops that other trainings cached")  # fmt: skip
    add("--workers", type=int, default=os.cpu_count() or 1, metavar="N",
        help="number of processes that prepare data")  # fmt: skip
    return parser

"""The command `digitdraw train`: trains a model from a data folder."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from digitdraw.device import choose_device
from digitdraw.training.classifier import dataset, speedrun
from digitdraw.training.recipes import RECIPES
from digitdraw.training.run import train

_DESCRIPTION = """Train a model, and write its weights, record, plots and checkpoint.
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
        else:
            train(options)
    except KeyboardInterrupt:
        print("\nstopped; the same command with --resume continues after the last epoch")
        return 130
    return 0


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
    parser = argparse.ArgumentParser("digitdraw train", description=_DESCRIPTION)
    names = sorted(RECIPES)
    parser.add_argument("model", nargs="?", metavar="NAME", choices=names, help=", ".join(names))
    add = parser.add_argument_group("training").add_argument
    add("--recipe", help="another recipe of the model: from-scratch has `source`")
    add("--epochs", type=_positive, help="number of epochs (default: that of the recipe)")
    add("--seed", type=int, default=0, help="seed of all random numbers (default: 0)")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--bfloat16", action="store_true", help="compute in bfloat16 on a CPU, too")
    add("--start-from", metavar="FOLDER", help="start from the weights of the model in a folder")
    add("--average-with", nargs="*", default=[], metavar="FOLDER",
        help="average the result with the weights in these folders")  # fmt: skip
    add("--resume", action="store_true", help="continue from the checkpoint in --out")
    add("--speedrun", action="store_true", help="time a short training on MNIST; needs no NAME")
    add = parser.add_argument_group("data").add_argument
    add("--data", default="data", metavar="FOLDER", help="folder of MNIST/ and others")
    add("--dataset", metavar="NAME_OR_FOLDER",
        help="train a classifier on mnist, fashion-mnist, kmnist, emnist-letters, a folder of "
             "pictures, or labels.jsonl (default: the data of the recipe)")  # fmt: skip
    add("--fraction", type=_fraction, default=1.0, help="fraction of an epoch's examples to use")
    add("--variants", type=_positive, default=dataset.VARIANTS, help="variants of each drawing")
    add("--dataset-cache", metavar="FILE", help="file that keeps the generated dataset")
    add("--add-line-crops", nargs="*", default=[], metavar="FILE",
        help="add the line crops that other trainings cached")  # fmt: skip
    add("--workers", type=int, default=os.cpu_count() or 1, help="number of processes")
    add = parser.add_argument_group("output").add_argument
    add("--out", default="runs", metavar="FOLDER", help="folder for the result (default: runs)")
    return parser

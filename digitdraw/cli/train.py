"""cli.train."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from digitdraw.device import choose_device
from digitdraw.errors import DigitDrawError
from digitdraw.training.classifier import dataset, speedrun
from digitdraw.training.recipes import RECIPES
from digitdraw.training.run import train

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.speedrun:
            _speedrun(options)
        else:
            train(options)
    except DigitDrawError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write to {options.out}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command with --resume goes on from the last epoch")
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw.train", description=__doc__)
    add = parser.add_argument
    add("--model", default="default", choices=sorted(RECIPES), help="which model to train")
    add("--recipe", help="another recipe of the model's: from-scratch has `source`")
    add("--epochs", type=_positive, help="how many epochs; the recipe's number by default")
    add("--seed", type=int, default=0, help="seed of everything random")
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/, ...")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add("--bfloat16", action="store_true", help="on a CPU, too: faster where it can (AVX512-BF16)")
    add("--out", default="runs", help="folder for weights, record, pictures and checkpoint")
    add("--start-from", help="folder with weights of the model to start from, instead of chance")
    add("--average-with", nargs="*", default=[], help="folders of weights to average the last with")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    add("--speedrun", action="store_true", help="see how fast 99%% can be had; writes nothing")
    add("--share", type=float, default=1.0, help="share of the glyphs to take for each epoch")
    add("--corpus", help="file to keep glyphs or strips in, or to take them from if it is there")
    add("--more-strips", nargs="*", default=[], help="files of other trainings' strips to add")
    add("--variants", type=int, default=dataset.VARIANTS, help="variations of each drawing")
    add("--workers", type=int, default=os.cpu_count() or 1, help="processes that make glyphs")
    return parser

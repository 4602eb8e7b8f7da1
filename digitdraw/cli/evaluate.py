"""cli.evaluate."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.training.evaluation.evaluate import _show, _tables
from digitdraw.training.evaluation.test_sets import EvaluationSets

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns its exit status."""
    options = _parser().parse_args(arguments)
    folders = [Path(folder) for folder in options.weights]
    try:
        cases = EvaluationSets.load(Path(options.data))
        if options.show:
            _show(options, folders[0], cases)
        else:
            _tables(options, folders, cases)
    except (DigitDrawError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw.evaluate", description=__doc__)
    add = parser.add_argument
    add("weights", nargs="*", default=[str(weights.FOLDER)], help="folders, one a seed")
    add("--model", action="append", help="only this model; may be given several times")
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add("--write", action="store_true", help="write the figures beside the first weights")
    add("--show", type=int, default=0, metavar="N", help="draw N test examples with their bars")
    return parser

"""The command `digitdraw evaluate`: evaluates classifiers on the test sets of a data folder."""

import argparse
from collections.abc import Sequence

from digitdraw.models import weights
from digitdraw.training.evaluation.evaluate import evaluate_folders, plot_examples

_DESCRIPTION = """Print accuracy, rejections, calibration and speed on the test sets. With
several folders, one for each seed, it prints means and ranges."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    if options.show:
        plot_examples(options)
    else:
        evaluate_folders(options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("digitdraw evaluate", description=_DESCRIPTION)
    add = parser.add_argument
    add("folders", nargs="*", default=[str(weights.FOLDER)], metavar="FOLDER",
        help="folders of weights (default: those that come with digitdraw)")  # fmt: skip
    add("--data", default="data", metavar="FOLDER", help="data folder (default: data)")
    add("--model", action="append", metavar="NAME", help="only this model; may be repeated")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--write", action="store_true", help="store the results, and update README and model card")
    add("--show", type=int, default=0, metavar="N", help="plot N test examples instead")
    return parser

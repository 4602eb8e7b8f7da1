"""The command `digitdraw evaluate`: evaluates classifiers on the test sets of a data folder."""

import argparse
from collections.abc import Sequence

from digitdraw.models import weights
from digitdraw.training.evaluation.evaluate import evaluate_folders

_DESCRIPTION = """Print accuracy, rejections, calibration and speed on the test sets that the data
folder has. With several folders, one for each seed, it prints means and ranges."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and (options.show or options.only or options.dataset):
        parser.error("--write stores a complete evaluation: not with --show, --only or --dataset")
    if options.only and (options.show or options.dataset):
        parser.error("--only names test sets of digits: not with --show or --dataset")
    if options.show:
        # Plots need matplotlib, whose import is slow.
        from digitdraw.training.evaluation.examples import plot_examples

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
    add("--only", action="append", metavar="SET",
        help='only this test set, for example "MNIST test"; may be repeated')  # fmt: skip
    add("--dataset", metavar="NAME", help="evaluate on the test split of this data set instead: "
        "mnist, fashion-mnist, kmnist, emnist-letters, or a folder or file of labels")  # fmt: skip
    add("--show", type=_count, default=0, metavar="N", help="plot N random test examples instead")
    add("--out", metavar="FILE", help="picture of --show (default: MODEL.examples.png)")
    add("--seed", type=int, metavar="N", help="seed of --show, for the same examples again")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--write", action="store_true", help="store the results, and update README and model card")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of examples")
    return int(text)

"""cli.calibrate."""

import argparse
import copy
import itertools
import sys
from dataclasses import replace
from pathlib import Path

import torch

from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader
from digitdraw.training import photo_calibration
from digitdraw.training.photo_calibration import _kinds, _report, count_errors, score_pages

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser("python -m digitdraw.reading_validation", description=__doc__)
    parser.add_argument("--data", default="data", help="folder of MNIST/, unipen-digits/, ...")
    parser.add_argument("--weights", default=str(weights.FOLDER), help="reader and sequence")
    parser.add_argument("--write", action="store_true", help="put the weighing into the manifest")
    options = parser.parse_args(arguments)
    try:
        folder = Path(options.weights)
        kinds = _kinds(Path(options.data))
        found_by, read_by = (
            weights.load(DETECTOR.name, folder),
            weights.load(LINE_RECOGNIZER.name, folder),
        )
        told_by = weights.load(GLYPH_CLASSIFIER)
        judged = score_pages(list(itertools.chain(*kinds.values())), found_by, read_by, told_by)
        calibration = photo_calibration.fit_photo_reader(**vars(judged))
        _report(calibration, judged)
        for name, used in (("as it was", read_by.calibration), ("weighed", calibration)):
            copies = copy.deepcopy((found_by, replace(read_by, calibration=used), told_by))
            reader = PhotoReader(*copies, torch.device("cpu"))
            for kind, pages in kinds.items():
                print(
                    f"{name}, {len(pages)} {kind}: {dict(count_errors(pages, reader))}", flush=True
                )
        if options.write:
            weights.recalibrate(LINE_RECOGNIZER.name, calibration, folder)
    except DigitDrawError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0

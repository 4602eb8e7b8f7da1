"""The command `digitdraw calibrate`: fits how the photo reader fuses its networks."""

import argparse
import copy
import itertools
import sys
from dataclasses import replace
from pathlib import Path

import torch

from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER
from digitdraw.photo.fusion import fuse_scores
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader
from digitdraw.training import metrics
from digitdraw.training.photo_calibration import (
    ScoredDigits,
    count_errors,
    fit_photo_reader,
    score_pages,
    validation_pages,
)

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        _calibrate(Path(options.data), Path(options.weights), options.write)
    except DigitDrawError as error:
        print(f"digitdraw: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw calibrate",
        description="Weigh the three networks of the photo reader on validation data, and choose "
        "its thresholds. Print how well it reads before and after.",
    )
    parser.add_argument(
        "--data", default="data", metavar="DIR", help="folder with MNIST/, unipen-digits/, ..."
    )
    parser.add_argument(
        "--weights",
        default=str(weights.FOLDER),
        metavar="DIR",
        help="folder with the detector and the line recognizer",
    )
    parser.add_argument(
        "--write", action="store_true", help="write the calibration into the manifest"
    )
    return parser


def _calibrate(data: Path, folder: Path, write: bool) -> None:
    kinds = validation_pages(data)
    detector = weights.load(DETECTOR.name, folder)
    line_recognizer = weights.load(LINE_RECOGNIZER.name, folder)
    classifier = weights.load(GLYPH_CLASSIFIER)
    pages = list(itertools.chain(*kinds.values()))
    scored = score_pages(pages, detector, line_recognizer, classifier)
    fitted = fit_photo_reader(scored)
    _report(scored, fitted)
    for name, used in (("before", line_recognizer.calibration), ("fitted", fitted)):
        recognizer = replace(line_recognizer, calibration=used)
        copies = copy.deepcopy((detector, recognizer, classifier))
        reader = PhotoReader(*copies, torch.device("cpu"))
        for kind, some in kinds.items():
            print(f"{name}, {len(some)} {kind}: {dict(count_errors(some, reader))}", flush=True)
    if write:
        weights.recalibrate(LINE_RECOGNIZER.name, fitted, folder)


def _report(scored: ScoredDigits, calibration: PhotoCalibration) -> None:
    """Print how well each network alone, and all together, tell digits from others and apart."""
    is_digit = scored.labels >= 0
    fused_logits, fused_digitness = fuse_scores(
        scored.ctc_logits,
        scored.detector_logits,
        scored.classifier_logits,
        scored.features,
        calibration,
    )
    for name, digitness in (
        ("line recognizer", scored.ctc_logits[:, 10]),
        ("detector", scored.features[:, 0]),
        ("fused", fused_digitness),
    ):
        area = metrics.auroc(digitness[is_digit], digitness[~is_digit])
        print(f"AUROC of digits against non-digits, {name}: {area:.1%}")
    for name, logits in (
        ("line recognizer", scored.ctc_logits[:, :10]),
        ("detector", scored.detector_logits),
        ("classifier", scored.classifier_logits),
        ("fused", fused_logits),
    ):
        accuracy = metrics.accuracy(logits[is_digit], scored.labels[is_digit])
        print(f"accuracy on digits, {name}: {accuracy:.1%}")
    print(f"{is_digit.sum()} digits and {(~is_digit).sum()} non-digits: {calibration}")

"""The command `digitdraw calibrate`: fits how the photo reader fuses its networks."""

import argparse
import copy
import itertools
from dataclasses import replace
from pathlib import Path

import torch

from digitdraw.models import weights
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER
from digitdraw.photo.fusion import fuse_scores
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader
from digitdraw.training import metrics, photo_calibration


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    _calibrate(Path(options.data), Path(options.weights), options.write)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw calibrate",
        description="Weigh the three networks of the photo reader on validation data, and choose "
        "its thresholds. Print how well it reads before and after.",
    )
    add = parser.add_argument
    add("--data", default="data", metavar="DIR", help="folder with MNIST/, unipen-digits/, ...")
    add("--weights", default=weights.FOLDER, metavar="DIR", help="folder with the networks")
    add("--write", action="store_true", help="write the calibration into the manifest")
    return parser


def _calibrate(data: Path, folder: Path, write: bool) -> None:
    kinds = photo_calibration.validation_pages(data)
    detector = weights.load(DETECTOR.name, folder)
    line_recognizer = weights.load(LINE_RECOGNIZER.name, folder)
    classifier = weights.load(GLYPH_CLASSIFIER)
    every_page = list(itertools.chain(*kinds.values()))
    scored = photo_calibration.score_pages(every_page, detector, line_recognizer, classifier)
    fitted = photo_calibration.fit_photo_reader(scored)
    _print_scores(scored, fitted)
    for name, used in (("before", line_recognizer.calibration), ("fitted", fitted)):
        networks = detector, replace(line_recognizer, calibration=used), classifier
        reader = PhotoReader(*copy.deepcopy(networks), torch.device("cpu"))
        for kind, pages in kinds.items():
            errors = dict(photo_calibration.count_errors(pages, reader))
            print(f"{name}, {len(pages)} {kind}: {errors}", flush=True)
    if write:
        weights.recalibrate(LINE_RECOGNIZER.name, fitted, folder)


def _print_scores(scored: photo_calibration.ScoredDigits, calibration: PhotoCalibration) -> None:
    """Print how well each network alone, and all together, tell digits from others and apart."""
    is_digit = scored.labels >= 0
    ctc, detector, classifier = scored.ctc_logits, scored.detector_logits, scored.classifier_logits
    fused, fused_digitness = fuse_scores(ctc, detector, classifier, scored.features, calibration)
    digitness = {
        "line recognizer": ctc[:, 10],
        "detector": scored.features[:, 0],
        "fused": fused_digitness,
    }
    for name, logit in digitness.items():
        area = metrics.auroc(logit[is_digit], logit[~is_digit])
        print(f"AUROC of digits against non-digits, {name}: {area:.1%}")
    digits = {"line recognizer": ctc[:, :10], "detector": detector, "classifier": classifier}
    for name, logits in {**digits, "fused": fused}.items():
        accuracy = metrics.accuracy(logits[is_digit], scored.labels[is_digit])
        print(f"accuracy on digits, {name}: {accuracy:.1%}")
    print(f"{is_digit.sum()} digits and {(~is_digit).sum()} non-digits: {calibration}")

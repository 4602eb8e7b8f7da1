"""The command `digitdraw calibrate`: fits how the photo reader fuses its networks."""

import argparse
import itertools
from pathlib import Path

from digitdraw.models import weights
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER
from digitdraw.photo.reader import GLYPH_CLASSIFIER, prepare_networks
from digitdraw.training import photo_calibration
from digitdraw.training.photo_calibration import ReadPage


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    _calibrate(Path(options.data), Path(options.weights), options.write)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw calibrate",
        description="Weigh the networks of the photo reader on validation data, and choose the "
        "least confidence of a number. Print how well it reads before and after.",
    )
    add = parser.add_argument
    add("--data", default="data", metavar="DIR", help="folder with MNIST/, unipen-digits/, ...")
    add("--weights", default=weights.FOLDER, metavar="DIR", help="folder with the networks")
    add("--write", action="store_true", help="write the calibration into the manifest")
    return parser


def _calibrate(data: Path, folder: Path, write: bool) -> None:
    line_recognizer = weights.load(LINE_RECOGNIZER.name, folder)
    before = PhotoCalibration(**vars(line_recognizer.calibration))
    networks = prepare_networks(
        weights.load(DETECTOR.name, folder), line_recognizer, weights.load(GLYPH_CLASSIFIER)
    )
    kinds = {
        kind: [ReadPage.of(page, networks, kind) for page in pages]
        for kind, pages in photo_calibration.validation_pages(data).items()
    }
    fitted = photo_calibration.fit(list(itertools.chain(*kinds.values())))
    print(fitted)
    for name, calibration in (("before", before), ("fitted", fitted)):
        for kind, pages in kinds.items():
            errors = dict(photo_calibration.count_errors(pages, calibration))
            print(f"{name}, {len(pages)} {kind}: {errors}", flush=True)
    if write:
        weights.recalibrate(LINE_RECOGNIZER.name, fitted, folder)

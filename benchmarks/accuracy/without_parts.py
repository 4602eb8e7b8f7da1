"""Reads pictures without one part of the photo reader after another: what does each part help?

    python benchmarks/accuracy/without_parts.py --data DIR --part validation --count 60

Sets, measures and options are those of `read_photos`. Each part is replaced by what does nothing.
A part that does not help by half a point on some set should go.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
import torch

from benchmarks.accuracy.read_photos import add_set_options, report, test_sets
from benchmarks.accuracy.readers import Answer, Reader, digitdraw_reader
from benchmarks.accuracy.scoring import measure
from digitdraw.photo import detection, fusion, numbers, pipeline, priors, reader

__all__ = ["PARTS", "without"]


def _same(detections: detection.Detections, *_: np.ndarray) -> detection.Detections:
    return detections


def _no_classifier(row: pipeline.Row, calibration: fusion.PhotoCalibration) -> list:
    return _WITH_CLASSIFIER(row, replace(calibration, classifier_weight=0.0))


def _each_row_alone(texts: Sequence[str]) -> list:
    return [numbers.number_spans(text) for text in texts]


_WITH_CLASSIFIER = fusion.find_numbers
PARTS: dict[str, tuple[object, str, object]] = {
    "merged halves": (pipeline, "merge_split_digits", _same),
    "boxes that span lines": (pipeline, "drop_spanning", _same),
    "commas": (pipeline, "drop_commas", _same),
    "expansion to ink": (pipeline, "expand_to_ink", _same),
    "drop of merged digits": (detection, "drop_merged", _same),
    "classifier": (reader, "find_numbers", _no_classifier),
    "covered rows": (pipeline, "_covering_rows", lambda rows, *_: np.arange(len(rows))),
    "spaces in wide gaps": (priors, "SPACE_LOG_ODDS", 0.0),
    "doubt of points": (priors, "POINT_LOG_ODDS", 0.0),
    "doubt of slashes": (priors, "SLASH_LOG_ODDS", 0.0),
    "sums of whole lines": (numbers, "row_spans", _each_row_alone),
    "single digit": (reader, "read_single_digit", lambda *_: None),
    "turns": (reader.PhotoReader, "_upright", lambda self, page: page),
}
"""The parts: in which module or class, under which name, and what stands in for each."""


def without(read: Reader, *names: str) -> Reader:
    """Return a reader that reads as `read`, without the PARTS of these names."""

    def answer(picture: np.ndarray) -> Answer:
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(mock.patch.object(*PARTS[name]))
            return read(picture)

    return answer


def main() -> None:
    """Ask all readers about all sets and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_set_options(parser)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--together", action="store_true", help="also without all of them")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    read = digitdraw_reader(options.weights)
    readers = {"all parts": read, **{f"no {name}": without(read, name) for name in options.parts}}
    if options.together:
        readers["none of them"] = without(read, *options.parts)
    sets = test_sets(options)
    report(
        {
            name: {set_name: measure(reader, photos) for set_name, photos in sets.items()}
            for name, reader in readers.items()
        }
    )


if __name__ == "__main__":
    main()

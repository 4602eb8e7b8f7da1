"""Turns pictures by quarters and counts how many of them the photo reader turns back.

    python benchmarks/accuracy/turned_pages.py --data DIR --part validation --written 60

Sets and options are those of `read_photos`. Pictures without numbers should stay as they are. Those
of one or two numbers are counted apart: `6` and `9` read well either way.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
import torch

from benchmarks.accuracy.read_photos import add_set_options, test_sets
from benchmarks.accuracy.readers import load_photo_reader
from benchmarks.photo_dataset.dataset import Photo
from digitdraw.photo.reader import PhotoReader

__all__ = ["count_turned", "kind"]

PAGE = 3
"""Least count of numbers of a page."""


def kind(photo: Photo) -> str:
    """Return what a picture is by its count of numbers."""
    if not photo.numbers:
        return "no numbers"
    return "page" if len(photo.numbers) >= PAGE else "one or two numbers"


def count_turned(reader: PhotoReader, photos: Sequence[Photo]) -> tuple[Counter, Counter]:
    """Read pictures in four directions. Return the counts of those in the right one, and of all,
    by kind and by whether they were given "upright" or "turned"."""
    right: Counter = Counter()
    count: Counter = Counter()
    for photo in photos:
        for quarters in range(4):
            reading = reader.read(np.ascontiguousarray(np.rot90(photo.picture, quarters)))
            wanted = 90 * quarters if photo.numbers else 0
            key = kind(photo), "turned" if quarters else "upright"
            count[key] += 1
            right[key] += reading.turned == wanted
    return right, count


def main() -> None:
    """Print a line for each set, kind and direction."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_set_options(parser)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    reader = load_photo_reader(options.weights)
    for name, photos in test_sets(options).items():
        right, count = count_turned(reader, photos)
        for key in sorted(count):
            kind_name, given = key
            share = right[key] / count[key]
            print(f"{name}: {kind_name}, {given}: {right[key]} of {count[key]}, {share:.1%}")


if __name__ == "__main__":
    main()

"""Measures how many generated photos could be read if every digit were detected and clean.

    python benchmarks/accuracy/photo_ceiling.py --data DIR [--part validation] [--count 190]

The classifier `default` reads each digit of the photos of `read_photos.py` alone, as the strokes
that the photo is made from: no paper, no light, no neighbours. Its errors come from the
handwriting. Errors that a photo reader makes beyond these come from the photo.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch

import digitdraw
from benchmarks.photo_dataset import dataset
from benchmarks.photo_dataset.texts import random_rows, short_number
from benchmarks.photo_dataset.writers import PARTS, Writers
from benchmarks.photo_dataset.writing import Mark
from digitdraw.preprocessing import strokes

SETS = {
    "photos": (random_rows, False),
    "one or two digits": (short_number, False),
    "handwriting fonts": (random_rows, True),
}
"""By set: the function that chooses the numbers, and whether the digits come from fonts."""


def written_digits(
    writers: Writers, make_rows: Callable, count: int, seed: int
) -> Iterator[list[Mark]]:
    """Yield the digits of each photo, as they are written."""
    for index in range(count):
        page = dataset.write_page(writers, dataset.photo_rng(seed, index), index, make_rows)
        yield [mark for mark in page.marks if mark.label is not None]


def count_errors(recognizer: digitdraw.Recognizer, marks: list[Mark]) -> int:
    """Return how many of these digits are misread."""
    glyphs = np.stack([strokes.to_glyph(mark.strokes) for mark in marks])
    answers = [prediction.ranking[0] for prediction in recognizer.predict_batch(glyphs)]
    return sum(digit != mark.label for digit, mark in zip(answers, marks, strict=True))


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder")
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--count", type=int, default=190, help="photos of each set")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    print("| single digits, as strokes | photos correct | digits | errors |\n|---|---|---|---|")
    for name, (make_rows, are_fonts) in SETS.items():
        writers = Writers(options.data, options.part, are_fonts)
        counts: Counter = Counter()
        for marks in written_digits(writers, make_rows, options.count, options.seed):
            errors = count_errors(recognizer, marks)
            counts.update(photos_correct=errors == 0, digits=len(marks), errors=errors)
        cells = [f"{counts['photos_correct'] / options.count:.1%}", f"{counts['digits']:,}"]
        cells.append(f"{counts['errors'] / counts['digits']:.2%}")
        print(f"| {options.count} {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

"""How many made photos could be read, were every digit found and all of its ink clean.

    python benchmarks/photo_ceiling.py --data DIR [--part validation] [--count 190]

The digits of the very photos of `read_photos.py`, each by itself and as the strokes that the photo
is made from: no paper, no light, no neighbour. `default` reads them as it reads drawings. What
it misreads so is the hand's; what a reader of photos misreads besides is the photo's.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

import digitdraw
from benchmarks.photo_dataset import dataset as photos
from benchmarks.photo_dataset.people import PARTS, People
from benchmarks.photo_dataset.texts import one_short, texts
from benchmarks.photo_dataset.writing import Mark
from digitdraw.preprocessing import strokes

SETS = {
    "photos": (texts, False),
    "one or two digits": (one_short, False),
    "handwriting fonts": (texts, True),
}
"""What is written on the photos of a set, and whether fonts are the hands."""


def digits_of(people: People, what: Callable, count: int, seed: int) -> Iterator[list[Mark]]:
    """The digits of each photo, as they are written."""
    for index in range(count):
        written = photos.writing(people, photos.generator(seed, index), index, what)
        yield [mark for mark in written.marks if mark.label is not None]


def read(recognizer: digitdraw.Recognizer, marks: list[Mark]) -> int:
    """How many of these digits are misread."""
    glyphs = np.stack([strokes.to_glyph(mark.strokes) for mark in marks])
    said = [prediction.ranking[0] for prediction in recognizer.predict_batch(glyphs)]
    return sum(digit != mark.label for digit, mark in zip(said, marks, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--count", type=int, default=190, help="photos of each set")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    print("| digits by themselves, as strokes | photos right | digits | wrong |\n|---|---|---|---|")
    for name, (what, are_fonts) in SETS.items():
        people = People(options.data, options.part, are_fonts)
        counts: Counter = Counter()
        for marks in digits_of(people, what, options.count, options.seed):
            wrong = read(recognizer, marks)
            counts.update(right=wrong == 0, digits=len(marks), wrong=wrong)
        cells = [f"{counts['right'] / options.count:.1%}", f"{counts['digits']:,}"]
        cells.append(f"{counts['wrong'] / counts['digits']:.2%}")
        print(f"| {options.count} {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

"""Makes the example photos of the page's Photo tab: `python benchmarks/example_photos.py`.

Photos as `photos.py` makes them, but written by training writers, so that the page shows nothing
that the readers are measured on. What is written, on what, and the seed are below.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
from PIL import Image

from benchmarks.photo_dataset.dataset import Photo, of_marks
from benchmarks.photo_dataset.ink import photograph
from benchmarks.photo_dataset.looks import DIFFICULTIES, Look, difficulty
from benchmarks.photo_dataset.writing import write
from digitdraw.training import datasets
from digitdraw.training.synthesis.handwriting import Strokes

FOLDER = ROOT / "digitdraw" / "ui" / "photos"
SIZE = (1000, 750)
QUALITY = 80
LEAST_DRAWINGS = 60
"""A writer with fewer would write several digits alike, line for line."""


@dataclass(frozen=True)
class Example:
    """One photo: its file's `name`, the `rows` written on it, and what differs from a plain look;
    `kind` is one of `photo_looks.KINDS`, whose way of writing is used."""

    name: str
    rows: tuple[str, ...]
    seed: int
    kind: str = "several lines"
    look: dict = field(default_factory=dict)


EXAMPLES = (
    Example(
        "phone-numbers",
        ("555-0142", "555-0187", "555-0163"),
        seed=3,
        look={"print": "ruled", "ink": (0.1, 0.16, 0.5), "tilt": -4.0, "desk": True},
    ),
    Example(
        "amounts",
        ("12.50", "7.95", "104.00", "38.20", "162.65"),
        seed=5,
        look={"print": "squared", "shadow": 0.4, "tilt": 2.0},
    ),
    Example("date", ("24.03.2026",), seed=8, kind="chalk", look={"keystone": 0.06}),
)


def make(root: Path) -> Iterator[tuple[str, Photo]]:
    """Each example's name and photo; `root` is the data folder (see `digitdraw.data`)."""
    writers = _writers(root)
    for example in EXAMPLES:
        rng = np.random.default_rng([0xE8A, example.seed])
        look = Look(size=SIZE, tilt=1.0, blur=0.008)
        if example.kind in DIFFICULTIES:
            difficulty(example.kind, look, rng)
        for name, value in example.look.items():
            setattr(look, name, value)
        yield example.name, _photo(example, writers[int(rng.integers(len(writers)))], look, rng)


def _photo(
    example: Example, hand: dict[int, list[Strokes]], look: Look, rng: np.random.Generator
) -> Photo:
    rows = [[text] for text in example.rows]
    h, marks, pitch = write(rows, hand, look, example.kind, rng)
    return of_marks(rows, marks, *photograph(marks, h, pitch, look, rng), example.kind)


def _writers(root: Path) -> list[dict[int, list[Strokes]]]:
    """Drawings by digit of each training writer who drew enough of all ten."""
    by_writer: dict = defaultdict(lambda: defaultdict(list))
    for drawing in datasets.drawings(root, "train"):
        by_writer[drawing.writer][int(drawing.label)].append(drawing.strokes)
    return [
        digits
        for digits in by_writer.values()
        if len(digits) == 10 and sum(map(len, digits.values())) >= LEAST_DRAWINGS
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, default=FOLDER, help="a folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, photo in make(options.data):
        path = options.out / f"{name}.jpg"
        Image.fromarray(photo.picture).save(path, quality=QUALITY, optimize=True)
        print(f"{path}: {' '.join(photo.numbers)}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""Makes the example photos of the page's Photo tab.

    python benchmarks/tools/example_photos.py --data DIR

The photos are like those of `photo_dataset`, but by training writers. The page thus shows nothing
that the readers are measured on.
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

from benchmarks.photo_dataset.dataset import Photo, labelled_photo
from benchmarks.photo_dataset.ink import photograph
from benchmarks.photo_dataset.looks import DIFFICULTIES, Look, apply_difficulty
from benchmarks.photo_dataset.writing import write_rows
from digitdraw.training import datasets
from digitdraw.training.synthesis.handwriting import Strokes

FOLDER = ROOT / "digitdraw" / "ui" / "frontend" / "photo" / "examples"
SIZE = (1000, 750)
QUALITY = 80
THUMBNAIL_EDGE, THUMBNAIL_QUALITY = 240, 80
"""Longest side of the picture on the button of an example, in pixels."""
MIN_DRAWINGS = 60
"""Drawings of a writer. With fewer, many digits of a photo would be the same drawing."""


@dataclass(frozen=True)
class Example:
    """One photo: the `name` of its file, the written `rows`, and its differences from a plain look.

    `kind` is one of `looks.KINDS`; it sets the layout of the rows.
    """

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
    """Yield the name and photo of each example; `root` is the data folder."""
    writers = _writers(root)
    for example in EXAMPLES:
        rng = np.random.default_rng([0xE8A, example.seed])
        look = Look(size=SIZE, tilt=1.0, blur=0.008)
        if example.kind in DIFFICULTIES:
            apply_difficulty(example.kind, look, rng)
        for name, value in example.look.items():
            setattr(look, name, value)
        yield example.name, _photo(example, writers[int(rng.integers(len(writers)))], look, rng)


def _photo(
    example: Example, writer: dict[int, list[Strokes]], look: Look, rng: np.random.Generator
) -> Photo:
    rows = [[text] for text in example.rows]
    h, marks, pitch = write_rows(rows, writer, look, example.kind, rng)
    return labelled_photo(rows, marks, *photograph(marks, h, pitch, look, rng), example.kind)


def _writers(root: Path) -> list[dict[int, list[Strokes]]]:
    """Return the drawings by digit of each training writer with enough drawings of all digits."""
    by_writer: dict = defaultdict(lambda: defaultdict(list))
    for drawing in datasets.drawings(root, "train"):
        by_writer[drawing.writer][int(drawing.label)].append(drawing.strokes)
    return [
        digits
        for digits in by_writer.values()
        if len(digits) == 10 and sum(map(len, digits.values())) >= MIN_DRAWINGS
    ]


def main() -> None:
    """Write all example photos."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, photo in make(options.data):
        path = options.out / f"{name}.jpg"
        picture = Image.fromarray(photo.picture)
        picture.save(path, quality=QUALITY, optimize=True)
        picture.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
        picture.save(path.with_suffix(".small.jpg"), quality=THUMBNAIL_QUALITY, optimize=True)
        print(f"{path}: {' '.join(photo.numbers)}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

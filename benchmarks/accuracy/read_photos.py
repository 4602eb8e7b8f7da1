"""Compares readers of handwritten numbers on the same pictures in one run.

    python benchmarks/accuracy/read_photos.py --data DIR --count 120 \\
        --readers digitdraw components tesseract rapidocr --sheet failures.png

The sets of pictures are generated photos, the kept scans of ORAND-CAR-A, and generated photos of
short numbers, of handwriting fonts, of whole pages, of symbols, of pages as people write them, and
without digits. `--folder DIR/field` adds the pictures of a folder with labels. `scoring` defines
the measures. Times are those of one call on one core, where a reader allows such a limit.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps

from benchmarks.accuracy.readers import READERS, Makers, NotInstalled, Reader, digitdraw_reader
from benchmarks.accuracy.scoring import (
    Result,
    Score,
    failure_sheet,
    kinds_table,
    measure,
    percent,
    summary_table,
)
from benchmarks.photo_dataset import dataset
from benchmarks.photo_dataset.dataset import Photo
from digitdraw.models import weights

__all__ = ["add_set_options", "installed", "labelled_pictures", "report", "test_sets"]

FIELD_WRITTEN = Path(__file__).with_name("field_written.json")
"""The numbers of each picture in the folder `field` as written, one list for each row."""


def test_sets(options: argparse.Namespace) -> dict[str, list[Photo]]:
    """Return the sets of pictures that the options ask for, by name."""
    root, seed, part = options.data, options.seed, options.part
    sets = {
        "photos": list(dataset.make_photos(root, options.count, seed, part)),
        "ORAND-CAR-A": dataset.checks(root, part)[: options.orand],
        "one or two digits": list(dataset.few_digits(root, options.few, seed, part)),
        "handwriting fonts": list(dataset.of_fonts(root, options.fonts, seed, part)),
        "whole pages": list(dataset.whole_pages(root, options.pages, seed, part)),
        "cropped": list(dataset.cropped(root, options.crops, seed, part)),
        "with symbols": list(dataset.with_symbols(root, options.symbols, seed, part)),
        "as people write": list(dataset.as_people_write(root, options.written, seed, part)),
        "without digits": list(dataset.without_digits(root, options.empty, seed, part)),
    }
    return sets | {folder.name: labelled_pictures(folder) for folder in options.folder}


def labelled_pictures(folder: Path) -> list[Photo]:
    """Return the pictures of numbers that `labels.jsonl` in a folder lists.

    Each line has "image", a path in the folder, "kind", and "truth": rows of numbers, as strings of
    digits. Pictures of other kinds than "numbers" are left out. A line may also have "written": the
    same rows with all symbols. Those of the folder `field` are in FIELD_WRITTEN, by file name."""
    known = json.loads(FIELD_WRITTEN.read_text(encoding="utf-8"))
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    photos = []
    for entry in map(json.loads, lines):
        if entry["kind"] == "numbers":
            with Image.open(folder / entry["image"]) as image:
                picture = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
            written = entry.get("written", known.get(Path(entry["image"]).name))
            numbers = [number for row in written or entry["truth"] for number in row]
            photos.append(Photo(picture, numbers, [], [], [], "numbers", written is not None))
    return photos


def installed(names: Sequence[str], makers: Makers = READERS) -> dict[str, Reader]:
    """Return the readers of these names that this machine has; print why others are left out."""
    readers = {}
    for name in names:
        try:
            readers[name] = makers[name]()
        except NotInstalled as reason:
            print(f"Left out: {name} ({reason}).", flush=True)
    return readers


def report(results: dict[str, dict[str, list[Result]]]) -> None:
    """Print the summary and a table per set and measure; empty sets have no table."""
    print(summary_table(results))
    tables: list[tuple[str, str, Callable[[Score], str]]] = [
        ("photos", "photos, exact", lambda s: percent(s.numbers.exact, s.photos)),
        ("photos", "photos, found", _found),
        (
            "one or two digits",
            "one or two digits, no answer",
            lambda s: f"{s.photos - s.photos_with_answer} of {s.photos}",
        ),
        ("whole pages", "whole pages, found", _found),
        ("cropped", "cropped, found", _found),
        ("with symbols", "with symbols, found as written", _found_as_written),
        ("as people write", "as people write, found as written", _found_as_written),
        ("as people write", "as people write, invented", _invented),
        (
            "without digits",
            "without digits, any answer",
            lambda s: f"{s.photos_with_answer} of {s.photos}",
        ),
    ]
    for name, title, cell in tables:
        set_results = {reader: sets[name] for reader, sets in results.items()}
        if any(set_results.values()):
            print()
            print(kinds_table(set_results, title, cell))


def _found(s: Score) -> str:
    return percent(s.numbers.found, s.numbers.count)


def _found_as_written(s: Score) -> str:
    return percent(s.written.found, s.written.count)


def _invented(s: Score) -> str:
    return percent(s.written.invented, s.written.count)


def main() -> None:
    """Ask all readers about all sets and print the tables."""
    options = _parser().parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    ours = {"digitdraw": partial(digitdraw_reader, options.weights)}
    readers = installed(options.readers, READERS | ours)
    sets = test_sets(options)
    results: dict[str, dict[str, list[Result]]] = {}
    for name, reader in readers.items():
        results[name] = {set_name: measure(reader, photos) for set_name, photos in sets.items()}
        print(f"{name}: done", file=sys.stderr, flush=True)
    report(results)
    if options.sheet:
        Image.fromarray(failure_sheet(results)).save(options.sheet)


def add_set_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which pictures to read, and with which weights."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the data folder")
    add("--count", type=int, default=120, help="generated photos")
    add("--few", type=int, default=95, help="photos of one or two digits")
    add("--fonts", type=int, default=95, help="photos of handwriting fonts")
    add("--pages", type=int, default=19, help="photos of whole pages")
    add("--crops", type=int, default=100, help="clean and cropped pictures")
    add("--symbols", type=int, default=96, help="photos with symbols")
    add("--written", type=int, default=150, help="photos of pages as people write them")
    add("--empty", type=int, default=100, help="photos without digits")
    add("--folder", type=Path, nargs="+", default=[], help="folders with labels.jsonl")
    add("--orand", type=int, help="scans of ORAND-CAR-A; all by default")
    add("--seed", type=int, default=0)
    add("--part", choices=dataset.PARTS, default="test")
    add("--weights", type=Path, default=weights.FOLDER, help="folder of digitdraw's weights")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_set_options(parser)
    add = parser.add_argument
    add("--readers", nargs="+", choices=READERS, default=list(READERS))
    add("--sheet", type=Path, help="PNG file for all failures")
    return parser


if __name__ == "__main__":
    main()

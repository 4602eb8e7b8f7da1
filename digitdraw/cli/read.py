"""`digitdraw read`: reads the numbers in photos, or in folders of photos.

It reads a few photos at a time, so that a large folder needs no more memory than a small one.
It names a photo that it cannot read on stderr, and goes on with the next one."""

import argparse
import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from digitdraw.errors import BadImageError
from digitdraw.photo.reader import NumberItem, PhotoReader, Reading
from digitdraw.preprocessing.image_io import load_photo
from digitdraw.recognizer import load

BATCH_SIZE = 8
"""Number of photos in memory at once."""
SUFFIXES = frozenset(
    (".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
)
"""Suffixes of the files that are read in a folder. A file named by the user may have any."""
COLUMNS = ("picture", "numbers")
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet may run as a formula. The last four are full-width."""
PLAIN_NUMBER = re.compile(r"-?\d+([.,']\d+)*")
"""A number that is no formula, though it may begin with a minus sign."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the numbers of each photo; return 1 if a photo failed or there was none, else 0."""
    options = _parser().parse_args(arguments)
    reader = load(options.model, options.device, options.weights).photo_reader
    show = _show_json if options.json else _csv_writer() if options.csv else _show_words
    read = failed = numbers = 0
    remaining = _paths(options.photos)
    while batch := list(islice(remaining, BATCH_SIZE)):
        for path, reading in _readings(reader, batch):
            if isinstance(reading, BadImageError):
                print(f"digitdraw read: {path}: {reading}", file=sys.stderr)
                failed += 1
            else:
                show(path, reading)
                read, numbers = read + 1, numbers + len(reading.numbers)
    print(f"digitdraw read: {_summary(read, failed, numbers)}", file=sys.stderr)
    return 1 if failed or not read else 0


def _readings(
    reader: PhotoReader, paths: Sequence[Path]
) -> Iterator[tuple[Path, Reading | BadImageError]]:
    """Yield each path, in order, with its reading or the reason why there is none."""
    photos: dict[Path, tuple[np.ndarray, float]] = {}
    results: dict[Path, Reading | BadImageError] = {}
    for path in paths:
        try:
            photos[path] = load_photo(path)
        except BadImageError as error:
            results[path] = error
    readings = _read_batch(reader, list(photos.values()))
    results.update(zip(photos, readings, strict=True))
    for path in paths:
        yield path, results[path]


def _read_batch(
    reader: PhotoReader, photos: Sequence[tuple[np.ndarray, float]]
) -> list[Reading | BadImageError]:
    """Read photos in one batch, or one by one where one of them cannot be read."""
    try:
        return [*reader.read_batch(photos)]
    except BadImageError as error:
        if len(photos) == 1:
            return [error]
        return [result for photo in photos for result in _read_batch(reader, [photo])]


def _paths(arguments: Sequence[str]) -> Iterator[Path]:
    """Yield the files among the arguments, and the pictures in the folders, sorted by name."""
    for path in map(Path, arguments):
        if not path.is_dir():
            yield path
            continue
        for folder, subfolders, files in os.walk(path):
            subfolders.sort()
            pictures = (name for name in sorted(files) if Path(name).suffix.lower() in SUFFIXES)
            yield from (Path(folder) / name for name in pictures)


def _show_words(path: Path, reading: Reading) -> None:
    doubtful = [item for item in reading.items if item.status == "doubtful"]
    words = _list(reading.listed) or "no digits" * (not doubtful) or "no certain numbers"
    if doubtful:
        words += f"; doubtful: {_list(doubtful)}"
    if reading.turned:
        words += f"; turned by {reading.turned} degrees"
    print(f"{path}: {words}", flush=True)


def _list(items: Sequence[NumberItem]) -> str:
    return ", ".join(f"{item.text} ({item.confidence:.0%})" for item in items)


def _show_json(path: Path, reading: Reading) -> None:
    print(json.dumps({"picture": str(path), **reading.as_dict()}), flush=True)


def _csv_writer() -> Callable[[Path, Reading], None]:
    """Print the header, and return a function that prints the numbers of a photo: one row for each
    line of the page, one cell for each column.

    Every field is quoted, so that no character of a file name begins a new cell."""
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)

    def show(path: Path, reading: Reading) -> None:
        for row in table(reading.listed):
            writer.writerow([_as_text(str(path)), *map(_as_number, row)])
        sys.stdout.flush()

    return show


def table(items: Sequence[NumberItem]) -> list[list[str]]:
    """Return the texts of numbers in rows of equal length, "" for an empty cell. Lines and columns
    without a number are left out. On a page with one number in each line, all are in one column."""
    lines = sorted({item.line for item in items})
    columns = sorted({item.column for item in items} if len(lines) < len(items) else {0})
    rows = [[""] * len(columns) for _ in lines]
    for item in items:
        column = columns.index(item.column) if columns[1:] else 0
        rows[lines.index(item.line)][column] = item.text
    return rows


def _as_text(name: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe begins it."""
    return f"'{name}" if FORMULA.match(name) else name


def _as_number(text: str) -> str:
    return text if PLAIN_NUMBER.fullmatch(text) else _as_text(text)


def _summary(read: int, failed: int, numbers: int) -> str:
    photos = f"{read} photo{'' if read == 1 else 's'} read"
    return f"{photos}, {numbers} number{'' if numbers == 1 else 's'} found, {failed} failed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw read", description="Read the handwritten numbers in photos."
    )
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="a photo, or a folder of photos")
    output = parser.add_argument_group("output").add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object per photo")
    output.add_argument("--csv", action="store_true", help="print one row per line of the page")
    model = parser.add_argument_group("model")
    model.add_argument(
        "--model", default="default", metavar="NAME", help="name of the model that confirms digits"
    )
    model.add_argument(
        "--weights", metavar="FOLDER", help="folder of your own weights, for what it has of them"
    )
    model.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    return parser

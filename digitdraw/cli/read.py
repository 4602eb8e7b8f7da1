"""The command `python -m digitdraw read photo.jpg folder ...`: the numbers of many photos.

Photos are read a few at a time, so that a folder of any size needs no more memory than a small
one. What cannot be read is named on stderr, and the rest goes on.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from digitdraw.errors import BadImageError, DigitDrawError
from digitdraw.photo.reader import PhotoReader, Reading
from digitdraw.preprocessing.image_io import load_photo
from digitdraw.recognizer import load

__all__ = ["main"]

TOGETHER = 8
"""Photos that are in memory at once."""

SUFFIXES = frozenset(
    (".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
)
"""Files of a folder that are read; a file that is named is read whatever its suffix."""

COLUMNS = ("picture", "number", "confidence", "x", "y", "width", "height")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, or 1 where a photo could not be read."""
    options = _parser().parse_args(arguments)
    try:
        reader = load(device=options.device).photo_reader
    except DigitDrawError as error:
        print(f"digitdraw: {error}", file=sys.stderr)
        return 1
    show = _as_json if options.json else _csv_writer() if options.csv else _in_words
    read = failed = numbers = 0
    waiting = _photos(options.photos)
    while paths := list(islice(waiting, TOGETHER)):
        for path, reading in _readings(reader, paths):
            if isinstance(reading, BadImageError):
                print(f"digitdraw: {path}: {reading}", file=sys.stderr)
                failed += 1
            else:
                show(path, reading)
                read, numbers = read + 1, numbers + len(reading.numbers)
    print(f"digitdraw: {_summary(read, failed, numbers)}", file=sys.stderr)
    return 1 if failed or not read else 0


def _readings(
    reader: PhotoReader, paths: Sequence[Path]
) -> Iterator[tuple[Path, Reading | BadImageError]]:
    """What each photo says, in the order of the paths, or why it cannot be read."""
    photos, errors = {}, {}
    for path in paths:
        try:
            photos[path] = load_photo(path)
        except BadImageError as error:
            errors[path] = error
    readings = dict(zip(photos, reader.read_batch(list(photos.values())), strict=True))
    for path in paths:
        yield path, errors.get(path) or readings[path]


def _photos(named: Sequence[str]) -> Iterator[Path]:
    """The named files, and the pictures anywhere in the named folders, each folder in order."""
    for path in map(Path, named):
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            pictures = (name for name in sorted(files) if Path(name).suffix.lower() in SUFFIXES)
            yield from (Path(folder) / name for name in pictures)


def _in_words(path: Path, reading: Reading) -> None:
    said = ", ".join(
        f"{number} ({confidence:.0%})"
        for number, confidence in zip(reading.numbers, reading.confidences, strict=True)
    )
    print(f"{path}: {said or 'no digits'}", flush=True)


def _as_json(path: Path, reading: Reading) -> None:
    print(json.dumps({"picture": str(path), **reading.as_dict()}), flush=True)


def _csv_writer() -> Callable[[Path, Reading], None]:
    """Writes a line for each number, with the box around it in pixels, after a first line of
    names."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(path: Path, reading: Reading) -> None:
        for index, (number, confidence) in enumerate(
            zip(reading.numbers, reading.confidences, strict=True)
        ):
            box = [round(side, 1) for side in reading.box_of(index)]
            writer.writerow([path, number, f"{confidence:.4f}", *box])
        sys.stdout.flush()

    return write


def _summary(read: int, failed: int, numbers: int) -> str:
    photos = f"{read} photo{'' if read == 1 else 's'} read"
    return f"{photos}, {numbers} number{'' if numbers == 1 else 's'} found, {failed} failed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw read", description=__doc__)
    add = parser.add_argument
    add("photos", nargs="+", metavar="PHOTO", help="photos of numbers, or folders of them")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object a line")
    form.add_argument("--csv", action="store_true", help="print one number a line")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    return parser

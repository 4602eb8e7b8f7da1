"""Writes test photos of each set as PNG files: `python -m benchmarks.photo_dataset --help`."""

import argparse
from pathlib import Path

import cv2
from PIL import Image

from benchmarks.photo_dataset import dataset
from benchmarks.photo_dataset.dataset import KINDS, Photo

SETS = {
    "photo": dataset.make_photos,
    "few": dataset.few_digits,
    "font": dataset.of_fonts,
    "page": dataset.whole_pages,
    "crop": dataset.cropped,
    "symbol": dataset.with_symbols,
    "written": dataset.as_people_write,
    "empty": dataset.without_digits,
}


def main() -> None:
    """Write `--count` photos of every set and print the numbers on each."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.photo_dataset", description=__doc__.split(":")[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--count", type=int, default=len(KINDS), help="photos of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--boxes", action="store_true", help="draw the boxes of the digits")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, make in SETS.items():
        for index, photo in enumerate(make(options.data, options.count, options.seed)):
            path = options.out / f"{name}-{index:03}-{photo.kind.replace(' ', '-')}.png"
            _save(photo, path, options.boxes)
            print(f"{path}: {' '.join(photo.numbers)}", flush=True)


def _save(photo: Photo, path: Path, with_boxes: bool) -> None:
    picture = photo.picture.copy()
    for x, y, width, height in photo.boxes if with_boxes else ():
        cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), (255, 0, 0), 1)
    Image.fromarray(picture).save(path)


if __name__ == "__main__":
    main()

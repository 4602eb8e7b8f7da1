"""Milliseconds of one answer on one core: `python benchmarks/predict.py`.

Medians over many answers, for the drawings of `tests/drawings.py` and, as photos of two sizes, the
page's example photos.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image, ImageDraw

import digitdraw
from benchmarks.tools import example_photos
from digitdraw.preprocessing import binarize, strokes
from tests.support.drawings import DIGITS

USUAL, LARGEST = (1280, 960), (7300, 5475)
"""Width and height of photos: the usual, and 40 megapixels."""


def main() -> None:
    """Print one line for each way of asking."""
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    drawn = list(DIGITS.values())
    glyphs = np.stack([strokes.to_glyph(each) for each in drawn])
    pictures = [picture_of(each) for each in drawn]
    batch = np.tile(glyphs, (7, 1, 1))[:64]
    photos = [np.asarray(each) for each in examples(USUAL)]
    large = [as_jpeg(each) for each in examples(LARGEST)]
    print("| median on one core | ms |\n|---|---|")
    for name, ask, cases in (
        ("predict_strokes", recognizer.predict_strokes, drawn),
        ("  of it: strokes to glyph", strokes.to_glyph, drawn),
        ("predict_image, 280 x 280", recognizer.predict_image, pictures),
        ("  of it: picture to glyph", binarize.to_glyph, pictures),
        ("predict_batch, 1 glyph", recognizer.predict_batch, [glyphs[:1]]),
        ("predict_batch, 64 glyphs", recognizer.predict_batch, [batch]),
        ("read_numbers, 1280 x 960", recognizer.read_numbers, photos),
        ("read_numbers, 40 megapixels as JPEG", recognizer.read_numbers, large),
    ):
        print(f"| {name} | {median(ask, cases):.2f} |", flush=True)


def median(ask: Callable, cases: list, seconds: float = 3.0) -> float:
    """Median milliseconds of one answer, the cases in turn."""
    for case in cases:
        ask(case)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        for case in cases:
            start = time.perf_counter()
            ask(case)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def examples(size: tuple[int, int]) -> list[Image.Image]:
    """The page's example photos, enlarged."""
    paths = sorted(example_photos.FOLDER.glob("*.jpg"))
    return [Image.open(path).resize(size, Image.Resampling.BICUBIC) for path in paths]


def as_jpeg(picture: Image.Image) -> bytes:
    """A picture as a file's bytes."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def picture_of(drawing: list, side: int = 280) -> np.ndarray:
    """A drawing of 100 by 100 on white paper, (side, side) uint8."""
    picture = Image.new("L", (side, side), 255)
    for stroke in drawing:
        at = [(40 + x * 2, 40 + y * 2) for x, y in stroke]
        ImageDraw.Draw(picture).line(at, fill=0, width=14, joint="curve")
    return np.asarray(picture)


if __name__ == "__main__":
    main()
